import { deepEqual, equal, match, ok } from "node:assert/strict";
import { parseLine } from "../../../lib/cli/users_import.ts";
import { Server } from "../../support/server.ts";
import { runTask } from "../../support/task.ts";
import vectors from "../credential/vectors/legacy_hashes.json" with { type: "json" };

const vector = (kind: string) =>
  vectors.find(({ made_by }) => made_by === kind) as typeof vectors[number];
const valid = { email: "ann@example.com", name: "Ann", hash: vector("bcrypt 2b").hash };

const refused: [line: string, reason: RegExp][] = [
  ["nonsense", /is not JSON/],
  ["[]", /is not a JSON object/],
  ["null", /is not a JSON object/],
  [JSON.stringify({ ...valid, email: "ann" }), /email is not an email address/],
  [JSON.stringify({ ...valid, email: 7 }), /^email is not text$/],
  [JSON.stringify({ ...valid, name: " " }), /name is missing/],
  [JSON.stringify({ ...valid, name: undefined }), /^name is missing$/],
  [JSON.stringify({ ...valid, name: ["Ann"] }), /^name is not text$/],
  [JSON.stringify({ ...valid, name: "n".repeat(81) }), /name is longer than 80/],
  [JSON.stringify({ ...valid, name: "Ann\nLee" }), /name holds control characters/],
  [JSON.stringify({ ...valid, hash: undefined }), /hash is missing/],
  [
    JSON.stringify({ ...valid, hash: "md5$x$00" }),
    /^hash of the kind md5 is damaged, or not known/,
  ],
  [
    JSON.stringify({ ...valid, hash: "$6$salt$00" }),
    /^hash of the kind \$6 is damaged, or not known/,
  ],
  [
    JSON.stringify({ ...valid, hash: "pbkdf2:md5:1$salt$00" }),
    /^hash of the kind pbkdf2 is damaged/,
  ],
  [JSON.stringify({ ...valid, hash: "secret" }), /^hash without the name of a kind is damaged/],
  [
    JSON.stringify({ ...valid, hash: "$2b$31$" + "A".repeat(53) }),
    /^hash of the kind \$2b takes longer/,
  ],
  [JSON.stringify({ ...valid, created: "yesterday" }), /created is not a date/],
  [JSON.stringify({ ...valid, created: { toString: "x" } }), /^created is not text$/],
  [JSON.stringify({ ...valid, created: 1e12 }), /^created is not text$/],
  [JSON.stringify({ ...valid, verified: "yes" }), /^verified is neither true nor false$/],
  [JSON.stringify({ ...valid, lang: "tlh" }), /^lang is neither en nor it$/],
  [
    JSON.stringify({ email: "ann", name: "", hash: 1 }),
    /^email .*; name is missing; hash is not text$/,
  ],
  [JSON.stringify({ ...valid, name: " ".repeat(8192) }), /^is too long$/],
];

for (const [line, reason] of refused) {
  Deno.test(`the line ${line.slice(0, 40)} is refused: ${reason.source}`, () => {
    const parsed = parseLine(line);
    ok(!parsed.ok);
    match(parsed.reason, reason);
  });
}

const run = (task: string, { folder, environment }: Server, ...args: string[]) =>
  runTask(task, folder, args, undefined, environment);

Deno.test("users of Flask and Django sites log in with their old passwords", async () => {
  await using server = await Server.create();
  const kinds = [
    "werkzeug scrypt",
    "werkzeug pbkdf2",
    "werkzeug 2.2 sha256",
    "django argon2",
    "bcrypt 2y",
    "passlib scrypt",
    "django scrypt",
    "django bcrypt_sha256",
    "django pbkdf2_sha1",
  ];
  const rows = kinds.map((kind, i) => ({
    email: `User${i}@Example.com`,
    name: `User ${i}`,
    hash: vector(kind).hash,
    created: "2020-02-29T12:00:00Z",
  }));
  const file = `${server.folder}/users.jsonl`;
  const lines = [
    ...rows.map((row) => JSON.stringify(row)),
    "",
    "broken",
    JSON.stringify({ ...rows[0], created: { toString: "x" } }),
    JSON.stringify({ ...rows[0], name: "Again" }),
  ];
  await Deno.writeTextFile(file, lines.join("\n"));

  const dryRun = await run("users:import", server, file, "--dry-run");
  equal(dryRun.out, "9 would be imported, 0 already there, 3 refused\n");
  equal(dryRun.code, 1);
  equal(
    dryRun.errors,
    `There is no database ${server.folder}/latchkey.db yet\n` +
      "line 11: is not JSON\nline 12: created is not text\nline 13: email stands in line 1 already\n",
  );
  deepEqual(
    (await Array.fromAsync(Deno.readDir(server.folder))).map(({ name }) => name),
    ["users.jsonl"],
    "a dry run creates no database",
  );

  equal((await run("users:import", server, file)).out, "9 imported, 0 already there, 3 refused\n");
  const again = await run("users:import", server, file);
  equal(
    again.out,
    "0 imported, 9 already there, 3 refused\n",
    "an interrupted import can be repeated",
  );
  const before = (await run("passwords:report", server)).out;
  for (
    const kind of [
      "scrypt:32768:8:1, no key",
      "$2y$04$, no key",
      "$scrypt$ln=10,r=8,p=1, no key",
      "scrypt$16384$8$5, no key",
      "bcrypt_sha256$$2b$04$, no key",
      "pbkdf2_sha1$1000, no key",
    ]
  ) {
    ok(before.includes(`1  ${kind}`), before);
  }

  await server.start();
  for (const [i, kind] of kinds.entries()) {
    const email = `user${i}@example.com`;
    equal((await server.post("/login", { email, password: "wrong" })).status, 422, kind);
    equal(
      (await server.post("/login", { email, password: vector(kind).password })).status,
      303,
      kind,
    );
  }
  await server.stop();
  const compromised = await run("passwords:compromised", server, "User0@example.com", "nobody");
  deepEqual([compromised.code, compromised.out], [
    1,
    "User0@example.com: logged out, and has to replace the password\nnobody: has no account\n",
  ]);

  const after = (await run("passwords:report", server)).out;
  match(after, /^ {7}9 {2}\$argon2id\$v=19\$m=12288,t=3,p=1, key \S{8}\n$/);
  await server.start();
  equal(
    (await server.post("/login", {
      email: "user0@example.com",
      password: vector("werkzeug scrypt").password,
    })).status,
    303,
  );
});

Deno.test("users:import prints its usage, and names a file that it cannot read", async () => {
  await using server = await Server.create();
  for (const args of [[], ["--dry-run"], ["a", "b"], ["--help"]]) {
    const { code, errors } = await run("users:import", server, ...args);
    deepEqual([code, errors], [2, "Usage: deno task users:import FILE.jsonl [--dry-run]\n"]);
  }
  const missing = await run("users:import", server, "/nowhere.jsonl");
  deepEqual([missing.code, missing.errors], [2, "Cannot import: /nowhere.jsonl cannot be read\n"]);
});
