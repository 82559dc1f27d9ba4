import { deepEqual, equal, fail, match, ok } from "node:assert/strict";
import type { User } from "../../../lib/account/user.ts";
import { RecoveryCodes } from "../../../lib/credential/recovery_code.ts";
import { Keyring } from "../../../lib/login/keyring.ts";
import { Seal } from "../../../lib/seal.ts";
import { MINUTE } from "../../../lib/time.ts";
import { ann, bob } from "../../support/people.ts";
import { test, type TestWorld } from "../../support/world.ts";

/** A user with a new set of codes. */
async function withCodes(world: TestWorld, person = ann) {
  const result = await world.services.accounts.register(person);
  const user = result.ok ? result.user : fail(result.reason);
  return { user, codes: await newSet(world, user) };
}

async function newSet(world: TestWorld, user: User): Promise<readonly string[]> {
  const operation = world.kv.atomic();
  const codes = world.services.recoveryCodes.replace(operation, user.id);
  await operation.commit();
  return codes;
}

function use(world: TestWorld, user: User, code = "") {
  return world.services.recoveryCodes.use(user, code, () => []);
}

test("a set has ten codes of 80 bits in groups [SEC-I8]", async (world) => {
  const { user, codes } = await withCodes(world);

  equal(new Set(codes).size, 10);
  for (const code of codes) match(code, /^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
  equal(await world.services.recoveryCodes.count(user.id), 10);
});

test("a code works once, however it is typed [SEC-I8]", async (world) => {
  const { user, codes: [first = "", second = ""] } = await withCodes(world);

  deepEqual(await use(world, user, first), { left: 9 });
  equal(await use(world, user, first), null);
  deepEqual(await use(world, user, ` ${second.toLowerCase().replaceAll("-", " ")} `), { left: 8 });
  equal(await use(world, user, "AAAA-AAAA-AAAA-AAAA"), null);
  equal(await world.services.recoveryCodes.count(user.id), 8);
});

test("a code works once when it is tried twenty times at once [SEC-I9]", async (world) => {
  const { user, codes: [code] } = await withCodes(world);

  const tries = Array.from({ length: 20 }, () => use(world, user, code));
  deepEqual((await Promise.all(tries)).filter(Boolean), [{ left: 9 }]);
});

test("codes that are used at once report how many are left", async (world) => {
  const { user, codes } = await withCodes(world);

  const used = await Promise.all(codes.slice(0, 4).map((code) => use(world, user, code)));
  deepEqual(used.map((it) => it?.left).sort(), [6, 7, 8, 9]);
});

test("a new set ends the old one [SEC-I8]", async (world) => {
  const { user, codes: [former] } = await withCodes(world);

  const [code] = await newSet(world, user);
  equal(await use(world, user, former), null);
  deepEqual(await use(world, user, code), { left: 9 });
});

test("a code of somebody else is wrong", async (world) => {
  const own = await withCodes(world);
  const other = await withCodes(world, bob);

  equal(await use(world, other.user, own.codes[0]), null);
  const { value } = await world.database.get(["recovery_code", own.user.id, "0"]);
  await world.database.set(["recovery_code", other.user.id, "0"], value);
  equal(await use(world, other.user, own.codes[0]), null, "not even with its record");
});

test("a new set is shown once, within ten minutes [SEC-I8]", async (world) => {
  const { recoveryCodes } = world.services;
  const { user, codes } = await withCodes(world);

  const shown = await Promise.all([recoveryCodes.takeNew(user.id), recoveryCodes.takeNew(user.id)]);
  deepEqual(shown.filter(Boolean), [codes]);
  equal(await recoveryCodes.takeNew(user.id), null);
  await newSet(world, user);
  world.pass(10 * MINUTE);
  equal(await recoveryCodes.takeNew(user.id), null);
});

test("a new set is shown although the database sends the commit twice", async (world) => {
  const { recoveryCodes } = world.services;
  const { user, codes } = await withCodes(world);
  world.broken.fault = "repeated";

  deepEqual(await recoveryCodes.takeNew(user.id), codes);
  equal(await recoveryCodes.takeNew(user.id), null);
});

test("the database holds no code [SEC-I8]", async (world) => {
  const { codes } = await withCodes(world);

  const dump = Deno.inspect(await world.dump(), { depth: 9, strAbbreviateSize: 9999 });
  for (const code of codes) {
    ok(!dump.includes(code) && !dump.includes(code.replaceAll("-", "")), "a code is stored");
  }
});

test("without their records no code works", async (world) => {
  const { recoveryCodes } = world.services;
  const { user, codes: [code] } = await withCodes(world);
  const operation = world.kv.atomic();
  recoveryCodes.removeAll(operation, user.id);
  await operation.commit();

  equal(await use(world, user, code), null);
  equal(await recoveryCodes.count(user.id), 0);
});

test("a code that was made under an older secret key works", async (world) => {
  const [older, newer] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const under = (...keys: Uint8Array<ArrayBuffer>[]) =>
    new RecoveryCodes(world.kv, new Keyring(keys), new Seal(keys), () => world.now);
  const { user } = await withCodes(world);
  const operation = world.kv.atomic();
  const [code = ""] = under(older).replace(operation, user.id);
  await operation.commit();

  equal(await under(newer).use(user, code, () => []), null);
  deepEqual(await under(newer, older).use(user, code, () => []), { left: 9 });
});
