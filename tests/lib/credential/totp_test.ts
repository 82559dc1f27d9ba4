import { deepEqual, equal, fail, match, notEqual, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodeBase32, encodeBase32 } from "../../../lib/credential/base32.ts";
import { codeOfStep, stepAt } from "../../../lib/credential/totp_code.ts";
import { Totp } from "../../../lib/credential/totp.ts";
import { utf8 } from "../../../lib/login/bytes.ts";
import { Seal } from "../../../lib/seal.ts";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import { ann, bob } from "../../support/people.ts";
import { test, type TestWorld } from "../../support/world.ts";

/** The last six digits of the eight that RFC 6238 has in appendix B, for SHA-1. */
const vectors = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
] as const;

Deno.test("codes are those of RFC 6238 [SEC-I2]", () => {
  const key = utf8("12345678901234567890");
  for (const [seconds, code] of vectors) {
    equal(codeOfStep(key, stepAt(new Date(seconds * SECOND))), code);
  }
});

Deno.test("base32 is that of RFC 4648, without padding", () => {
  const pairs = [["", ""], ["f", "MY"], ["fo", "MZXQ"], ["foo", "MZXW6"], ["foobar", "MZXW6YTBOI"]];
  for (const [text = "", encoded = ""] of pairs) {
    equal(encodeBase32(utf8(text)), encoded);
    equal(Buffer.from(decodeBase32(encoded) ?? []).toString(), text);
  }
  equal(decodeBase32("MZXW6=="), null);
  equal(decodeBase32("MZXW1"), null);
});

async function registered(world: TestWorld, person = ann) {
  const result = await world.services.accounts.register(person);
  return result.ok ? result.user : fail(result.reason);
}

/** Ann with an enrolled app; the code of her enrolment is used up. */
async function enrolled(world: TestWorld, person = ann) {
  const { totp } = world.services;
  const user = await registered(world, person);
  const key = await totp.begin(user) ?? fail("no key");
  ok((await totp.enrol(user, codeOf(key, world.now))).ok);
  return { user, code: (later = 0) => codeOf(key, new Date(world.now.getTime() + later)) };
}

function codeOf(key: string, moment: Date): string {
  return codeOfStep(decodeBase32(key) ?? fail("no base32"), stepAt(moment));
}

test("the current code and the one before it are right, and no other [SEC-I3]", async (world) => {
  const { totp } = world.services;
  const { user, code } = await enrolled(world);
  world.pass(10 * MINUTE); // the clock stands at the beginning of a step

  equal(await totp.verify(user, code(-31 * SECOND)), "wrong", "31 seconds old");
  equal(await totp.verify(user, code(30 * SECOND)), "wrong", "of the next step");
  equal(await totp.verify(user, code(-SECOND)), "right", "a second old, and of the step before");
  equal(await totp.verify(user, code(SECOND)), "right", "of this step");
  world.pass(61 * SECOND);
  equal(await totp.verify(user, code(-61 * SECOND)), "wrong", "61 seconds old");
});

test("a code works once when it is tried twenty times at once [SEC-I4]", async (world) => {
  const { totp } = world.services;
  const { user, code } = await enrolled(world);
  world.pass(MINUTE);

  const tries = Array.from({ length: 20 }, () => totp.verify(user, code()));
  equal((await Promise.all(tries)).filter((it) => it === "right").length, 1);
});

test("a code does not work after a later one [SEC-I4]", async (world) => {
  const { totp } = world.services;
  const { user, code } = await enrolled(world);
  world.pass(MINUTE);

  const former = code(-30 * SECOND);
  equal(await totp.verify(user, code()), "right");
  equal(await totp.verify(user, former), "wrong");
});

test("the code of the enrolment is used up [SEC-I4]", async (world) => {
  const { totp } = world.services;
  const { user, code } = await enrolled(world);

  equal(await totp.verify(user, code()), "wrong");
  world.pass(30 * SECOND);
  equal(await totp.verify(user, code()), "right");
});

