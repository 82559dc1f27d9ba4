import type { Page } from "playwright-core";
import { HOUR } from "../../lib/time.ts";
import type { BrowserServer } from "./browser_server.ts";
import { ann } from "./people.ts";
import { type PageState, send } from "./page_states.ts";
import { VirtualAuthenticator } from "./virtual_authenticator.ts";

const add = "main form[data-passkey] button";

/** The pages of passkeys, in the order of a visit. */
export const passkeyStates: readonly PageState[] = [
  {
    name: "passkey-offer",
    show: async (page) => {
      await page.goto("/login");
      await send(page, { email: ann.email, password: ann.password });
    },
  },
  { name: "passkeys-none", show: (page) => page.goto("/account/passkeys") },
  {
    name: "passkeys-added",
    show: async (page) => {
      await VirtualAuthenticator.plugIn(page);
      await page.click(add);
      await page.waitForURL("**/account/recovery-codes");
      await page.goto("/account/passkeys");
    },
  },
  {
    name: "passkeys-exists",
    show: async (page) => {
      await page.click(add);
      await page.locator("form[data-passkey] .problem").waitFor();
    },
  },
  {
    name: "passkeys-name-problem",
    show: (page) => rename(page, " "),
  },
  { name: "passkeys-renamed", show: (page) => rename(page, "Ann’s blue key") },
  {
    name: "passkeys-removing",
    show: async (page) => {
      await page.locator("summary").last().click();
    },
  },
  { name: "reauthenticate-passkey", show: (page, server) => meetOldLogin(page, server) },
  {
    name: "password-reset-passkey",
    show: async (page, { world }) => {
      await world.browser().post("/password-reset", { email: ann.email });
      await page.goto(await world.linkTo(ann.email));
    },
  },
];

async function rename(page: Page, name: string): Promise<void> {
  const form = page.locator("form[action$='/rename']");
  if (!await form.isVisible()) await page.locator("summary").first().click();
  await form.locator("input[name=name]").fill(name);
  await form.locator("button").click();
  await page.waitForLoadState();
}

async function meetOldLogin(page: Page, { world }: BrowserServer): Promise<void> {
  world.pass(HOUR);
  await page.goto("/account/passkeys");
}
