import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import { ann } from "../../support/people.ts";
import { afterPassword, enterCode, withSecondFactor } from "../../support/second_factor.ts";
import { codeAt, codesOn, enrolTotp, keyOn } from "../../support/totp.ts";
import { test, testWithMail, type TestWorld } from "../../support/world.ts";

const path = "/account/totp";
const { email, password } = ann;
const page = async (browser: { get(path: string): Promise<Response> }) =>
  await (await browser.get(path)).text();

/** Everything in the database, as text. */
async function dumpText(world: TestWorld): Promise<string> {
  const dump = await world.dump();
  return Deno.inspect(dump, { depth: 9, strAbbreviateSize: 99_999, iterableLimit: 99_999 });
}

test("an app is set up by its first right code, and brings recovery codes [SEC-I6] [SEC-I8]", async (world) => {
  const browser = await world.ann();
  const key = keyOn(await page(browser));

  const answer = await browser.post(path, { code: codeAt(key, world.now) });
  equal(answer.status, 303);
  equal(answer.headers.get("location"), "/account/recovery-codes");
  const shown = await (await browser.follow(answer)).text();
  match(shown, /Your app is set up\./);
  equal(codesOn(shown).length, 10);
  const enrolled = await page(browser);
  match(enrolled, /Set up on <time[^>]*>22 November 2026/);
  match(enrolled, /You have 10 recovery codes left\./);
  ok(!enrolled.includes("shared-key"), "the key is shown no more");
  equal(world.events("authn_token_created").length, 1);
});

