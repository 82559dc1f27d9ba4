/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import { HOUR, MINUTE } from "../../lib/time.ts";
import { fillForm } from "./chromium.ts";
import { ann, bob, eve } from "./people.ts";
import type { BrowserServer } from "./browser_server.ts";

/** A page in one state, and the visitor's steps that lead there. */
export interface PageState {
  readonly name: string;
  readonly show: (page: Page, server: BrowserServer) => Promise<unknown>;
}

/** The pages of a guest, on a site without mail. */
export const guestStates: readonly PageState[] = [
  { name: "home", show: (page) => page.goto("/") },
  { name: "login", show: (page) => page.goto("/login") },
  { name: "login-asked", show: (page) => page.goto("/profile") },
  {
    name: "login-problems",
    show: async (page) => {
      await page.goto("/login");
      await send(page, {});
    },
  },
  {
    name: "login-refused",
    show: async (page) => {
      await page.goto("/login");
      await send(page, { email: ann.email, password: "not her password" });
    },
  },
  { name: "register", show: (page) => page.goto("/register") },
  {
    name: "register-typed",
    show: async (page) => {
      await page.goto("/register");
      await fillForm(page, eve);
      await page.waitForFunction(() => document.querySelector("meter")?.value);
    },
  },
  {
    name: "register-suggested",
    show: async (page) => {
      await page.goto("/register");
      await page.locator("#password-suggest").click();
      await page.waitForFunction(() => document.querySelector("meter")?.value);
    },
  },
  {
    name: "register-corrected",
    show: async (page) => {
      await page.goto("/register");
      await send(page, { ...eve, name: "", email: "ann", password: "too short" });
      await fillForm(page, eve);
      await page.waitForFunction(() => document.querySelector("meter")?.value === 4);
    },
  },
  {
    name: "register-problems",
    show: async (page) => {
      await page.goto("/register");
      await send(page, { ...eve, name: "", email: "ann", password: "too short" });
    },
  },
  {
    name: "register-taken",
    show: async (page) => {
      await page.goto("/register");
      await send(page, { ...ann, password: bob.password });
    },
  },
  { name: "logout-nobody", show: (page) => page.goto("/logout") },
  {
    name: "login-revealed",
    show: async (page) => {
      await page.goto("/login");
      await page.locator("#email").fill(ann.email);
      await page.locator("#password").fill(ann.password);
      await page.locator("button.reveal").click();
    },
  },
  { name: "not-found", show: (page) => page.goto("/nowhere") },
  { name: "wrong-method", show: (page) => page.goto("/language") },
  {
    name: "cross-site",
    show: async (page, { origin }) => {
      await page.goto("about:blank");
      await page.setContent(`<form method="post" action="${origin}/login"><button>Go`);
      await Promise.all([page.waitForEvent("load"), page.locator("button").click()]);
    },
  },
  {
    name: "too-large",
    show: async (page) => {
      await page.goto("/login");
      await send(page, { email: "a".repeat(20_000), password: "x" });
    },
  },
  {
    name: "wrong-type",
    show: async (page) => {
      await page.goto("/login");
      await page.locator("main form.card").evaluate((form: HTMLFormElement) => {
        form.enctype = "text/plain";
      });
      await send(page, { email: ann.email, password: "x" });
    },
  },
  {
    name: "incomplete",
    show: async (page) => {
      await page.goto("/login");
      await page.locator("footer button").evaluateAll((buttons) => {
        for (const button of buttons) button.removeAttribute("name");
      });
      await press(page, "footer button");
    },
  },
  {
    name: "too-many",
    show: async (page, { world }) => {
      const email = "nobody@example.com";
      const guesser = world.browser();
      for (let times = 0; times < 5; times++) {
        await guesser.post("/login", { email, password: "x" });
      }
      await page.goto("/login");
      await send(page, { email, password: "x" });
    },
  },
  {
    name: "headers-too-long",
    show: async (page, { origin }) => {
      const value = "x".repeat(4000);
      const cookies = [1, 2, 3, 4, 5].map((i) => ({ name: `c${i}`, value, url: origin }));
      await page.context().addCookies(cookies);
      await page.goto("/login");
      await page.context().clearCookies();
    },
  },
  {
    name: "unavailable",
    show: async (page, { world }) => {
      await page.goto("/login");
      world.broken.fault = "fail";
      await send(page, { email: ann.email, password: ann.password });
      world.broken.fault = "none";
    },
  },
  {
    name: "broken",
    show: async (page, server) => {
      await page.goto("/login");
      server.beforeHash = () => Promise.reject(new Error("This is a test"));
      await send(page, { email: ann.email, password: ann.password });
      server.beforeHash = () => Promise.resolve();
    },
  },
];

