import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  type HashPassword,
  type HashRecipe,
  makeHash,
} from "../../../lib/credential/hash_algorithms.ts";
import { type PasswordRecord, Passwords } from "../../../lib/credential/password.ts";
import { ann } from "../../support/people.ts";
import { TestWorld } from "../../support/world.ts";

const key = () => crypto.getRandomValues(new Uint8Array(32));
const cheap = { memoryKiB: 8, passes: 1 };

Deno.test("a hash is argon2id with a random salt [FL-W01] [SEC-B1] [SEC-B2]", async () => {
  const passwords = new Passwords(makeHash, { memoryKiB: 12288, passes: 3 }, [key()]);

  const [first, second] = [
    await passwords.hash("seven quiet otters"),
    await passwords.hash("seven quiet otters"),
  ];
  match(first.hash, /^\$argon2id\$v=19\$m=12288,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  notEqual(first.hash, second.hash);
  ok(await passwords.verify("seven quiet otters", first));
  ok(!await passwords.verify("seven quiet otter", first));
});

Deno.test("the hash is argon2id: RFC 9106 §5.3", async () => {
  // hash-wasm does not take associated data, which the vector of the RFC has. This vector is of the
  // reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32
  const salt = new TextEncoder().encode("somesalt");
  const digest = await makeHash({
    recipe: { algorithm: "argon2id", salt, memoryKiB: 65536, passes: 2, lanes: 1, length: 32 },
    password: "password",
    secret: new Uint8Array(),
  });
  equal(digest.toHex(), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
});

Deno.test("the pepper is part of the hash; a fallback key verifies it [SEC-B3]", async () => {
  const [former, current] = [key(), key()];
  const withKeys = (...keys: Uint8Array<ArrayBuffer>[]) => new Passwords(makeHash, cheap, keys);
  const record = await withKeys(former).hash("seven quiet otters");

  ok(await withKeys(current, former).verify("seven quiet otters", record));
  ok(!await withKeys(current).verify("seven quiet otters", record));
  const { keyId } = await withKeys(current).hash("x");
  ok(!await withKeys(current).verify("seven quiet otters", { ...record, keyId }));
});

Deno.test("every character of a password counts, also NUL [FL-W07] [SEC-A3]", async () => {
  const passwords = new Passwords(makeHash, cheap, [key()]);
  const long = "abcdefghij".repeat(20);
  const record = await passwords.hash(long);

  ok(await passwords.verify(long, record));
  const others = [
    long.slice(0, 199),
    long.slice(0, 72),
    long.toUpperCase(),
    `${long} `,
    `${long}\0`,
  ];
  for (const other of [...others, ""]) ok(!await passwords.verify(other, record), other);
  ok(!await passwords.verify("a\0b and much more", await passwords.hash("a\0c and much more")));
});

const saltAndDigest = "$" + "A".repeat(22) + "$" + "A".repeat(43);

const malformed = [
  "",
  "plain",
  "plain$text",
  "scrypt:32768:8:1$salt$00",
  "scrypt:33000:8:1$salt$" + "00".repeat(64),
  "scrypt:4194304:8:1$salt$" + "00".repeat(64),
  "scrypt:32768:99:16$salt$" + "00".repeat(64),
  "pbkdf2:md5:1000$salt$" + "00".repeat(20),
  "pbkdf2:sha256:99999999$salt$" + "00".repeat(32),
  "pbkdf2_sha256$0$salt$" + "A".repeat(43) + "=",
  "$2b$31$" + "A".repeat(53),
  "$2b$03$" + "A".repeat(53),
  "$scrypt$ln=30,r=8,p=1$c2FsdA$" + "A".repeat(43),
  "pbkdf2_sha256$1000$salt$" + "_".repeat(43) + "=",
  "pbkdf2_sha256$1000$salt$" + "A".repeat(42) + "_=",
  "pbkdf2_sha256$1000$salt$" + "A".repeat(42) + "==",
  "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + "A".repeat(25),
  "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + "_".repeat(43),
  "$argon2id$v=19$m=64,t=1,p=1$" + "A".repeat(13) + "$" + "A".repeat(43),
  "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$" + "A".repeat(43),
  "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$" + "A".repeat(25),
  "$scrypt$ln=4,r=8,p=1$A$" + "A".repeat(43),
  "sha1$salt$" + "0".repeat(40),
  "md5$salt$" + "0".repeat(32),
  "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
  `$argon2id$v=16$m=8,t=1,p=1${saltAndDigest}`,
  `$argon2id$v=19$m=0,t=1,p=1${saltAndDigest}`,
  `$argon2id$v=19$m=999999,t=1,p=1${saltAndDigest}`,
  `$argon2id$v=19$m=8,t=99999,p=1${saltAndDigest}`,
  `$argon2id$v=19$m=8,t=1,p=17${saltAndDigest}`,
  `$argon2d$v=19$m=8,t=1,p=1${saltAndDigest}`,
];

for (const hash of malformed) {
  const name = `"${hash.slice(0, 36)}" is refused at the cost of one hash`;
  Deno.test(`the stored hash ${name} [FL-W05] [FL-W06] [SEC-B6]`, async () => {
    const jobs: HashRecipe[] = [];
    const counting: HashPassword = (job) => (jobs.push(job.recipe), makeHash(job));
    const passwords = new Passwords(counting, cheap, [key()]);
    const { keyId } = await passwords.hash("seven quiet otters");
    ok(!await passwords.verify("anything", { v: 1, hash, keyId: null }));
    jobs.length = 0;

    ok(!await passwords.verify("seven quiet otters", { v: 1, hash, keyId }));
    deepEqual(jobs.map((recipe) => recipe.algorithm === "argon2id" && recipe.memoryKiB), [8]);
  });
}

Deno.test("one wrong bit in the digest is a wrong password [FL-W10] [SEC-B7]", async () => {
  const secret = key();
  const real = new Passwords(makeHash, cheap, [secret]);
  const record = await real.hash("seven quiet otters");
  for (const at of [0, 15, 31]) {
    const flipped: HashPassword = async (job) => {
      const digest = await makeHash(job);
      digest[at] = (digest[at] ?? 0) ^ 1;
      return digest;
    };
    ok(!await new Passwords(flipped, cheap, [secret]).verify("seven quiet otters", record));
  }
});

async function passwordEntry(world: TestWorld): Promise<Deno.KvEntry<PasswordRecord>> {
  const entries = await world.dump();
  return entries.find(({ key }) => key[0] === "password") as Deno.KvEntry<PasswordRecord>;
}

Deno.test("a login rehashes old parameters or an old pepper once [FL-W09] [SEC-B4]", async () => {
  const [currentKey, formerKey] = [key(), key()];
  await using world = await TestWorld.create({ config: { secretKeys: [currentKey, formerKey] } });
  await world.ann();
  const entry = await passwordEntry(world);
  const stored = async () => (await world.database.get<PasswordRecord>(entry.key)).value;
  const logIn = () => world.browser().post("/login", { ...ann });
  const formers = [
    new Passwords(makeHash, { memoryKiB: 16, passes: 2 }, [currentKey]),
    new Passwords(makeHash, world.config.argon2, [formerKey]),
  ];
  for (const former of formers) {
    await world.database.set(entry.key, await former.hash(ann.password));

    equal((await world.cost(logIn)).hashes, 2);
    match((await stored())?.hash ?? "", /m=8,t=1,p=1/);
    equal((await stored())?.keyId, entry.value.keyId);
    equal((await world.cost(logIn)).hashes, 1);
  }
});

Deno.test("rehashing keeps a password changed meanwhile [FL-W09] [SEC-B5]", async () => {
  let change = () => Promise.resolve();
  await using world = await TestWorld.create({
    hash: async (job) => {
      await change();
      return await makeHash(job);
    },
  });
  await world.ann();
  const entry = await passwordEntry(world);
  const parameters = { memoryKiB: 16, passes: 1 };
  const former = new Passwords(makeHash, parameters, world.config.secretKeys);
  await world.database.set(entry.key, await former.hash(ann.password));
  const changed = await former.hash("another password of hers");
  change = async () => void await world.database.set(entry.key, changed);

  equal((await world.browser().post("/login", { ...ann })).status, 303);
  deepEqual((await world.database.get(entry.key)).value, changed);
});
