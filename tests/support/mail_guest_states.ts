import type { Page } from "playwright-core";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import type { BrowserServer } from "./browser_server.ts";
import { type PageState, press, send } from "./page_states.ts";
import { ann, bob, eve } from "./people.ts";

// The pages that a guest sees on a site that sends mails and logs in by link.

const chosen = "a heron stands in the reeds";

/** Opens the last link that was mailed to an address. */
export async function openLink(page: Page, { world }: BrowserServer, email: string): Promise<void> {
  await page.goto(await world.linkTo(email));
}

async function sendOn(page: Page, path: string, fields: Record<string, string>): Promise<void> {
  await page.goto(path);
  await send(page, fields);
}

const verificationStates: readonly PageState[] = [
  { name: "verify-email", show: (page) => page.goto("/verify-email") },
  {
    name: "verify-email-problems",
    show: (page) => sendOn(page, "/verify-email", { email: "eve" }),
  },
  {
    name: "verify-email-sent",
    show: (page) => sendOn(page, "/verify-email", { email: "nobody@example.com" }),
  },
  { name: "verify-email-registered", show: (page) => sendOn(page, "/register", { ...eve }) },
  { name: "verify-email-confirm", show: (page, server) => openLink(page, server, eve.email) },
  {
    name: "verify-email-elsewhere",
    show: async (page, server) => {
      await page.context().clearCookies();
      await openLink(page, server, eve.email);
    },
  },
  { name: "verify-email-no-password", show: (page) => confirmWith(page, "") },
  { name: "verify-email-refused", show: (page) => confirmWith(page, "not her password") },
  { name: "verify-email-rejected", show: (page) => press(page, "form[action$=reject] button") },
  { name: "dead-link", show: (page, server) => openLink(page, server, eve.email) },
  {
    name: "dead-link-home",
    show: async (page, server) => {
      await sendOn(page, "/register", { ...eve });
      await openLink(page, server, eve.email);
      await page.context().clearCookies({ name: /^mailed_/ });
      await press(page, "form[action$=reject] button");
    },
  },
  {
    name: "login-unverified",
    show: (page) => sendOn(page, "/login", { email: eve.email, password: eve.password }),
  },
];

async function confirmWith(page: Page, password: string): Promise<void> {
  await page.locator("#password").fill(password);
  const form = page.locator("form[action$=confirm]");
  await form.evaluate((form) => form.setAttribute("novalidate", ""));
  await press(page, "form[action$=confirm] button[type=submit]");
}

const resetStates: readonly PageState[] = [
  { name: "password-reset", show: (page) => page.goto("/password-reset") },
  {
    name: "password-reset-problems",
    show: (page) => sendOn(page, "/password-reset", { email: "" }),
  },
  {
    name: "password-reset-sent",
    show: async (page, { world }) => {
      await world.bob();
      await sendOn(page, "/password-reset", { email: bob.email });
    },
  },
  { name: "password-reset-new", show: (page, server) => openLink(page, server, bob.email) },
  { name: "password-reset-new-problems", show: (page) => send(page, { password: "too short" }) },
  { name: "password-reset-done", show: (page) => send(page, { password: chosen }) },
  {
    name: "password-reset-compromised",
    show: async (page, { world }) => {
      await markCompromised(world.kv, bob.email, () => world.now, world.services.events);
      await sendOn(page, "/login", { email: bob.email, password: chosen });
    },
  },
  {
    name: "too-many-mail",
    show: async (page, { world }) => {
      const guess = { email: "nobody@example.com", password: "x" };
      const guesser = world.browser();
      for (let times = 0; times < 5; times++) await guesser.post("/login", guess);
      await sendOn(page, "/login", guess);
    },
  },
];

const loginLinkStates: readonly PageState[] = [
  { name: "login-mail", show: (page) => page.goto("/login") },
  { name: "login-link", show: (page) => page.goto("/login/link?next=%2Faccount") },
  { name: "login-link-problems", show: (page) => send(page, { email: "ann" }) },
  { name: "login-link-sent", show: (page) => sendOn(page, "/login/link", { email: ann.email }) },
  { name: "login-link-too-early", show: (page) => send(page, {}) },
  { name: "login-link-confirm", show: (page, server) => openLink(page, server, ann.email) },
  {
    name: "login-link-elsewhere",
    show: async (page, server) => {
      await page.context().clearCookies();
      await openLink(page, server, ann.email);
    },
  },
  { name: "login-link-no-code", show: (page) => send(page, {}) },
  { name: "login-link-half-a-code", show: (page) => send(page, { code: "1234" }) },
  {
    name: "login-link-wrong-code",
    show: async (page, server) => {
      const code = await askElsewhere(page, server);
      await send(page, { code: code === "0000 0000" ? "00000001" : "00000000" });
    },
  },
  {
    name: "login-link-allowed",
    show: async (page, server) => send(page, { code: await askElsewhere(page, server) }),
  },
];

/** Another browser asks for a link, which opens on this page; gives the code that it shows. */
async function askElsewhere(page: Page, server: BrowserServer): Promise<string> {
  const asking = server.world.browser();
  await server.world.delivered();
  const answer = await asking.post("/login/link", { email: ann.email });
  const body = await (await asking.follow(answer)).text();
  await openLink(page, server, ann.email);
  return /<strong>(\d{4} \d{4})<\/strong>/.exec(body)?.[1] ?? "no code";
}

/** In the order of a visit: each state needs those before it. */
export const mailGuestStates = [...verificationStates, ...resetStates, ...loginLinkStates];
