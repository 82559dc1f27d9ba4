import { deepEqual, equal, match } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { HOUR } from "../../lib/time.ts";
import { BrowserServer } from "../support/browser_server.ts";
import { browserTest, recordProblems } from "../support/chromium.ts";
import { chosen } from "../support/password_reset.ts";
import { ann } from "../support/people.ts";
import { type Credential, VirtualAuthenticator } from "../support/virtual_authenticator.ts";
import { withMail } from "../support/world.ts";

/** Ann's browser, logged in by her password, with an authenticator that has no passkey yet. */
async function openAnns(server: BrowserServer, browser: Browser) {
  const page = await server.open(browser, {});
  await page.goto("/login");
  await server.logIn(page);
  const authenticator = await VirtualAuthenticator.plugIn(page);
  return { page, authenticator, problems: recordProblems(page) };
}

const heading = (page: Page) => page.locator("h1").innerText();
const press = (page: Page, name: string) =>
  page.getByRole("main").getByRole("button", { name, exact: true }).click();

async function addPasskey(page: Page): Promise<void> {
  await page.goto("/account/passkeys");
  await press(page, "Add a passkey");
  await page.waitForURL("**/account/recovery-codes");
}

async function logOut(page: Page): Promise<void> {
  await page.goto("/logout");
  await press(page, "Log out");
  await page.waitForURL((url) => url.pathname === "/");
}

/** The virtual authenticator answers an autofill at once: here it is out of the way. */
const withoutAutofill =
  "PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);";

async function logInByButton(page: Page): Promise<void> {
  await page.addInitScript({ content: withoutAutofill });
  await page.goto("/login");
  await press(page, "Log in with a passkey");
}

browserTest(
  "a passkey is added, and logs in by one button and by autofill [SEC-J10]",
  async (browser) => {
    await using server = await BrowserServer.create();
    const { page, authenticator, problems } = await openAnns(server, browser);

    await addPasskey(page);
    equal((await authenticator.credentials()).length, 1);
    await logOut(page);

    await page.goto("/login?next=%2Faccount%2Fsessions");
    await page.waitForURL("**/account/sessions");
    match(await page.locator("main").innerText(), /passkey/);
    await logOut(page);

    await logInByButton(page);
    await page.waitForURL("**/profile");
    equal(await heading(page), "Profile");
    deepEqual(problems, []);
  },
);

browserTest("one authenticator makes no second passkey for an account", async (browser) => {
  await using server = await BrowserServer.create();
  const { page, authenticator } = await openAnns(server, browser);
  await addPasskey(page);

  await page.goto("/account/passkeys");
  await press(page, "Add another passkey");
  await page.getByText("This device already has a passkey for your account.").first().waitFor();
  equal((await authenticator.credentials()).length, 1);
});

browserTest(
  "a user who fails the check of their finger gets no passkey, and is not logged in [SEC-J3]",
  async (browser) => {
    await using server = await BrowserServer.create();
    const { page, authenticator } = await openAnns(server, browser);
    await authenticator.setVerified(false);
    await page.goto("/account/passkeys");
    await press(page, "Add a passkey");
    await page.locator("form[data-passkey] .problem").waitFor();
    equal((await authenticator.credentials()).length, 0);

    await authenticator.setVerified(true);
    await addPasskey(page);
    await logOut(page);
    await authenticator.setVerified(false);
    await logInByButton(page);
    await page.locator("form[data-passkey] .problem").waitFor();
    await page.goto("/profile");
    equal(await heading(page), "Log in");
  },
);

browserTest(
  "a removed passkey logs nobody in, and the browser forgets it [SEC-J8]",
  async (browser) => {
    await using server = await BrowserServer.create();
    const { page, authenticator } = await openAnns(server, browser);
    await addPasskey(page);
    const [copy] = await authenticator.credentials() as [Credential];

    await page.goto("/account/passkeys");
    await page.locator("summary", { hasText: "Remove" }).click();
    await press(page, "Remove this passkey");
    match(await page.getByRole("status").innerText(), /The passkey has been removed/);
    await authenticator.put(copy);
    await logOut(page);

    await logInByButton(page);
    await page.getByText("This passkey doesn’t open an account here.").waitFor();
  },
);