test("a key enrols only by a right code, and waits for it ten minutes [SEC-I6]", async (world) => {
  const { totp, accounts } = world.services;
  const user = await registered(world);
  const key = await totp.begin(user) ?? "";
  match(key, /^[A-Z2-7]{32}$/, "160 bits [SEC-I1]");
  equal(await totp.verify(user, codeOf(key, world.now)), "wrong", "it waits");
  deepEqual(await totp.enrol(user, "000000"), { ok: false, reason: "wrong" });

  world.pass(10 * MINUTE - SECOND);
  equal(await totp.begin(user), key);
  world.pass(SECOND);
  const late = await totp.enrol(user, codeOf(key, world.now));
  deepEqual(late, { ok: false, reason: "ended" });
  const renewed = await totp.begin(user) ?? "";
  notEqual(renewed, key);
  const former = await totp.enrol(user, codeOf(key, world.now));
  deepEqual(former, { ok: false, reason: "wrong" });
  deepEqual((await accounts.find(user.id))?.factors, []);

  ok((await totp.enrol(user, codeOf(renewed, world.now))).ok);
  deepEqual((await accounts.find(user.id))?.factors, ["otp"]);
  equal(await totp.begin(user), null);
});

test("an app is enrolled once when the form is sent twenty times at once", async (world) => {
  const { totp, accounts } = world.services;
  const user = await registered(world);
  const key = await totp.begin(user) ?? "";

  const tries = Array.from({ length: 20 }, () => totp.enrol(user, codeOf(key, world.now)));
  const refused = (await Promise.all(tries)).filter((it) => !it.ok);
  deepEqual(refused, Array(19).fill({ ok: false, reason: "enrolled" }));
  deepEqual((await accounts.find(user.id))?.factors, ["otp"]);
});

test("twenty pages at once show one key", async (world) => {
  const user = await registered(world);

  const keys = await Promise.all(Array.from({ length: 20 }, () => world.services.totp.begin(user)));
  equal(new Set(keys).size, 1);
});

test("a key that was moved to another user opens nothing [SEC-I1]", async (world) => {
  world.allowInvalidData("an intruder writes to the database");
  const { totp } = world.services;
  const own = await enrolled(world);
  const other = await enrolled(world, bob);
  world.pass(MINUTE);
  const { value } = await world.database.get(["totp", own.user.id]);
  await world.database.set(["totp", other.user.id], value);

  equal(await totp.verify(other.user, own.code()), "unreadable");
  equal(await totp.verify(own.user, own.code()), "right", "in its own place it works");
});

test("a disabled app accepts no code, and stays a factor of its user [SEC-I5]", async (world) => {
  const { totp, accounts } = world.services;
  const { user, code } = await enrolled(world);
  world.pass(MINUTE);

  deepEqual([await totp.disable(user.id), await totp.disable(user.id)], [true, false]);
  equal(await totp.verify(user, code()), "wrong");
  deepEqual((await totp.find(user.id))?.disabledAt, world.now);
  deepEqual((await accounts.find(user.id))?.factors, ["otp"]);
});

test("a key is opened under an older secret key, and sealed under the newest by its next code", async (world) => {
  const { accounts } = world.services;
  const [older, newer] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const under = (...keys: Uint8Array<ArrayBuffer>[]) =>
    new Totp(world.kv, accounts, new Seal(keys), () => world.now);
  const user = await registered(world);
  const key = await under(older).begin(user) ?? fail("no key");
  ok((await under(older).enrol(user, codeOf(key, world.now))).ok);

  world.pass(30 * SECOND);
  equal(await under(newer).verify(user, codeOf(key, world.now)), "unreadable");
  equal(await under(newer, older).verify(user, codeOf(key, world.now)), "right");
  world.pass(30 * SECOND);
  equal(await under(newer).verify(user, codeOf(key, world.now)), "right");
});
