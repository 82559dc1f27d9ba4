import { equal, match, notEqual, ok } from "node:assert/strict";
import { argon2 } from "../../lib/account/argon2.ts";
import { Passwords } from "../../lib/account/password.ts";
import { newSecretKey, parseSecretKey } from "../../lib/keys.ts";

const key = () => parseSecretKey(newSecretKey()) as Uint8Array<ArrayBuffer>;
const cheap = { memoryKiB: 8, passes: 1 };

Deno.test("B1 B2 a password becomes an argon2id string of the approved set, with a salt of its own", async () => {
  const passwords = new Passwords(argon2, { memoryKiB: 12288, passes: 3 }, [key()]);

  const [first, second] = [
    await passwords.make("seven quiet otters"),
    await passwords.make("seven quiet otters"),
  ];
  match(first.hash, /^\$argon2id\$v=19\$m=12288,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  notEqual(first.hash, second.hash);
  ok(await passwords.verify("seven quiet otters", first));
  ok(!await passwords.verify("seven quiet otter", first));
});

Deno.test("RFC 9106 §5.3: the hash is argon2id", async () => {
  // The RFC's vector has associated data, which hash-wasm does not take; this one is of the
  // reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32
  const digest = await argon2({
    password: "password",
    salt: new TextEncoder().encode("somesalt"),
    secret: new Uint8Array(),
    memoryKiB: 65536,
    passes: 2,
  });
  equal(digest.toHex(), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
});

Deno.test("B3 the pepper is part of the hash, and a former key still verifies", async () => {
  const [former, current] = [key(), key()];
  const record = await new Passwords(argon2, cheap, [former]).make("seven quiet otters");

  ok(await new Passwords(argon2, cheap, [current, former]).verify("seven quiet otters", record));
  ok(!await new Passwords(argon2, cheap, [current]).verify("seven quiet otters", record));
  const renamed = {
    ...record,
    keyId: (await new Passwords(argon2, cheap, [current]).make("x")).keyId,
  };
  ok(!await new Passwords(argon2, cheap, [current]).verify("seven quiet otters", renamed));
});

Deno.test("A3 the whole password counts, and NUL is a character", async () => {
  const passwords = new Passwords(argon2, cheap, [key()]);
  const long = "abcdefghij".repeat(20);
  const record = await passwords.make(long);

  ok(await passwords.verify(long, record));
  for (
    const other of [
      long.slice(0, 199),
      long.slice(0, 72),
      long.toUpperCase(),
      `${long} `,
      `${long}\0`,
      "",
    ]
  ) {
    ok(!await passwords.verify(other, record));
  }
  ok(!await passwords.verify("a\0b and much more", await passwords.make("a\0c and much more")));
});
