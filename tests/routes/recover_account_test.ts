import { deepEqual, equal, match, ok } from "node:assert/strict";
import { newSecretKey } from "../../lib/keys.ts";
import { DAY, HOUR, SECOND } from "../../lib/time.ts";
import { recoverUser } from "../../routes/cli/users_recover.ts";
import { link } from "../support/identity.ts";
import { changeUser, chosen, loginTarget, openLink } from "../support/password_reset.ts";
import { ann, eve } from "../support/people.ts";
import {
  afterPassword,
  enterCode,
  enterPassword,
  withSecondFactor,
} from "../support/second_factor.ts";
import { confirmPath, signIn, signInTestWithMail } from "../support/sign_in.ts";
import { enrolTotp } from "../support/totp.ts";
import { runTask, TaskFiles } from "../support/task.ts";
import { testWithMail as test, TestWorld, withMail } from "../support/world.ts";

const { email, password } = ann;
const path = "/recover-account";
const newPath = "/password-reset/new";

/** What the operator's command does, and the sweep that sends the mail. */
async function recover(world: TestWorld, address = email) {
  const { kv, config: { origin, secretKeys, mail, eventsFor }, services } = world;
  if (!mail) throw new Error("This site has no mail");
  await world.delivered();
  const now = () => world.now;
  const result = await recoverUser({ kv, now, origin, secretKeys, mail, eventsFor }, address);
  await services.outbox?.sweep();
  return result;
}

/** A new browser that opened the newest link to Ann. */
async function withLink(world: TestWorld) {
  const browser = world.browser();
  equal((await browser.get(await world.linkTo(email))).status, 303);
  return browser;
}

test("somebody who lost every factor comes back a day after the operator's command", async (world) => {
  const { browser: lost } = await withSecondFactor(world);
  equal(await recover(world), "prepared");
  const mail = await world.mailTo(email);
  equal(mail.subject, "Recovering your account");
  match(mail.text.replaceAll("\n", " "), /starts to work on 23 November 2026 at 12:00 UTC/);

  const early = await withLink(world);
  match(await (await early.get(path)).text(), /starts to work on 23 November 2026 at 12:00 UTC/);
  world.pass(DAY - SECOND);
  const inTime = await withLink(world);
  equal((await inTime.get(newPath)).status, 410);
  equal((await inTime.post(newPath, { password: chosen })).status, 410, "a second too early");

  world.pass(SECOND);
  match(
    await (await inTime.get(path)).text(),
    /href="\/password-reset\/new">Choose a new password/,
  );
  ok(!(await (await inTime.get(newPath)).text()).includes('name="code"'));
  equal((await lost.get("/profile")).status, 302);
  const answer = await inTime.post(newPath, { password: chosen });
  equal(answer.headers.get("location"), "/login");
  equal(await loginTarget(world, chosen), "/profile");
});

test("a recovery removes every record of the factors, ends every session and works once", async (world) => {
  const { browser: before } = await withSecondFactor(world);
  await recover(world);
  world.pass(DAY);
  const mailsBefore = (await world.delivered()).length;
  const browser = await withLink(world);
  const passwords = Array.from({ length: 20 }, (_, i) => `${chosen} ${i}`);
  const statuses = (await Promise.all(
    passwords.map((it) => browser.copy().post(newPath, { password: it })),
  )).map(({ status }) => status);
  equal(statuses.filter((it) => it === 303).length, 1, statuses.join(" "));

  const kinds = (await world.dump()).map(({ key }) => String(key[0]));
  for (const kind of ["totp", "recovery_code", "passkey"]) ok(!kinds.includes(kind), kind);
  equal((await before.get("/profile")).status, 302);
  equal((await (await withLink(world)).get(path)).status, 410);
  deepEqual(
    world.events("authn_token_revoked").map(({ facts }) => facts.reason),
    ["recovered"],
  );
  const mails = (await world.delivered()).slice(mailsBefore);
  deepEqual(mails.map(({ subject }) => subject).sort(), [
    "A second step was removed from your account",
    "Your password was changed",
  ]);
  ok(mails.some(({ text }) => /Removed: +Authenticator app/.test(text)));
});

test("the owner reads that the recovery is stopped, although the database sends the commit twice", async (world) => {
  await withSecondFactor(world);
  await recover(world);
  const browser = await withLink(world);
  world.broken.fault = "repeated";

  equal((await browser.post(path, { email })).status, 303);
  world.broken.fault = "none";
  equal((await browser.get(path)).status, 410);
});

test("the owner stops a recovery, before and after it works", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  for (const wait of [HOUR, 2 * DAY]) {
    await recover(world);
    world.pass(wait);
    const browser = await withLink(world);
    match(await (await browser.get(path)).text(), /Stop the recovery/);
    const answer = await browser.post(path, { email });
    match(await (await browser.follow(answer)).text(), /The recovery has been stopped/);
    const again = await withLink(world);
    equal((await again.get(path)).status, 410);
    equal((await again.post(path, { email })).status, 410);
    world.pass(DAY);
    equal((await again.post(newPath, { password: chosen })).status, 410);
  }
  const other = await afterPassword(world);
  equal((await enterCode(other, nextCode())).status, 303, "the factors stay");
});

