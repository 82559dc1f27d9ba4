import type { Page } from "playwright-core";
import { MINUTE } from "../../lib/time.ts";
import { type PageState, press, send } from "./page_states.ts";
import { codeAt } from "./totp.ts";

/** The pages of an authenticator app and of recovery codes, in the order of a visit. */
export const totpStates: readonly PageState[] = [
  {
    name: "totp-without-factor",
    show: async (page, server) => {
      await server.logIn(page);
      await page.goto("/account/recovery-codes");
    },
  },
  { name: "totp", show: (page) => page.goto("/account/totp") },
  { name: "totp-problems", show: (page) => send(page, { code: "12" }) },
  {
    name: "totp-wrong",
    show: async (page, { world }) => {
      await send(page, { code: await codeOf(page, new Date(world.now.getTime() + MINUTE)) });
    },
  },
  {
    name: "totp-key-ended",
    show: async (page, server) => {
      const code = await codeOf(page, server.world.now);
      server.world.pass(10 * MINUTE);
      await server.logIn(page); // as another tab does
      await send(page, { code });
    },
  },
  {
    name: "recovery-codes-new",
    show: async (page, { world }) => send(page, { code: await codeOf(page, world.now) }),
  },
  { name: "recovery-codes", show: (page) => page.goto("/account/recovery-codes") },
  {
    name: "recovery-codes-replaced",
    show: (page) => press(page, "main button[type=submit]"),
  },
  { name: "totp-enrolled", show: (page) => page.goto("/account/totp") },
  {
    name: "totp-disabled",
    show: async (page, { world }) => {
      const { user } = await world.services.accounts.findCredential("ann@example.com");
      await world.services.totp.disable(user?.id ?? "");
      await page.goto("/account/totp");
    },
  },
  { name: "totp-removed", show: (page) => press(page, "main button[type=submit]") },
];

async function codeOf(page: Page, moment: Date): Promise<string> {
  const groups = await page.locator(".shared-key").textContent() ?? "";
  return codeAt(groups.replaceAll(" ", ""), moment);
}
