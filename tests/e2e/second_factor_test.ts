import { deepEqual, equal, fail } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { DAY, MINUTE } from "../../lib/time.ts";
import { recoverUser } from "../../routes/cli/users_recover.ts";
import { en } from "../../views/text/en.ts";
import { BrowserServer } from "../support/browser_server.ts";
import { browserTest, fillForm, recordProblems } from "../support/chromium.ts";
import { chosen } from "../support/password_reset.ts";
import { eve } from "../support/people.ts";
import { codeAt } from "../support/totp.ts";
import { VirtualAuthenticator } from "../support/virtual_authenticator.ts";
import { withMail } from "../support/world.ts";

browserTest(
  "a newcomer uses an app, a recovery code and a passkey, and comes back after losing them all",
  async (browser) => {
    await using server = await BrowserServer.create(withMail);
    const page = await server.open(browser, {});
    const problems = recordProblems(page);
    await register(page, server);
    const { key, recoveryCode } = await enrolApp(page, server);

    await logOut(page, server);
    await enterPassword(page, eve.password);
    await enterCode(page, "totp", codeAt(key, server.world.now));
    await logOut(page, server);
    await enterPassword(page, eve.password);
    await page.getByText(en.secondFactor.otherWay).click();
    await enterCode(page, "recovery_code", recoveryCode);
    equal(await page.getByText(/9 are left/).count(), 1);

    await addPasskey(page);
    await logOut(page, server);
    await page.goto("/login"); // the virtual authenticator answers the autofill by itself
    await page.waitForURL("**/profile");
    await removeApp(page);
    deepEqual(problems, []);

    await comeBack(browser, server);
    await page.goto("/profile");
    equal(await heading(page), en.login.title, "the lost browser is logged out");
  },
);

const heading = (page: Page) => page.locator("h1").innerText();

async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole("main").getByRole("button", { name, exact: true });
  await Promise.all([page.waitForEvent("load"), button.click()]);
}

async function register(page: Page, { world }: BrowserServer): Promise<void> {
  await page.goto("/register");
  await fillForm(page, { ...eve });
  await press(page, en.register.submit);
  await page.goto(await world.linkTo(eve.email));
  await press(page, en.verifyEmail.confirm);
  equal(await heading(page), en.profile.title);
}

/** The key is in the link for a phone, which has the same text as the QR code. */
async function enrolApp(page: Page, { world }: BrowserServer) {
  await page.goto("/account/totp");
  await fillForm(page, { password: eve.password });
  await press(page, en.reauthenticate.submit);
  const uri = await page.locator("a[href^='otpauth:']").getAttribute("href");
  const key = new URL(uri ?? fail("no link for a phone")).searchParams.get("secret") ?? "";
  await fillForm(page, { code: codeAt(key, world.now) });
  await press(page, en.totp.submit);
  const codes = await page.locator("#recovery-codes code").allInnerTexts();
  equal(codes.length, 10);
  return { key, recoveryCode: codes[0] ?? "" };
}

/** The app shows another code at the next login. */
async function logOut(page: Page, { world }: BrowserServer): Promise<void> {
  await page.goto("/logout");
  await press(page, en.nav.logOut);
  world.pass(MINUTE);
}

async function enterPassword(page: Page, password: string): Promise<void> {
  await page.goto("/login");
  await fillForm(page, { email: eve.email, password });
  await press(page, en.login.submit);
}

async function enterCode(page: Page, id: "totp" | "recovery_code", code: string): Promise<void> {
  equal(await heading(page), en.secondFactor.title);
  const field = page.locator(`#${id}`);
  await field.fill(code);
  await Promise.all([page.waitForEvent("load"), field.press("Enter")]);
  equal(await heading(page), en.profile.title);
}

async function addPasskey(page: Page): Promise<void> {
  await VirtualAuthenticator.plugIn(page);
  await page.goto("/account/passkeys");
  await press(page, en.passkeys.add);
  equal(await page.locator("h1").innerText(), en.passkeys.title);
}

async function removeApp(page: Page): Promise<void> {
  await page.goto("/account/totp");
  await press(page, en.totp.remove);
  equal(await page.getByRole("status").innerText(), en.flash.totp_removed);
}

/** In a new browser, without the passkey, the app and the recovery codes. */
async function comeBack(browser: Browser, server: BrowserServer): Promise<void> {
  const { world } = server;
  const page = await server.open(browser, {});
  await enterPassword(page, eve.password);
  equal(await heading(page), en.secondFactor.title);

  const { kv, config: { origin, secretKeys, mail, eventsFor }, services } = world;
  const parts = {
    kv,
    now: () => world.now,
    origin,
    secretKeys,
    eventsFor,
    mail: mail ?? fail("no mail"),
  };
  equal(await recoverUser(parts, eve.email), "prepared");
  await services.outbox?.sweep();
  const link = await world.linkTo(eve.email);
  await page.goto(link);
  equal(await page.getByRole("link", { name: en.recoverAccount.choose }).count(), 0, "too early");

  world.pass(DAY);
  await page.goto(link);
  await page.getByRole("link", { name: en.recoverAccount.choose }).click();
  await fillForm(page, { password: chosen });
  await press(page, en.passwordReset.save);
  await enterPassword(page, chosen);
  equal(await heading(page), en.profile.title, "no second step is left");
}