test("a recovery ends after three days, with a new password, and with a newer one", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  await recover(world);
  world.pass(3 * DAY - SECOND);
  const late = await withLink(world);
  equal((await late.get(newPath)).status, 200);
  world.pass(SECOND);
  for (const page of [path, newPath]) equal((await late.get(page)).status, 410, page);

  await recover(world);
  const older = await withLink(world);
  world.pass(HOUR);
  await recover(world);
  equal((await older.get(path)).status, 410);

  const newer = await withLink(world);
  const reset = await openLink(world);
  equal((await reset.post(newPath, { password: chosen, code: nextCode() })).status, 303);
  world.pass(DAY);
  equal((await newer.get(newPath)).status, 410);
});

test("a link to recover resets nothing before its day, and other links recover nothing [SEC-H1] [SEC-H7]", async (world) => {
  await withSecondFactor(world);
  const browser = await openLink(world);
  equal((await browser.get(path)).status, 410);
  equal((await browser.post(newPath, { password: chosen })).status, 422);
  await recover(world);
  const link = await world.linkTo(email);
  await browser.get(link.replace("/recover-account/", "/password-reset/"));
  equal((await browser.post(newPath, { password: chosen })).status, 410);
  equal(await loginTarget(world, password), "/login/second-factor");
});

test("after a recovery a new app is set up at once, although a hundred wrong codes locked the old one", async (world) => {
  const { wrongCode } = await withSecondFactor(world);
  const other = world.browser();
  for (let i = 0; i < 100; i++) {
    await enterPassword(other);
    await enterCode(other, wrongCode());
    world.pass(HOUR);
  }
  equal(world.events("authn_login_lock").length, 1);
  await recover(world);
  world.pass(DAY);
  const answer = await (await withLink(world)).post(newPath, { password: chosen });
  equal(answer.status, 303);

  const browser = world.browser();
  equal((await browser.post("/login", { email, password: chosen })).status, 303);
  await enrolTotp(browser, world.now);
});

test("the command refuses accounts that need no recovery, and says why", async (world) => {
  await world.ann();
  await world.browser().post("/register", { ...eve });
  equal(await recover(world), "no_factor");
  equal(await recover(world, "nobody@example.com"), "unknown");
  equal(await recover(world, eve.email), "unconfirmed");
  await changeUser(world, { active: false, expiresAt: null, factors: ["otp"] });
  const results = [await recover(world), await recover(world, eve.email)];
  ok(results.includes("suspended"), results.join(" "));
});

Deno.test("users:recover refuses without mail, and without an address", async () => {
  await using files = await TaskFiles.create();
  const none = await files.run("users:recover");
  deepEqual([none.code, none.errors], [2, "Usage: deno task users:recover ADDRESS\n"]);
  const settings = { ORIGIN: "https://app.example", SECRET_KEY: newSecretKey() };
  const { code, errors } = await runTask(
    "users:recover",
    files.folder,
    [email],
    files.path,
    settings,
  );
  equal(code, 2);
  match(errors, /^Mail is off, so nobody could be told and no link sent: set MAIL_FROM/);
});

Deno.test("users:recover without the settings of the app says where they come from", async () => {
  await using files = await TaskFiles.create();
  const { code, errors } = await files.run("users:recover", email);
  equal(code, 2);
  match(errors, /^ORIGIN is not set[^]*needs the environment of the app\..*APP_ENV=development\./m);
});

Deno.test("users:recover in development works with the key and the mailbox of the app", async () => {
  await using files = await TaskFiles.create();
  {
    await using world = await TestWorld.create({ path: files.path, config: withMail });
    await withSecondFactor(world);
  }
  const development = { APP_ENV: "development" };
  const run = await runTask("users:recover", files.folder, [email], files.path, development);
  deepEqual([run.code, run.errors], [0, ""]);
});

Deno.test("users:recover prepares a mail that the app sends", async () => {
  await using files = await TaskFiles.create();
  {
    await using world = await TestWorld.create({ path: files.path, config: withMail });
    await withSecondFactor(world);
  }
  const run = (address: string) =>
    runTask("users:recover", files.folder, [address], files.path, {
      ORIGIN: "https://app.example",
      SECRET_KEY: newSecretKey(),
      MAIL_FROM: "Latchkey <no-reply@app.example>",
      SMTP_URL: "smtp://localhost",
    });
  const { code, out } = await run(email);
  equal(code, 0);
  match(out, /^ann@example\.com: gets a mail\. Its link works after 24 hours/);
  const unknown = await run("nobody@example.com");
  deepEqual([unknown.code, unknown.out], [1, "nobody@example.com: has no account\n"]);
});

signInTestWithMail(
  "what a thief linked to the account ends with its recovery [SEC-H10]",
  async (world, provider) => {
    const thief = await world.ann();
    await enrolTotp(thief, world.now);
    await link(world, provider, thief, { sub: "thief", email: "thief@example.com" });
    equal(await recover(world), "prepared");
    world.pass(DAY);
    const owner = await withLink(world);
    equal((await owner.post(newPath, { password: chosen })).status, 303);
    const told = (await world.delivered()).map(({ text }) => text).join("\n");
    match(told, /Removed: Authenticator app\n/);
    match(told, /The account at Hostile is no longer linked/);
    equal(await loginTarget(world, chosen), "/profile");
    const refused = await signIn(world, provider, thief, { sub: "thief", email: "t@example.com" });
    equal(refused.headers.get("location"), confirmPath, "it opens nothing any more");
  },
);
