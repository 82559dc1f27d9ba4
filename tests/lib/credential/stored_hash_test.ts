import { equal, ok } from "node:assert/strict";
import { makeHash } from "../../../lib/credential/hash_algorithms.ts";
import { Passwords } from "../../../lib/credential/password.ts";
import { readStoredHash } from "../../../lib/credential/stored_hash.ts";
import vectors from "./vectors/legacy_hashes.json" with { type: "json" };

const passwords = new Passwords(makeHash, { memoryKiB: 8, passes: 1 }, [
  crypto.getRandomValues(new Uint8Array(32)),
]);

for (const [i, { made_by, password, hash }] of vectors.entries()) {
  Deno.test(`the hash of ${made_by} verifies its password only (vector ${i})`, async () => {
    const record = { v: 1 as const, hash, keyId: null };

    ok(await passwords.verify(password, record));
    ok(!await passwords.verify(`y${password.slice(1)}`, record));
    ok(await passwords.needsRehash(record));
  });
}

Deno.test("the vectors cover the 20 promised kinds of hashes [FL-W02] [FL-W04]", () => {
  equal(new Set(vectors.map(({ made_by }) => made_by)).size, 20);
});

const digest = "$c2FsdHNhbHQ$" + "A".repeat(43);
const bcryptDigest = "A".repeat(53);

// One hash at a limit takes up to 0.7 s of a core: all others wait for it.
const limits: [affordable: string, tooCostly: string][] = [
  [`$argon2id$v=19$m=65536,t=4,p=1${digest}`, `$argon2id$v=19$m=65536,t=5,p=1${digest}`],
  [`$argon2id$v=19$m=131072,t=2,p=1${digest}`, `$argon2id$v=19$m=131073,t=1,p=1${digest}`],
  [`$argon2id$v=19$m=128,t=1,p=16${digest}`, `$argon2id$v=19$m=256,t=1,p=17${digest}`],
  [`$scrypt$ln=17,r=8,p=1${digest}`, `$scrypt$ln=17,r=8,p=2${digest}`],
  [`$scrypt$ln=17,r=8,p=1${digest}`, `$scrypt$ln=18,r=8,p=1${digest}`],
  [`$scrypt$ln=18,r=4,p=1${digest}`, `$scrypt$ln=19,r=1,p=1${digest}`],
  ["pbkdf2:sha1:2000000$salt$" + "0".repeat(40), "pbkdf2:sha1:2000001$salt$" + "0".repeat(40)],
  ["pbkdf2:sha256:2000000$salt$" + "0".repeat(64), "pbkdf2:sha256:2000001$salt$" + "0".repeat(64)],
  [
    "pbkdf2:sha512:1000000$salt$" + "0".repeat(128),
    "pbkdf2:sha512:1000001$salt$" + "0".repeat(128),
  ],
  [`$2b$13$${bcryptDigest}`, `$2b$14$${bcryptDigest}`],
  [`bcrypt_sha256$$2b$13$${bcryptDigest}`, `bcrypt_sha256$$2b$14$${bcryptDigest}`],
];

for (const [affordable, tooCostly] of limits) {
  Deno.test(`a hash may not cost more than ${affordable.slice(0, 30)}`, () => {
    ok(typeof readStoredHash(affordable) !== "string");
    equal(readStoredHash(tooCostly), "too_costly");
  });
}

Deno.test("a digest of PBKDF2 is as long as its hash, so that no block is computed twice", () => {
  equal(readStoredHash("pbkdf2:sha1:1000$salt$" + "0".repeat(128)), "unknown");
});
