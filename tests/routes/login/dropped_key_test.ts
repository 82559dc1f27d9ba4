import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { checkStoredKeys } from "../../../lib/credential/pepper_check.ts";
import { secretKeyId } from "../../../lib/keys.ts";
import { HOUR, MINUTE, SECOND } from "../../../lib/time.ts";
import type { Browser } from "../../support/browser.ts";
import { chosen, openLink } from "../../support/password_reset.ts";
import {
  afterPassword,
  enterCode,
  enterPassword,
  type Protected,
  withSecondFactor,
} from "../../support/second_factor.ts";
import { TestWorld, withMail } from "../../support/world.ts";

const former = new Uint8Array(32).fill(1);
const current = new Uint8Array(32).fill(2);

/** Ann enrols an app under the former key, and logs in by password and a recovery code since. */
async function rotated() {
  const folder = await Deno.makeTempDir({ prefix: "latchkey-" });
  const start = (...secretKeys: Uint8Array<ArrayBuffer>[]) =>
    TestWorld.create({ path: `${folder}/latchkey.db`, config: { ...withMail, secretKeys } });
  await using first = await start(former);
  const anns = await withSecondFactor(first);
  await using second = await start(current, former);
  const [code = "", ...recoveryCodes] = anns.recoveryCodes;
  const browser = second.browser();
  await enterPassword(browser);
  equal((await enterCode(browser, code)).headers.get("location"), "/profile");
  return {
    anns: { ...anns, recoveryCodes },
    start,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** The answer to the code that the app shows now. */
async function tryApp(world: TestWorld, { code }: Protected): Promise<[Browser, Response]> {
  const browser = await afterPassword(world);
  return [browser, await enterCode(browser, code(world.now))];
}

const told = (world: TestWorld) =>
  world.events("password_key_unknown").map(({ level, facts }) => [level, facts.keyId]);

Deno.test("a code that no key can check gets an honest answer, and a critical line", async () => {
  await using it = await rotated();
  await using world = await it.start(current);
  world.pass(MINUTE);
  const [browser, answer] = await tryApp(world, it.anns);

  equal(answer.status, 422);
  const page = await answer.text();
  match(page, /We can’t check codes from your app at the moment\. Please use a recovery code/);
  match(page, /<details class="other-way" open/);
  doesNotMatch(page, /clock/);
  deepEqual(told(world), [["critical", secretKeyId(former)]]);
  equal(world.events("authn_login_fail").at(-1)?.facts.reason, "totp_unreadable");
  deepEqual((await world.delivered()).filter(({ subject }) => /didn’t|second/i.test(subject)), []);

  await enterCode(browser, it.anns.code(world.now));
  equal(told(world).length, 1, "at most once a minute");
});

Deno.test("an app does not end by codes that no key could check", async () => {
  await using it = await rotated();
  await using world = await it.start(current);
  const browser = world.browser();
  for (let i = 0; i < 100; i++) {
    world.pass(HOUR);
    await enterPassword(browser);
    equal((await enterCode(browser, it.anns.code(world.now))).status, i < 4 ? 422 : 429);
  }
  equal(world.events("authn_token_revoked").length, 0);
  equal((await world.services.totp.find(it.anns.user.id))?.disabledAt, null);
});

Deno.test("the confirmation of a login and a new password give the same answer", async () => {
  await using it = await rotated();
  await using world = await it.start(current);
  world.pass(MINUTE);
  const code = it.anns.code(world.now);
  const link = await openLink(world);
  const reset = await link.post("/password-reset/new", { password: chosen, code });
  const browser = world.browser();
  it.anns.browser.cookies.forEach((value, name) => browser.cookies.set(name, value));
  const confirmation = await browser.post("/reauthenticate", { code });

  for (const answer of [reset, confirmation]) {
    equal(answer.status, 422);
    match(await answer.text(), /We can’t check codes from your app at the moment/);
  }
});

Deno.test("the look at the start finds an app that needs a dropped key", async () => {
  await using it = await rotated();
  await using world = await it.start(current, former);
  const found: string[] = [];
  await checkStoredKeys(world.kv, [current, former], (keyId) => found.push(keyId));
  equal(found.length, 0);
  await checkStoredKeys(world.kv, [current], (keyId) => found.push(keyId));
  deepEqual(found, [secretKeyId(former)], "the password is under the current key");
});

Deno.test("a recovery code of a dropped key is refused with a critical line", async () => {
  await using it = await rotated();
  await using world = await it.start(current);
  const browser = await afterPassword(world);

  equal((await enterCode(browser, it.anns.recoveryCodes[0] ?? "")).status, 422);
  deepEqual(told(world), [["critical", secretKeyId(former)]]);
});

Deno.test("a right code puts the app under the newest key, which is enough from then on", async () => {
  await using it = await rotated();
  {
    await using world = await it.start(current, former);
    world.pass(30 * SECOND);
    equal((await tryApp(world, it.anns))[1].status, 303);
  }
  await using world = await it.start(current);
  world.pass(MINUTE);
  equal((await tryApp(world, it.anns))[1].status, 303);
  deepEqual(told(world), []);
});
