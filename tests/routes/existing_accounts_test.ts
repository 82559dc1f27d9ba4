import { equal, match, ok } from "node:assert/strict";
import { accountsWithoutHashing } from "../../lib/cli/command.ts";
import { importUsers } from "../../lib/cli/users_import.ts";
import vectors from "../lib/credential/vectors/legacy_hashes.json" with { type: "json" };
import { it } from "../../views/text/it.ts";
import { ann } from "../support/people.ts";
import { testWithMail as test, type TestWorld } from "../support/world.ts";

// Accounts that were made without mail, or in another system, work without a verified address.

const { email, name } = ann;
const { hash, password } = vectors.find(({ made_by }) => made_by === "werkzeug pbkdf2") as {
  hash: string;
  password: string;
};

async function importAnn(world: TestWorld, fields: object): Promise<void> {
  const line = JSON.stringify({ email, name, hash, ...fields });
  const lines = (async function* () {
    yield line;
  })();
  const accounts = accountsWithoutHashing(world.kv, () => world.now);
  equal((await importUsers(lines, accounts, "write")).imported, 1);
}

const logIn = (world: TestWorld) => {
  const browser = world.browser();
  return { browser, answer: browser.post("/login", { email, password, next: "/account" }) };
};

test("an unverified account is asked once, after a login, to confirm its address", async (world) => {
  await importAnn(world, {});
  const { browser, answer } = logIn(world);
  equal((await answer).headers.get("location"), "/verify-email?next=%2Faccount");
  const page = await (await browser.follow(await answer)).text();
  match(page, /Confirm your email address/);
  match(page, /value="ann@example\.com"/);
  match(page, /<a href="\/account">Not now<\/a>/);
  equal((await browser.get("/account")).status, 200, "it can be used meanwhile");
  equal((await world.delivered()).length, 0, "an unverified address gets no notice");

  equal((await logIn(world).answer).headers.get("location"), "/account");
});

test("confirming the address of an account in use keeps the session and turns notices on", async (world) => {
  await importAnn(world, {});
  const { browser, answer } = logIn(world);
  await browser.follow(await answer);
  await browser.post("/verify-email", { email });
  const page = await browser.follow(await browser.get(await world.linkTo(email)));
  ok(!(await page.text()).includes("/verify-email/reject"), "an account in use is not removed");
  equal((await browser.post("/verify-email/reject")).status, 410);

  equal((await browser.post("/verify-email/confirm")).headers.get("location"), "/profile");
  equal((await browser.get("/profile")).status, 200);
  equal((await logIn(world).answer).headers.get("location"), "/account");
  equal((await world.delivered()).length, 2, "the link, and the notice of a new browser");
});

test("a user who was imported as verified is not asked", async (world) => {
  await importAnn(world, { verified: true });
  equal((await logIn(world).answer).headers.get("location"), "/account");
  match((await world.mailTo(email)).text, /\/undo\//);
});

test("an imported user gets mails in the language of the import", async (world) => {
  await importAnn(world, { lang: "it" });
  await world.browser().post("/password-reset", { email });
  equal((await world.mailTo(email)).subject, it.mail.resetPassword.subject);
});
