import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Browser } from "../../support/browser.ts";
import { ann } from "../../support/people.ts";
import { codeAt, codesOn, enrolTotp, keyOn } from "../../support/totp.ts";
import { test, testWithMail } from "../../support/world.ts";

const path = "/account/recovery-codes";
const { email, password } = ann;
const page = async (browser: Browser) => await (await browser.get(path)).text();

test("new codes are shown once, and then how many are left [SEC-I8]", async (world) => {
  const browser = await world.ann();
  const { recoveryCodes } = await enrolTotp(browser, world.now);
  equal(new Set(recoveryCodes).size, 10);

  const second = await page(browser);
  deepEqual(codesOn(second), []);
  match(second, /You have 10 recovery codes left\./);
});

test("a new set ends the old one [SEC-I8]", async (world) => {
  const browser = await world.ann();
  const { recoveryCodes: [former = ""] } = await enrolTotp(browser, world.now);

  const answer = await browser.post(path);
  equal(answer.headers.get("location"), path);
  const [code = ""] = codesOn(await (await browser.follow(answer)).text());
  const user = (await world.services.accounts.findCredential(email)).user;
  ok(user);
  const use = (it: string) => world.services.recoveryCodes.use(user, it, () => []);
  equal(await use(former), null);
  deepEqual(await use(code), { left: 9 });
  match(await page(browser), /You have 9 recovery codes left\./);
});

test("a request that nobody sees does not take the codes", async (world) => {
  const browser = await world.ann();
  const key = keyOn(await (await browser.get("/account/totp")).text());
  await browser.post("/account/totp", { code: codeAt(key, world.now) });

  await browser.request(path, { method: "HEAD", headers: { "sec-fetch-site": "none" } });
  deepEqual(codesOn(await (await browser.get(path, { "sec-purpose": "prefetch" })).text()), []);
  equal(codesOn(await page(browser)).length, 10);
});

test("without a factor there are no codes, but the page that sets one up", async (world) => {
  const browser = await world.ann();

  for (const answer of [await browser.get(path), await browser.post(path)]) {
    equal(answer.headers.get("location"), "/account/totp");
  }
  match(await (await browser.get("/account/totp")).text(), /Recovery codes stand in for an app/);
  deepEqual((await world.dump()).filter(({ key }) => key[0] === "recovery_code"), []);
});

test("a login that proved no factor sees no codes and makes none [SEC-I7]", async (world) => {
  const browser = await world.ann();
  const other = world.browser();
  equal((await other.post("/login", { email, password })).status, 303);
  const key = keyOn(await (await browser.get("/account/totp")).text());
  await browser.post("/account/totp", { code: codeAt(key, world.now) });

  match((await other.get(path)).headers.get("location") ?? "", /^\/reauthenticate/);
  equal((await other.post(path)).headers.get("location"), "/reauthenticate");
  equal(codesOn(await page(browser)).length, 10, "they wait for the browser that proved one");
});

testWithMail("a mail tells of a new set", async (world) => {
  const browser = await world.ann();
  await enrolTotp(browser, world.now);
  await browser.post(path);

  equal((await world.mailTo(email)).subject, "You have new recovery codes");
});
