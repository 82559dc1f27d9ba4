/// <reference lib="dom" />
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fillForm, pageTest, recordProblems } from "../support/chromium.ts";
import { ann } from "../support/people.ts";
import { Server } from "../support/server.ts";

pageTest(
  "a new password is assessed while it is typed, and a passphrase is suggested on request [SEC-A11] [SEC-A12]",
  async (page) => {
    await using server = await Server.create();
    await server.start();
    const problems = recordProblems(page);
    const password = page.getByLabel("Password", { exact: true });
    const advice = page.locator("#password-advice");
    const strength = () => page.locator("meter").evaluate((it) => (it as HTMLMeterElement).value);

    await page.goto(`${server.origin}/register`);
    const position = await page.getByRole("main").getByRole("button", { name: "Register" })
      .boundingBox();
    await fillForm(page, { ...ann, password: "" });
    await password.pressSequentially(ann.email);
    await advice.filter({ hasText: /made up of your name/ }).waitFor();
    ok(await strength() <= 1);
    await password.fill(ann.password);
    await advice.filter({ hasText: /^Strong\.$/ }).waitFor();
    equal(await strength(), 4);
    deepEqual(
      await page.getByRole("main").getByRole("button", { name: "Register" }).boundingBox(),
      position,
    );

    await password.fill(""); // aborts the pending assessment
    await page.getByRole("button", { name: "Suggest a passphrase" }).click();
    await page.waitForFunction(() => {
      return (document.getElementById("password") as HTMLInputElement).type === "text";
    });
    const suggestion = await password.inputValue();
    match(suggestion, /^[a-z]+( [a-z]+){5}$/);
    await page.getByRole("main").getByRole("button", { name: "Register" }).click();
    equal(await page.locator("h1").innerText(), "Profile");

    await page.context().clearCookies();
    await page.goto(`${server.origin}/login`);
    await page.getByLabel("Email address").fill(ann.email);
    await password.fill(suggestion);
    await page.getByRole("main").getByRole("button", { name: "Log in", exact: true }).click();
    equal(await page.locator("h1").innerText(), "Profile");
    deepEqual(problems, []);
  },
);
