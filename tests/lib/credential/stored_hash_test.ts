import { equal, ok } from "node:assert/strict";
import { makeHash } from "../../../lib/credential/password_hash.ts";
import { Passwords } from "../../../lib/credential/password.ts";
import { newSecretKey, parseSecretKey } from "../../../lib/keys.ts";
import vectors from "./vectors/legacy_hashes.json" with { type: "json" };

const passwords = new Passwords(makeHash, { memoryKiB: 8, passes: 1 }, [
  parseSecretKey(newSecretKey()) as Uint8Array<ArrayBuffer>,
]);

for (const [i, { made_by, password, hash }] of vectors.entries()) {
  Deno.test(`a hash made by ${made_by} verifies its password, and no other (${i})`, async () => {
    const record = { v: 1 as const, hash, keyId: null };

    ok(await passwords.verify(password, record));
    ok(!await passwords.verify(`y${password.slice(1)}`, record));
    ok(await passwords.needsRehash(record));
  });
}

Deno.test("the kinds that are brought along are those that were promised [FL-W02] [FL-W04]", () => {
  equal(new Set(vectors.map(({ made_by }) => made_by)).size, 12);
});
