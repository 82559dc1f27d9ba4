import { equal, ok } from "node:assert/strict";
import { makeHash } from "../../../lib/credential/password_hash.ts";
import { Passwords } from "../../../lib/credential/password.ts";
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

Deno.test("the vectors cover the 12 promised kinds of hashes [FL-W02] [FL-W04]", () => {
  equal(new Set(vectors.map(({ made_by }) => made_by)).size, 12);
});