/** The pages of Ann, freshly logged in. */
export const memberStates: readonly PageState[] = [
  {
    name: "home-member",
    show: async (page, server) => {
      await server.logIn(page);
      await page.goto("/");
    },
  },
  { name: "profile", show: (page) => page.goto("/profile") },
  {
    name: "profile-saved",
    show: async (page) => {
      await page.goto("/profile");
      await send(page, { name: ann.name });
    },
  },
  {
    name: "profile-problems",
    show: async (page) => {
      await page.goto("/profile");
      await send(page, { name: " " });
    },
  },
  { name: "account", show: (page) => page.goto("/account") },
  { name: "password", show: (page) => page.goto("/account/password") },
  {
    name: "password-problems",
    show: async (page) => {
      await page.goto("/account/password");
      await send(page, { current_password: "x", password: "passwordpassword" });
    },
  },
  { name: "export", show: (page) => page.goto("/account/export") },
  { name: "delete", show: (page) => page.goto("/account/delete") },
  {
    name: "delete-problems",
    show: async (page) => {
      await page.goto("/account/delete");
      await send(page, { email: "somebody@example.com" });
    },
  },
  { name: "reauthenticate", show: (page) => page.goto("/reauthenticate?next=%2Faccount%2Fdelete") },
  {
    name: "reauthenticate-refused",
    show: async (page) => {
      await page.goto("/reauthenticate");
      await send(page, { password: "not her password" });
    },
  },
  { name: "logout", show: (page) => page.goto("/logout") },
  { name: "sessions", show: showSessions },
  {
    name: "sessions-gone",
    show: async (page) => {
      await page.goto("/account/sessions");
      await page.locator('main form[action$="/end"]').first().evaluate((form: HTMLFormElement) => {
        form.action = "/account/sessions/x/end";
      });
      await Promise.all([
        page.waitForEvent("load"),
        page.locator('form[action$="x/end"] button').click(),
      ]);
    },
  },
  {
    name: "sessions-ended",
    show: async (page) => {
      await page.goto("/account/sessions");
      await press(page, 'main form[action$="/end"] button');
    },
  },
  {
    name: "sessions-one",
    show: async (page) => {
      await page.goto("/account/sessions");
      await press(page, 'form[action$="end-others"] button');
    },
  },
  {
    name: "profile-long-name",
    show: async (page) => {
      await page.goto("/profile");
      await send(page, { name: "W".repeat(80) });
    },
  },
  { name: "not-found-member", show: (page) => page.goto("/nowhere") },
  {
    name: "sent-too-late",
    show: async (page) => {
      await page.goto("/profile");
      await page.context().clearCookies();
      await send(page, { name: "Ann Meyer" });
    },
  },
  {
    name: "compromised",
    show: async (page, { world }) => {
      await world.bob();
      await markCompromised(world.kv, bob.email, () => world.now, world.services.events);
      await page.goto("/login");
      await send(page, { email: bob.email, password: bob.password });
    },
  },
  {
    name: "registered",
    show: async (page) => {
      await page.context().clearCookies();
      await page.goto("/register");
      await send(page, { ...eve });
    },
  },
  {
    name: "password-changed",
    show: async (page) => {
      await page.goto("/account/password");
      await send(page, { current_password: eve.password, password: bob.password });
    },
  },
  {
    name: "sent-held",
    show: async (page, { world }) => {
      await page.goto("/account/delete");
      world.pass(HOUR);
      await send(page, { email: eve.email });
    },
  },
  {
    name: "finish",
    show: (page) => send(page, { password: bob.password }),
  },
  {
    name: "declined",
    show: (page) => press(page, "[action$=decline] button"),
  },
  {
    name: "logged-out",
    show: async (page) => {
      await page.goto("/profile");
      await press(page, "header button");
    },
  },
  {
    name: "sessions-remembered",
    show: async (page, { origin }) => {
      await page.goto("/login");
      await page.locator("#remember").check();
      await send(page, { email: eve.email, password: bob.password });
      await page.context().clearCookies({ name: `session_${new URL(origin).port}` });
      await page.goto("/account/sessions");
    },
  },
  { name: "reauthenticate-asked", show: (page) => page.goto("/account/delete") },
  {
    name: "switched",
    show: async (page, server) => {
      await page.context().clearCookies();
      await page.goto("/login");
      await server.logIn(page); // as another tab does
      await send(page, { email: eve.email, password: bob.password });
    },
  },
  {
    name: "deleted",
    show: async (page) => {
      await page.goto("/account/delete");
      await send(page, { email: eve.email });
    },
  },
];

/** Logs Ann in on a phone too, a while ago, and shows her sessions. */
export async function showSessions(page: Page, { world }: BrowserServer): Promise<void> {
  const phone = world.browser();
  phone.userAgent = iPhone;
  await phone.post("/login", { ...ann, remember: "on" });
  world.pass(25 * MINUTE);
  await page.goto("/account/sessions");
}

const iPhone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

/** A form that a person fills in; the browser's dialog answers the others. */
const typedForm = "form:not([data-passkey])";

/** Fills in and sends the page's form, without the browser's own validation. */
export async function send(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`main #${name}`);
    if (await field.count() > 0) await field.fill(value);
  }
  const form = page.locator(`main ${typedForm}`).last();
  await form.evaluate((form: HTMLFormElement) => form.noValidate = true);
  await press(page, `main ${typedForm} button[type=submit]`);
}

/** Presses a button and waits until the next page is loaded. */
export async function press(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForEvent("load"), page.locator(selector).last().click()]);
}
