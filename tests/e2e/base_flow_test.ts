import { deepEqual, equal, match } from "node:assert/strict";
import { fillForm, pageTest, recordProblems } from "../support/chromium.ts";
import { ann } from "../support/people.ts";
import { Server } from "../support/server.ts";

pageTest(
  "a user registers, logs out, logs in, and stays logged in after a restart [FL-D1]",
  async (page) => {
    await using server = await Server.create();
    await server.start();
    const problems = recordProblems(page);
    const site = page.getByRole("navigation", { name: "Site" });
    const heading = () => page.locator("h1").innerText();
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

    await page.goto(`${server.origin}/profile`);
    match(await page.getByRole("status").innerText(), /Please log in to see this page\./);

    await page.getByRole("link", { name: "Register" }).first().click();
    await fillForm(page, { ...ann, password: "too short" });
    await press("Register");
    match(await page.locator("#password-problem").innerText(), /too short/);
    equal(await page.evaluate("document.activeElement.id"), "password");
    equal(await page.getByLabel("Email address").inputValue(), ann.email);
    equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");

    await page.getByLabel("Password", { exact: true }).fill(ann.password);
    await press("Register");
    equal(await heading(), "Profile");
    match(await site.innerText(), /Hi Ann/);

    await page.getByLabel("Name").fill("Ann Meyer");
    await press("Save name");
    match(await site.innerText(), /Hi Ann Meyer/);

    await press("Log out");
    match(await page.getByRole("status").innerText(), /You’ve been logged out\./);
    await page.goBack();
    await page.reload();
    equal(await heading(), "Log in", "back after logout shows no private page");

    await page.getByLabel("Email address").fill(ann.email);
    await page.getByLabel("Password", { exact: true }).fill("not her password");
    await press("Log in");
    match(await page.locator("#form-problem").innerText(), /Wrong email address or password\./);
    await page.getByLabel("Password", { exact: true }).fill(ann.password);
    await press("Log in");
    equal(await heading(), "Profile");

    await server.stop();
    await server.start();
    await page.reload();
    match(await site.innerText(), /Hi Ann Meyer/);
    deepEqual(problems, []);
  },
);

pageTest(
  "a password can be shown and hidden again [SEC-A11] [SEC-A12]",
  async (page) => {
    await using server = await Server.create();
    await server.start();
    const problems = recordProblems(page);
    await page.goto(`${server.origin}/register`);
    const field = page.getByLabel("Password", { exact: true });
    const reveal = page.locator("button.reveal");

    await field.fill(ann.password);
    equal(await field.getAttribute("type"), "password");
    equal(await reveal.innerText(), "Show");
    await reveal.click();
    deepEqual([await field.getAttribute("type"), await reveal.innerText()], ["text", "Hide"]);
    equal(await page.evaluate("document.activeElement.id"), "password");
    await reveal.click();
    deepEqual([await field.getAttribute("type"), await reveal.innerText()], ["password", "Show"]);
    equal(await field.inputValue(), ann.password);
    deepEqual(problems, []);
  },
);
