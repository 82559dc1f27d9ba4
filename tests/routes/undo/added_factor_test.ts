import { deepEqual, equal, match, ok } from "node:assert/strict";
import { MINUTE } from "../../../lib/time.ts";
import { Authenticator } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { chosen, loginTarget, openLink } from "../../support/password_reset.ts";
import { ann } from "../../support/people.ts";
import { withSecondFactor } from "../../support/second_factor.ts";
import { enrolTotp } from "../../support/totp.ts";
import { testWithMail as test, type TestWorld } from "../../support/world.ts";

const { email, password } = ann;

/** Somebody who knows Ann's password. */
async function breakIn(world: TestWorld): Promise<Browser> {
  await world.ann();
  const thief = world.browser("198.51.100.77");
  equal((await thief.post("/login", { email, password })).headers.get("location"), "/profile");
  return thief;
}

async function addPasskey(browser: Browser, authenticator = new Authenticator()) {
  const options = await (await browser.post("/account/passkeys/options")).json();
  const credential = authenticator.create(options);
  equal((await browser.post("/account/passkeys", { credential })).status, 303);
}

/** The owner presses "This wasn't me" in the newest mail: what its page says. */
async function undo(world: TestWorld, link?: string): Promise<string> {
  const owner = world.browser();
  const page = await owner.follow(await owner.get(link ?? await world.linkTo(email)));
  equal((await owner.post("/undo")).headers.get("location"), "/password-reset");
  await world.delivered();
  return await page.text();
}

/** What is left of second factors in the database. */
async function factorRecords(world: TestWorld): Promise<string[]> {
  const kinds = (await world.dump()).map(({ key }) => String(key[0]));
  return kinds.filter((it) => /^(totp|passkey|passkey_owner|.*recovery_codes?)$/.test(it));
}

const additions: Record<string, (thief: Browser, world: TestWorld) => Promise<unknown>> = {
  "an app": (thief, world) => enrolTotp(thief, world.now),
  "a passkey": (thief) => addPasskey(thief),
};

for (const [factor, add] of Object.entries(additions)) {
  test(`the owner removes ${factor} that a thief added, by the mail about it [SEC-H12]`, async (world) => {
    await add(await breakIn(world), world);
    match(await undo(world), /removes the second step that was added/);
    deepEqual(await factorRecords(world), []);
    const revoked = world.events("authn_token_revoked").map(({ facts }) => facts.reason);
    deepEqual(revoked, ["undone"]);

    const owner = world.browser();
    await owner.get(await world.linkTo(email));
    equal((await owner.post("/password-reset/new", { password: chosen })).status, 303);
    equal(await loginTarget(world, chosen), "/profile");
  });
}

test("the owner's own factor and recovery codes outlive the undo of a thief's [SEC-H7]", async (world) => {
  const { browser: thief, nextCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  await thief.post("/reauthenticate", { code: nextCode() });
  await addPasskey(thief);
  await undo(world);

  const kinds = await factorRecords(world);
  ok(kinds.includes("totp") && kinds.includes("recovery_code") && !kinds.includes("passkey"));
  const owner = await openLink(world);
  equal((await owner.post("/password-reset/new", { password: chosen })).status, 422);
  equal((await owner.post("/password-reset/new", { password: chosen, code })).status, 303);
  equal(await loginTarget(world, chosen), "/login/second-factor");
});

test("one of two passkeys is undone, and the other is still asked for [SEC-H7]", async (world) => {
  const thief = await breakIn(world);
  const first = new Authenticator();
  await addPasskey(thief, first);
  await addPasskey(thief);
  await undo(world);

  const passkeys = (await world.dump()).filter(({ key }) => key[0] === "passkey");
  deepEqual(passkeys.map(({ key }) => key[2]), [first.id]);
  const owner = await openLink(world);
  equal((await owner.post("/password-reset/new", { password: chosen })).status, 422);
});

test("the link of an app that was removed leaves a later one alone [SEC-H7]", async (world) => {
  const browser = await breakIn(world);
  await enrolTotp(browser, world.now);
  const link = await world.linkTo(email);
  await browser.post("/account/totp/remove");
  world.pass(MINUTE);
  await enrolTotp(browser, world.now);
  await world.delivered();
  await undo(world, link);

  ok((await factorRecords(world)).includes("totp"));
});

test("a mail about anything else removes no factor [SEC-H7]", async (world) => {
  const thief = await breakIn(world);
  await enrolTotp(thief, world.now);
  const passwords = { current_password: password, password: "a crowbar behind the hedge" };
  equal((await thief.post("/account/password", passwords)).status, 303);
  ok(!(await undo(world)).includes("removes the second step"));
  ok((await factorRecords(world)).includes("totp"));
});