browserTest("a copied passkey is noticed by its counter [SEC-J6]", async (browser) => {
  await using server = await BrowserServer.create();
  const { page, authenticator } = await openAnns(server, browser);
  await addPasskey(page);
  await authenticator.setCounter(100);
  await logOut(page);
  await logInByButton(page);
  await page.waitForURL("**/profile");

  await logOut(page);
  await authenticator.setCounter(50);
  await logInByButton(page);
  await page.getByText("This passkey doesn’t open an account here.").waitFor();
  equal(server.world.events("authn_token_reuse").length, 1);
});

browserTest(
  "a passkey is the second step after a password, and the proof of an old login",
  async (browser) => {
    await using server = await BrowserServer.create();
    const { page, problems } = await openAnns(server, browser);
    await addPasskey(page);
    await logOut(page);

    await page.addInitScript({ content: withoutAutofill });
    await page.goto("/login?next=%2Faccount%2Fpasskeys");
    await page.getByLabel("Email address").fill(ann.email);
    await page.getByLabel("Password", { exact: true }).fill(ann.password);
    await press(page, "Log in");
    await press(page, "Use your passkey");
    await page.waitForURL("**/account/passkeys");

    server.world.pass(HOUR);
    await page.goto("/account/passkeys");
    equal(await heading(page), "Confirm it’s you");
    await press(page, "Use your passkey");
    await page.waitForURL("**/account/passkeys");
    equal(await heading(page), "Passkeys");
    deepEqual(problems, []);
  },
);

browserTest(
  "on the answer to a form, a passkey that needs a fresh login leads to the proof",
  async (browser) => {
    await using server = await BrowserServer.create();
    const { page, problems } = await openAnns(server, browser);
    await addPasskey(page);
    await page.goto("/account/passkeys");
    await page.locator("summary", { hasText: "Rename" }).click();
    await page.getByLabel("Name", { exact: true }).fill(" ");
    await press(page, "Save name");
    await page.waitForURL("**/rename");

    server.world.pass(HOUR);
    await press(page, "Add another passkey");
    await page.waitForURL("**/reauthenticate?*");
    await press(page, "Use your passkey");
    await page.waitForURL("**/account/passkeys");
    deepEqual(problems, []);
  },
);

browserTest(
  "somebody who has only a passkey replaces a forgotten password with it [SEC-H7]",
  async (browser) => {
    await using server = await BrowserServer.create(withMail);
    const { page, problems } = await openAnns(server, browser);
    await addPasskey(page);
    await logOut(page);
    await server.world.browser().post("/password-reset", { email: ann.email });
    await page.addInitScript({ content: withoutAutofill });
    await page.goto(await server.world.linkTo(ann.email));

    equal(await page.getByLabel("Recovery code").isVisible(), false, "the passkey comes first");
    await press(page, "Save with your passkey");
    equal(await page.locator("#password:invalid").count(), 1, "nothing happens without a password");
    await page.getByLabel("New password", { exact: true }).fill(chosen);
    await page.getByLabel("New password", { exact: true }).press("Enter");
    await page.waitForURL("**/login");
    equal(await heading(page), "Log in");
    equal(server.world.events("authn_password_change").length, 1);
    deepEqual(problems, []);
  },
);

browserTest(
  "a code at the reset counts, not the passkey's answer before it",
  async (browser) => {
    await using server = await BrowserServer.create(withMail);
    const { page } = await openAnns(server, browser);
    await addPasskey(page);
    await logOut(page);
    await server.world.browser().post("/password-reset", { email: ann.email });
    await page.goto(await server.world.linkTo(ann.email));

    await page.locator("[name=credential]").evaluate((it: HTMLInputElement) => it.value = "{}");
    await page.getByLabel("New password", { exact: true }).fill(chosen);
    await page.locator("details.other-way summary").click();
    await page.getByLabel("Recovery code").fill("0000-0000-0000-0000");
    await page.getByLabel("Recovery code").press("Enter");
    await page.locator("#code[aria-invalid=true]").waitFor();
  },
);
