/// <reference lib="dom" />
import { deepEqual, equal, match } from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest, fillForm, recordProblems } from "../support/chromium.ts";
import { enter, focused, tabTo } from "../support/keyboard.ts";
import { ann, bob } from "../support/people.ts";
import { press, send } from "../support/page_states.ts";
import { BrowserServer } from "../support/browser_server.ts";

const chosen = "a heron stands in the reeds";
const heading = (page: Page) => page.locator("h1").innerText();
const status = (page: Page) => page.getByRole("status").innerText();

browserTest("every journey works without scripts, in Italian as well", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, { javaScriptEnabled: false });
  const problems = recordProblems(page);
  const button = (name: string) =>
    page.getByRole("main").getByRole("button", { name, exact: true });

  await page.goto("/profile");
  match(await status(page), /Please log in to see this page\./);
  await page.getByRole("main").getByRole("link", { name: "Register" }).click();
  await fillForm(page, { ...bob, password: "passwordpassword" });
  await button("Register").click();
  match(await page.locator("#password-problem").innerText(), /known from other sites/);
  equal(await page.locator("#email").inputValue(), bob.email);
  equal(await page.getByRole("button", { name: "Show" }).count(), 0);
  await fillForm(page, { password: bob.password });
  await button("Register").click();
  equal(await heading(page), "Profile");

  await fillForm(page, { name: "Bob Ross" });
  await button("Save name").click();
  match(await status(page), /Your name has been saved\./);
  await page.reload();
  equal(await status(page), "");
  await page.goBack();
  equal(await page.locator("#name").inputValue(), "Bob Ross");

  await page.getByRole("button", { name: "Italiano" }).click();
  equal(await heading(page), "Profilo");
  await page.getByRole("button", { name: "Esci" }).click();
  match(await status(page), /Disconnessione effettuata\./);
  await page.getByRole("button", { name: "English" }).click();

  await page.goto("/account/sessions");
  await fillForm(page, { email: bob.email, password: "not his password" });
  await button("Log in").click();
  equal(await page.locator("#form-problem").innerText(), "Wrong email address or password.");
  await fillForm(page, { password: bob.password });
  await page.locator("#remember").check();
  await button("Log in").click();
  equal(await heading(page), "Where you’re logged in");

  await server.world.browser().post("/login", { ...bob });
  await page.reload();
  await button("Log out everywhere else").click();
  match(await status(page), /Every other browser has been logged out\./);

  await page.getByRole("link", { name: "Password", exact: true }).click();
  await fillForm(page, { current_password: bob.password, password: chosen });
  await button("Change password").click();
  match(await status(page), /Your password has been changed/);

  await page.goto("/reauthenticate?next=%2Faccount%2Fdelete");
  await fillForm(page, { password: chosen });
  await button("Continue").click();
  equal(await heading(page), "Delete your account");
  await fillForm(page, { email: bob.email });
  await button("Delete my account").click();
  match(await status(page), /Your account has been deleted\./);
  deepEqual(problems, []);
});

browserTest(
  "a keyboard is enough from registration to logout, and the focus is visible",
  async (browser) => {
    await using server = await BrowserServer.create();
    const page = await server.open(browser, {});
    const problems = recordProblems(page);
    const type = (text: string) => page.keyboard.type(text);

    await page.goto("/");
    await page.keyboard.press("Tab");
    equal(await focused(page), "Skip to content");
    await tabTo(page, "Register");
    await enter(page);
    await page.locator("#name:focus").waitFor();
    for (const [name, value] of Object.entries({ ...bob, password: "too short" })) {
      if (name !== "name") await tabTo(page, name);
      await type(value);
    }
    await enter(page);
    await page.locator("#password:focus").waitFor();
    await type(bob.password);
    await enter(page);
    equal(await heading(page), "Profile");

    await tabTo(page, "Log out");
    await enter(page);
    await tabTo(page, "Log in");
    await enter(page);
    await page.locator("#email:focus").waitFor();
    await type(bob.email);
    await tabTo(page, "password");
    await type(bob.password);
    await tabTo(page, "remember");
    await page.keyboard.press("Space");
    await enter(page);
    equal(await heading(page), "Profile");

    await server.world.browser().post("/login", { ...bob });
    await tabTo(page, "Sessions");
    await enter(page);
    equal(await heading(page), "Where you’re logged in");
    await tabTo(page, "Log out Firefox on Linux");
    await enter(page);
    match(await status(page), /That browser has been logged out\./);
    await tabTo(page, "Log out");
    await enter(page);
    match(await status(page), /You’ve been logged out\./);
    deepEqual(problems, []);
  },
);

browserTest("the layout does not shift while a page loads", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, { viewport: { width: 390, height: 844 } });
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as Shift).value);
    }).observe({ type: "layout-shift", buffered: true });
  });

  for (const path of ["/", "/login", "/register", "/nowhere"]) {
    await page.goto(path);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    deepEqual(await page.evaluate("shifts"), [], path);
  }
});

browserTest("the links of a problem summary focus the fields", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, {});
  await page.goto("/register");
  await send(page, { name: "", email: "ann", password: "" });

  await page.locator(".summary").getByRole("link", { name: "Email address" }).click();
  await page.locator("#email:focus").waitFor();
});

browserTest("a form is sent once, and can be sent again after going back", async (browser) => {
  await using server = await BrowserServer.create();
  const page = await server.open(browser, {});
  const sent: string[] = [];
  page.on("request", (it) => it.method() === "POST" && sent.push(new URL(it.url()).pathname));
  const said: string[] = [];
  await page.exposeFunction("say", (words: string) => said.push(words));
  const slow = Promise.withResolvers<void>();
  server.beforeHash = () => slow.promise;

  await page.goto("/login");
  await fillForm(page, { email: ann.email, password: ann.password });
  await page.evaluate(() => {
    const live = document.getElementById("live") as HTMLElement;
    const { say } = globalThis as unknown as { say: (words: string | null) => void };
    new MutationObserver(() => say(live.textContent)).observe(live, { childList: true });
  });
  const { x, y } =
    await page.locator("main form:has(#password) button[type=submit]").boundingBox() ??
      { x: 0, y: 0 };
  for (let times = 0; times < 3; times++) await page.mouse.click(x + 9, y + 9, { delay: 20 });
  await page.keyboard.press("Enter");
  slow.resolve();
  await page.waitForURL("**/profile");
  // Autofill asks for the options of a passkey, whatever is sent.
  deepEqual(sent.filter((path) => !path.endsWith("/options")), ["/login"]);
  deepEqual(said, ["Sending…"]);

  await fillForm(page, { name: "Ann Meyer" });
  await press(page, "main button[type=submit]");
  await page.goBack();
  await fillForm(page, { name: "Ann Smith" });
  await press(page, "main button[type=submit]");
  match(await page.getByRole("navigation", { name: "Site" }).innerText(), /Hi Ann Smith/);
});

/** An entry of the Layout Instability API. */
interface Shift {
  readonly value: number;
}
