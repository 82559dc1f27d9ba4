import { deepEqual, equal, match } from "node:assert/strict";
import { pageTest, recordProblems } from "../support/chromium.ts";
import { ann } from "../support/people.ts";
import { Server } from "../support/server.ts";

pageTest(
  "a user ends other sessions, changes the password and deletes the account",
  async (page) => {
    await using server = await Server.create();
    await server.start();
    await server.post("/register", { ...ann });
    const problems = recordProblems(page);
    const heading = () => page.locator("h1").innerText();
    const status = () => page.getByRole("status").innerText();
    const press = (name: string) =>
      page.getByRole("main").getByRole("button", { name, exact: true }).click();
    const chosen = "a heron stands in the reeds";

    await page.goto(`${server.origin}/account/sessions`);
    await page.getByLabel("Email address").fill(ann.email);
    await page.getByLabel("Password", { exact: true }).fill(ann.password);
    await page.getByLabel("Remember me on this browser").check();
    await press("Log in");
    equal(await heading(), "Where you’re logged in");
    equal(await page.getByRole("listitem").filter({ has: page.getByRole("heading") }).count(), 2);
    await press("Log out everywhere else");
    match(await status(), /Every other browser has been logged out\./);

    await page.goto(`${server.origin}/account`);
    await page.getByRole("link", { name: "Change your password" }).click();
    await page.getByLabel("Current password").fill(ann.password);
    await page.getByLabel("New password").fill("passwordpassword");
    await press("Change password");
    match(await page.locator("#password-problem").innerText(), /known from other sites/);
    await page.getByLabel("Current password").fill(ann.password);
    await page.getByLabel("New password").fill(chosen);
    await press("Change password");
    match(await status(), /Your password has been changed/);

    await page.goto(`${server.origin}/reauthenticate?next=%2Faccount%2Fdelete`);
    await page.getByLabel("Password", { exact: true }).fill(chosen);
    await press("Continue");
    equal(await heading(), "Delete your account");
    await page.getByLabel(`To confirm, type ${ann.email}`).fill(ann.email);
    await press("Delete my account");
    match(await status(), /Your account has been deleted\./);
    await page.goto(`${server.origin}/profile`);
    equal(await heading(), "Log in");
    deepEqual(problems, []);
  },
);
