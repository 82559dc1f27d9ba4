import type { Page } from "playwright-core";
import type { BrowserServer } from "./browser_server.ts";
import { FakeGoogle } from "./fake_google.ts";
import { type PageState, press, send } from "./page_states.ts";
import { ann, bob, eve } from "./people.ts";

/** Where the states of this tour come back from. */
export const google = await FakeGoogle.create();

const annAtGoogle = { sub: "1", name: "Ann", email: ann.email, email_verified: true };
const eveAtGoogle = { sub: "2", name: "Eve", email: eve.email, email_verified: true };
const bobAtGoogle = { sub: "3", name: "Bob", email: bob.email, email_verified: true };
const somebody = { sub: "4", name: "Carla", email: "carla@example.com", email_verified: false };
const nameless = { sub: "5" };

/** The pages of a login with an account at a provider, in the order of a visit. */
export const providerStates: readonly PageState[] = [
  { name: "login-providers", show: (page) => page.goto("/login?next=%2Faccount") },
  { name: "register-providers", show: (page) => page.goto("/register") },
  {
    name: "provider-unreachable",
    show: async (page) => {
      google.isUp = false;
      await page.goto("/login/with/google?next=%2Faccount");
      google.isUp = true;
    },
  },
  {
    name: "provider-start",
    show: async (page, { world }) => {
      world.pass(11_000); // what did not answer is not asked again at once
      await page.goto("/login/with/google?next=%2Faccount");
    },
  },
  { name: "provider-denied", show: (page, server) => google.refuse(page, server) },
  { name: "provider-ended", show: (page) => page.reload() },
  {
    name: "provider-refused",
    show: (page, server) => google.signIn(page, server, { sub: "" }),
  },
  { name: "provider-new", show: (page, server) => google.signIn(page, server, eveAtGoogle) },
  { name: "provider-new-problems", show: (page) => send(page, { name: " " }) },
  {
    name: "provider-new-unverified",
    show: (page, server) => google.signIn(page, server, somebody),
  },
  {
    name: "provider-new-nameless",
    show: async (page, server) => {
      await google.signIn(page, server, nameless);
      await send(page, { name: "", email: "carla" });
    },
  },
  { name: "provider-taken", show: (page, server) => google.signIn(page, server, annAtGoogle) },
  {
    name: "provider-unconfirmed",
    show: async (page, server) => {
      await server.world.browser().post("/register", { ...eve });
      await google.signIn(page, server, eveAtGoogle);
    },
  },
  { name: "provider-unconfirmed-open", show: (page) => page.locator("summary").click() },
  {
    name: "provider-registered",
    show: (page) => press(page, "button[value=create]"),
  },
  { name: "password-first-by-mail", show: (page) => page.goto("/account/password") },
  { name: "reauthenticate-no-way", show: (page) => page.goto("/reauthenticate") },
  {
    name: "login-last-used",
    show: async (page) => {
      await page.goto("/logout");
      await press(page, "main button[type=submit]");
      await page.goto("/login");
    },
  },
  {
    name: "provider-link",
    show: async (page, server) => {
      await server.logIn(page);
      await google.signIn(page, server, bobAtGoogle);
    },
  },
  { name: "provider-link-open", show: (page) => page.locator("summary").click() },
  { name: "provider-link-problems", show: (page) => send(page, { name: " " }) },
  { name: "provider-linked", show: (page) => press(page, "button[value=link]") },
  {
    name: "undo-identity",
    show: async (page, { world }) => page.goto(await world.linkTo(ann.email)),
  },
  { name: "verify-email-elsewhere", show: registerElsewhere },
  { name: "provider-switch", show: (page, server) => google.signIn(page, server, eveAtGoogle) },
  { name: "provider-switched", show: (page) => press(page, "button[value=switch]") },
];

/** Another browser registers with an account at Google; this one opens the link in the mail. */
async function registerElsewhere(page: Page, { world }: BrowserServer): Promise<void> {
  const browser = world.browser();
  const left = await browser.post("/login/with/google");
  const asked = new URL(left.headers.get("location") ?? "").searchParams;
  const back = await google.agree(asked, somebody, world.now);
  await browser.get(back, { "sec-fetch-site": "cross-site" });
  const { name, email } = somebody;
  await browser.post("/login/with/google/confirm", { action: "create", name, email });
  await page.goto(await world.linkTo(email));
}
