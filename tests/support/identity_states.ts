import { MINUTE, SECOND } from "../../lib/time.ts";
import type { BrowserServer } from "./browser_server.ts";
import { FakeGoogle, fakeProviders } from "./fake_google.ts";
import { type PageState, press, send } from "./page_states.ts";
import { ann, bob, eve } from "./people.ts";

/** Where the states of this tour come back from. */
export const googleThatTells = await FakeGoogle.create();

/** The real one does not say when somebody logged in there. */
export const tellingProviders = fakeProviders.map((provider) => ({
  ...provider,
  tellsAuthTime: provider.name === "google" || provider.tellsAuthTime,
}));

const path = "/account/identities";
const linkPath = `${path}/google/link`;
const proofPath = "/reauthenticate/with/google";
const annAtGoogle = { sub: "1", email: "ann.at.work@example.com", email_verified: true };
const eveAtGoogle = { sub: "2", name: "Eve", email: eve.email, email_verified: true };
const bobAtGoogle = { sub: "3", name: "Bob", email: bob.email, email_verified: true };

/** The pages of linked accounts, and of somebody without a password, in the order of a visit. */
export const identityStates: readonly PageState[] = [
  {
    name: "identities-none",
    show: async (page, server) => {
      await server.logIn(page);
      await page.goto(path);
    },
  },
  { name: "identities-link", show: (page) => page.goto(linkPath) },
  {
    name: "identities-linked",
    show: (page, server) => googleThatTells.signIn(page, server, annAtGoogle, linkPath),
  },
  { name: "identities-unlinking", show: (page) => page.locator("summary").click() },
  {
    name: "identities-other",
    show: (page, server) => googleThatTells.signIn(page, server, bobAtGoogle, linkPath),
  },
  {
    name: "account-linked",
    show: (page) => page.goto("/account"),
  },
  {
    name: "reauthenticate-either",
    show: async (page, { world }) => {
      await page.goto(path);
      world.pass(11 * MINUTE);
      await page.locator("summary").click();
      await press(page, "form[action$='/unlink'] button");
    },
  },
  { name: "reauthenticate-provider", show: (page) => page.goto(proofPath) },
  {
    name: "reauthenticate-not-anew",
    show: (page, server) => googleThatTells.signIn(page, server, annAtGoogle, proofPath),
  },
  {
    name: "finish-unlinking",
    show: async (page) => {
      await page.goto("/reauthenticate");
      await send(page, { password: ann.password });
    },
  },
  { name: "identities-unlinked", show: (page) => press(page, "form[action$='/finish'] button") },
  {
    name: "identities-last-way-in",
    show: async (page, server) => {
      await page.goto("/logout");
      await press(page, "main button[type=submit]");
      await googleThatTells.signIn(page, server, eveAtGoogle);
      await press(page, "button[value=create]");
      await page.goto(path);
      await page.locator("summary").click();
      await press(page, "form[action$='/unlink'] button");
    },
  },
  { name: "password-first", show: (page) => page.goto("/account/password") },
  { name: "password-first-problems", show: (page) => send(page, { password: "short" }) },
  {
    name: "reauthenticate-provider-only",
    show: async (page, { world }) => {
      world.pass(11 * MINUTE);
      await page.goto("/account/delete");
    },
  },
  {
    name: "reauthenticated-by-provider",
    show: (page, server) => prove(page, server),
  },
];

async function prove(page: Parameters<PageState["show"]>[0], server: BrowserServer): Promise<void> {
  const auth_time = Math.floor(server.world.now.getTime() / SECOND);
  await googleThatTells.signIn(page, server, { ...eveAtGoogle, auth_time }, proofPath);
}