test("the page says the key in words and in a picture of the same address [SEC-I11]", async (world) => {
  const shown = await page(await world.ann());

  const key = keyOn(shown);
  match(shown, /<code class="shared-key">([A-Z2-7]{4} ){7}[A-Z2-7]{4}</);
  ok(
    shown.includes(
      `href="otpauth://totp/Latchkey:ann%40example.com?secret=${key}&amp;issuer=Latchkey"`,
    ),
  );
  match(shown, /<svg class="qr-code" viewBox="0 0 (\d+) \1" role="img" aria-label="QR code/);
  match(shown, /<input id="code"[^>]* autocomplete="one-time-code" inputmode="numeric"/);
});

test("somebody without a factor may choose the other kind, also on a phone", async (world) => {
  const browser = await world.ann();
  const toPasskey = /<p data-passkey-only="" hidden=""><a [^>]*>Or add a passkey instead<\/a>/;
  const toTotp = /<a [^>]*href="\/account\/totp">Or use an authenticator app<\/a>/;
  match(await page(browser), toPasskey);
  match(await (await browser.get("/account/passkeys")).text(), toTotp);

  await enrolTotp(browser, world.now);
  ok(!toPasskey.test(await page(browser)));
  ok(!toTotp.test(await (await browser.get("/account/passkeys")).text()));
});

test("a wrong code says what to do, and the key stays [SEC-I6]", async (world) => {
  const browser = await world.ann();
  const key = keyOn(await page(browser));

  for (
    const [code, sentence] of [
      ["", /Please fill this in/],
      ["12345", /Please enter all six digits/],
      [codeAt(key, new Date(world.now.getTime() + MINUTE)), /set the clock of your phone/],
    ] as const
  ) {
    const answer = await browser.post(path, { code });
    equal(answer.status, 422);
    const shown = await answer.text();
    match(shown.split('id="code-problem">')[1] ?? "", sentence);
    equal(keyOn(shown), key);
  }
  const code = codeAt(key, world.now);
  const typed = `${code.slice(0, 3)} ${code.slice(3)}`;
  equal((await browser.post(path, { code: typed })).status, 303);
});

test("a key that waited for ten minutes enrols nothing, and there is a new one [SEC-I6]", async (world) => {
  const browser = await world.ann();
  world.pass(5 * MINUTE);
  const key = keyOn(await page(browser));
  world.pass(10 * MINUTE);
  equal((await browser.post("/reauthenticate", { password })).status, 303);

  const answer = await browser.post(path, { code: codeAt(key, world.now) });
  equal(answer.status, 422);
  const shown = await answer.text();
  match(shown, /That took longer than 10 minutes/);
  notEqual(keyOn(shown), key);
});

test("wrong codes have to wait after the fifth [SEC-I5]", async (world) => {
  const browser = await world.ann();
  const key = keyOn(await page(browser));
  const wrong = codeAt(key, new Date(world.now.getTime() + MINUTE));

  for (let i = 0; i < 5; i++) equal((await browser.post(path, { code: wrong })).status, 422);
  const answer = await browser.post(path, { code: codeAt(key, world.now) });
  equal(answer.status, 429);
  world.pass(30 * SECOND);
  equal((await browser.post(path, { code: codeAt(key, world.now) })).status, 303);
});

test("an app that is set up again does not wait for wrong codes of the former one [SEC-I5]", async (world) => {
  const { browser, wrongCode, recoveryCodes } = await withSecondFactor(world);
  const guesser = await afterPassword(world);
  for (let i = 1; i <= 5; i++) {
    equal((await enterCode(guesser, wrongCode())).status, i < 5 ? 422 : 429);
  }
  const [code = ""] = recoveryCodes;
  equal((await browser.post("/reauthenticate", { code })).status, 303);
  equal((await browser.post(`${path}/remove`)).headers.get("location"), path);

  await enrolTotp(browser, world.now);
});

test("a stale login sets up and removes nothing [SEC-I6] [SEC-I7]", async (world) => {
  const browser = await world.ann();
  world.pass(11 * MINUTE);

  for (const form of [path, `${path}/remove`]) {
    equal((await browser.post(form)).headers.get("location"), "/reauthenticate");
  }
  match((await browser.get(path)).headers.get("location") ?? "", /^\/reauthenticate/);
});

test("a login that proved no factor does not remove the app [SEC-I7]", async (world) => {
  const browser = await world.ann();
  const other = world.browser();
  equal((await other.post("/login", { email, password })).status, 303);
  await enrolTotp(browser, world.now);

  equal((await other.post(`${path}/remove`)).headers.get("location"), "/reauthenticate");
  match(await page(browser), /Set up on/);
});

test("a removed app and its recovery codes leave no record, and other browsers are logged out [SEC-I7]", async (world) => {
  const browser = await world.ann();
  const other = world.browser();
  equal((await other.post("/login", { email, password })).status, 303);
  await enrolTotp(browser, world.now);
  equal((await other.get("/profile")).status, 200, "adding a factor ends no session");

  const answer = await browser.post(`${path}/remove`);
  equal(answer.headers.get("location"), path);
  const kinds = (await world.dump()).map(({ key }) => key[0]);
  deepEqual(kinds.filter((it) => /totp|recovery/.test(String(it))), []);
  match(await (await browser.follow(answer)).text(), /The app has been removed/);
  equal((await other.get("/profile")).status, 302);
  equal(
    (await world.browser().post("/login", { email, password })).headers.get("location"),
    "/profile",
  );
  equal(world.events("authn_token_revoked").length, 1);
});

test("the proof of an app that was removed is none of the app that another browser adds [SEC-I7]", async (world) => {
  const browser = await world.ann();
  await enrolTotp(browser, world.now);
  equal((await browser.post(`${path}/remove`)).headers.get("location"), path);
  const other = world.browser();
  equal((await other.post("/login", { email, password })).status, 303);
  await enrolTotp(other, world.now);

  const answer = await browser.get("/account/recovery-codes");
  match(answer.headers.get("location") ?? "", /^\/reauthenticate/);
});

test("the form that is sent twice sets up one app, and the codes are shown once", async (world) => {
  const browser = await world.ann();
  const key = keyOn(await page(browser));
  const code = codeAt(key, world.now);

  const answers = await Promise.all([browser.post(path, { code }), browser.post(path, { code })]);
  ok(answers.some((it) => it.headers.get("location") === "/account/recovery-codes"));
  equal(codesOn(await (await browser.get("/account/recovery-codes")).text()).length, 10);
  equal(world.events("authn_token_created").length, 1);
});

test("the database and the log hold no key, and no code [SEC-I1] [SEC-I8] [SEC-I11]", async (world) => {
  const browser = await world.ann();
  const waiting = keyOn(await page(browser));
  ok(!(await dumpText(world)).includes(waiting));
  const { key, recoveryCodes } = await enrolTotp(browser, world.now);

  const kept = await dumpText(world) + world.lines.join("\n");
  for (const secret of [key, codeAt(key, world.now), ...recoveryCodes]) {
    ok(!kept.includes(secret), `${secret} is kept`);
  }
});

test("the deletion of an account leaves no record of its factors [SEC-N10]", async (world) => {
  const browser = await world.ann();
  await enrolTotp(browser, world.now);

  equal((await browser.post("/account/delete", { email })).status, 303);
  deepEqual(await world.records(), []);
});

test("an app whose record is lost can be removed and set up again", async (world) => {
  const browser = await world.ann();
  await enrolTotp(browser, world.now);
  const { key } = (await world.dump()).find((it) => it.key[0] === "totp") as Deno.KvEntry<unknown>;
  await world.database.delete(key);

  match(await page(browser), /our copy of its key is damaged/);
  equal((await browser.post(`${path}/remove`)).status, 303);
  await enrolTotp(browser, world.now);
  match(await page(browser), /Set up on/);
});

testWithMail(
  "a mail tells of an app that was added, and of one that was removed [SEC-I7]",
  async (world) => {
    const browser = await world.ann();
    await enrolTotp(browser, world.now);
    const added = await world.mailTo(email);
    equal(added.subject, "Your account has a new second step");
    match(added.text, /Added: Authenticator app/);

    await browser.post(`${path}/remove`);
    const removed = await world.mailTo(email);
    equal(removed.subject, "A second step was removed from your account");
    match(removed.text, /Removed: Authenticator app/);
  },
);

testWithMail(
  "whoever must have a second step is told so, and can do nothing before",
  async (world) => {
    const browser = await world.ann();

    equal((await browser.get("/profile")).headers.get("location"), path);
    await browser.post("/login", { email, password });
    match(await page(browser), /Your account needs a second step/);
    const passkeys = await (await browser.get("/account/passkeys")).text();
    match(passkeys, /Your account needs a second step/);
    await enrolTotp(browser, world.now);
    equal((await browser.get("/profile")).status, 200);
  },
  { requireSecondFactor: "all" },
);
