/**
 * Takes a picture of every page, at phone and desktop width, light and dark: `deno task screenshots`
 * leaves them in `screenshots/`, to be looked at.
 */
import type { Page } from "playwright-core";
import { launch } from "../support/chromium.ts";
import { ann } from "../support/people.ts";
import { Server } from "../support/server.ts";

const folder = "screenshots";
/** Sends a form, and waits for the page that answers: half a page is no picture. */
async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole("main").getByRole("button", { name, exact: true });
  await Promise.all([page.waitForEvent("load"), button.click()]);
}

async function logIn(page: Page): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("E-mail address").fill(ann.email);
  await page.getByLabel("Password", { exact: true }).fill(ann.password);
  await press(page, "Log in");
}

/** How to get to each page; those behind a login come last. */
const scenes: [name: string, show: (page: Page) => Promise<unknown>][] = [
  ["home", (page) => page.goto("/")],
  ["login", (page) => page.goto("/login")],
  ["login-asked", (page) => page.goto("/profile")],
  ["login-refused", async (page) => {
    await page.goto("/login");
    await page.getByLabel("E-mail address").fill(ann.email);
    await page.getByLabel("Password", { exact: true }).fill("not her password");
    await press(page, "Log in");
  }],
  ["register", (page) => page.goto("/register")],
  ["register-problems", async (page) => {
    await page.goto("/register");
    await page.getByLabel("Name").fill("Ann");
    await page.getByLabel("E-mail address").fill(ann.email);
    await page.getByLabel("Password", { exact: true }).fill("too short");
    await press(page, "Register");
  }],
  ["not-found", (page) => page.goto("/nowhere")],
  ["profile", logIn],
  ["account", (page) => page.goto("/account")],
  ["sessions", (page) => page.goto("/account/sessions")],
  ["password", async (page) => {
    await page.goto("/account/password");
    await page.getByLabel("Current password").fill(ann.password);
    await page.getByLabel("New password").fill("passwordpassword");
    await press(page, "Change the password");
  }],
  ["delete", async (page) => {
    await page.goto("/account/delete");
    await page.getByLabel("To confirm").fill("somebody@example.com");
    await press(page, "Delete my account");
  }],
  ["reauthenticate", (page) => page.goto("/reauthenticate?next=%2Faccount%2Fdelete")],
  ["logout", (page) => page.goto("/logout")],
];

await using server = await Server.create();
await server.start();
await server.post("/register", { ...ann });
await Deno.mkdir(folder, { recursive: true });
const browser = await launch();
for (const width of [390, 1280]) {
  for (const colorScheme of ["light", "dark"] as const) {
    const viewport = { width, height: width === 390 ? 844 : 800 };
    const page = await browser.newPage({ baseURL: server.origin, viewport, colorScheme });
    for (const [name, show] of scenes) {
      await show(page);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png` });
    }
    await page.close();
  }
}
await browser.close();
