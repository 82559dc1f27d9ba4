import { deepEqual, equal, match, ok } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { newSecretKey, parseSecretKey, secretKeyId } from "../../lib/keys.ts";
import { HOUR } from "../../lib/time.ts";
import { backUp, keyOf, namesIn, restore, stoppedWithCopy } from "../support/backup.ts";
import { ann, bob } from "../support/people.ts";
import { Server } from "../support/server.ts";
import { flagsOf } from "../support/task.ts";

const { email, password } = ann;

const keyIdOf = (text: string) => secretKeyId(parseSecretKey(text) ?? new Uint8Array());
const keptIn = (out: string) => /^Kept of the former database: (\S+)$/m.exec(out)?.[1] ?? "";

Deno.test("a restore does nothing while a process has the database open, and says so", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  await server.start();
  equal((await server.post("/register", { ...bob })).status, 303);

  const refused = await restore(server, server, ["--end-logins", "--replace"]);
  equal(refused.code, 2);
  match(
    refused.errors,
    /^Cannot restore \S+copy as \S+latchkey\.db: a process has it open: stop the app first .*\n$/,
  );
  equal((await server.post("/login", { email: bob.email, password: bob.password })).status, 303);
});

Deno.test("a restore replaces no database unless it is told, and keeps the former one with all that was written", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  await server.start();
  equal((await server.post("/register", { ...bob })).status, 303);
  await server.stop("SIGKILL"); // so that the newest writes are in `-wal`

  const refused = await restore(server, server, ["--keep-logins"]);
  equal(refused.code, 2);
  match(refused.errors, /there is a database already. --replace keeps it under another name\n$/);

  const { code, out } = await restore(server, server, ["--keep-logins", "--replace"]);
  equal(code, 0);
  const aside = keptIn(out);
  deepEqual(await namesIn(server.folder), ["copy", "latchkey.db", aside.split("/").at(-1)]);
  await server.start();
  equal((await server.post("/login", { email: bob.email, password: bob.password })).status, 422);
  await server.stop();

  await Deno.rename(aside, `${server.folder}/latchkey.db`);
  await server.start();
  equal((await server.post("/login", { email: bob.email, password: bob.password })).status, 303);
});

Deno.test("a restore ends the logins of the copy, or keeps them, as it is told", async () => {
  await using it = await stoppedWithCopy();
  const { server, registered } = it;
  const isIn = async () => {
    await server.start();
    const answer = await server.post("/profile", { name: "Ann" }, registered);
    await server.stop();
    return answer.headers.get("location") === "/profile";
  };

  equal((await restore(server, server, ["--keep-logins", "--replace"])).code, 0);
  ok(await isIn());
  equal((await restore(server, server, ["--end-logins", "--replace"])).code, 0);
  ok(!await isIn());
  await server.start();
  equal((await server.post("/login", { email, password })).status, 303);
});

Deno.test("a restore that ends logins ends links that let somebody in, which may have been used since, but none that undoes", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  const links = async () => {
    using kv = await Deno.openKv(`${server.folder}/latchkey.db`);
    const kinds = ["email_token", "admin_invite"];
    const entries = kinds.map((kind) => Array.fromAsync(kv.list({ prefix: [kind] })));
    return (await Promise.all(entries)).flat().map(({ key }) => key.at(-1)).sort();
  };
  {
    using kv = await Deno.openKv(`${server.folder}/latchkey.db`);
    const [user] = await Array.fromAsync(kv.list({ prefix: ["user"] }));
    const userId = user?.key[1] as string;
    const until = new Date(Date.now() + HOUR);
    const link = { v: 1, digest: "d".repeat(43), email, createdAt: new Date(), expiresAt: until };
    for (const purpose of ["reset_password", "log_in", "change_email", "recover_account"]) {
      await kv.set(["email_token", userId, purpose], { ...link, purpose, browser: null });
    }
    const undo = { ...link, purpose: "undo", browser: null };
    await kv.set(["email_token", userId, "u".repeat(22)], undo);
    await kv.set(["admin_invite", "i".repeat(43)], { v: 1, email, expiresAt: until });
  }
  await Deno.remove(`${server.folder}/copy`);
  equal((await backUp(server)).code, 0);

  equal((await restore(server, server, ["--keep-logins", "--replace"])).code, 0);
  equal((await links()).length, 6);
  equal((await restore(server, server, ["--end-logins", "--replace"])).code, 0);
  deepEqual(await links(), ["u".repeat(22)]);
});

Deno.test("a copy that was damaged is not restored, and what is there stays", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  const copy = `${server.folder}/copy`;
  const sound = await Deno.readFile(copy);
  const before = await Deno.readFile(`${server.folder}/latchkey.db`);
  const spoiled: [what: string, spoil: () => Promise<void> | void, says: RegExp][] = [
    ["cut off", () => Deno.truncate(copy, 20_000), /damaged|malformed/],
    ["without its beginning", () => Deno.writeFile(copy, sound.slice(512)), /not a database/],
    ["empty", () => Deno.truncate(copy), /it is empty/],
    ["one byte of a value", () => {
      using file = new DatabaseSync(copy);
      file.exec(
        "UPDATE kv SET v = CAST(SUBSTR(v, 1, LENGTH(v) - 3) || x'00' || SUBSTR(v, -2) AS BLOB) WHERE k = (SELECT MIN(k) FROM kv)",
      );
    }, /its records are not those that were copied/],
    ["a record less", () => {
      using file = new DatabaseSync(copy);
      file.exec("DELETE FROM kv WHERE k = (SELECT MAX(k) FROM kv)");
    }, /its records are not those that were copied/],
  ];
  for (const [what, spoil, says] of spoiled) {
    await Deno.writeFile(copy, sound);
    await spoil();
    const { code, errors } = await restore(server, server, [
      "--end-logins",
      "--replace",
      "--despite-problems",
    ]);
    equal(code, 2, what);
    match(errors, says, what);
    equal(errors.split("\n").length, 2, errors);
    deepEqual(await Deno.readFile(`${server.folder}/latchkey.db`), before, what);
    deepEqual(await namesIn(server.folder), ["copy", "latchkey.db"], what);
  }
});

Deno.test("a copy is restored only with the key that it needs, unless one insists", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  const id = keyIdOf(keyOf(server));
  await using other = await Server.create({ SECRET_KEY: keyOf(server) });

  const wrong = await restore(server, other, ["--keep-logins"], newSecretKey());
  equal(wrong.code, 1);
  ok(
    wrong.errors.startsWith(`key ${id}: neither SECRET_KEY nor a fallback is this key`),
    wrong.errors,
  );
  match(wrong.errors, /\nNothing was restored\. /);
  const without = await restore(server, other, ["--keep-logins"], "");
  deepEqual([without.code, without.errors.split("\n")[0]], [
    1,
    `keys ${id}: set SECRET_KEY, so that they can be compared`,
  ]);
  deepEqual(await namesIn(other.folder), []);

  const insisted = await restore(server, other, ["--keep-logins", "--despite-problems"], "");
  equal(insisted.code, 0);
  ok(insisted.errors.includes(id));
  await other.start();
  equal((await other.post("/login", { email, password })).status, 303);
});

Deno.test("a database that is too damaged to be opened is replaced, and kept", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  const spoiled = "no database at all ".repeat(1000);
  await Deno.writeTextFile(`${server.folder}/latchkey.db`, spoiled);

  const { code, out, errors } = await restore(server, server, ["--keep-logins", "--replace"]);
  deepEqual([code, errors], [0, ""]);
  equal(await Deno.readTextFile(keptIn(out)), spoiled);
  await server.start();
  equal((await server.post("/login", { email, password })).status, 303);
});

Deno.test("what a lost database left in -wal does not get into the copy that is restored, and is kept", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  await server.start();
  equal((await server.post("/register", { ...bob })).status, 303);
  await server.stop("SIGKILL");
  await Deno.remove(`${server.folder}/latchkey.db`);

  const { code, out, errors } = await restore(server, server, ["--keep-logins"]);
  deepEqual([code, errors], [0, ""]);
  match(keptIn(out), /-wal$/);
  await server.start();
  equal((await server.post("/login", { email, password })).status, 303);
  equal((await server.post("/login", { email: bob.email, password: bob.password })).status, 422);
});

Deno.test({
  name: `root restores for an app that runs as somebody else${
    Deno.uid() === 0 ? "" : " (skipped: not root)"
  }`,
  ignore: Deno.uid() !== 0,
  async fn() {
    await using it = await stoppedWithCopy();
    const { server } = it;
    const path = `${server.folder}/latchkey.db`;
    const ownerOf = async (path: string) => {
      const { uid, gid } = await Deno.stat(path);
      return { uid, gid };
    };
    await Deno.chown(server.folder, 65532, 65533);
    await Deno.chown(path, 65534, 65535);

    equal((await restore(server, server, ["--keep-logins", "--replace"])).code, 0);
    deepEqual(await ownerOf(path), { uid: 65534, gid: 65535 });
    await Deno.remove(path);
    equal((await restore(server, server, ["--keep-logins"])).code, 0);
    deepEqual(await ownerOf(path), { uid: 65532, gid: 65533 });
  },
});

/** Ends the process as a kill would: before the first of these calls, after it, and so on. */
const dies = (nth: number) => `
  let moments = 0;
  const die = () => ++moments === ${nth} && Deno.exit(99);
  for (const name of ["link", "rename", "remove"]) {
    const original = Deno[name];
    Deno[name] = async (...args) => {
      die();
      await original(...args);
      die();
    };
  }
`;

Deno.test("a restore that dies at any step leaves the former database or the copy, whole, and works when it is repeated", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  await server.start();
  equal((await server.post("/register", { ...bob })).status, 303);
  await server.stop("SIGKILL"); // so that the newest writes are in `-wal`
  const { folder } = server;
  const path = `${folder}/latchkey.db`;
  const names = await namesIn(folder);
  const before = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of names) before.set(name, await Deno.readFile(`${folder}/${name}`));
  const [run = "", ...flags] = await flagsOf("restore", folder);

  const left: number[] = [];
  let repeated = false;
  for (let nth = 1;; nth++) {
    for (const name of await namesIn(folder)) await Deno.remove(`${folder}/${name}`);
    for (const [name, bytes] of before) await Deno.writeFile(`${folder}/${name}`, bytes);
    await Deno.writeTextFile(`${folder}/dies.js`, dies(nth));
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...[run, `--preload=${folder}/dies.js`, ...flags],
        ...[`${folder}/copy`, "--keep-logins", "--replace"],
      ],
      env: { KV_PATH: path, SECRET_KEY: keyOf(server) },
      stdout: "null",
      stderr: "null",
    }).output();
    if (code === 0) break;
    equal(code, 99);

    deepEqual(await server.findings(), []);
    left.push(await countUsers(path));
    const isBetween = (await namesIn(folder)).some((name) => name.includes(".before-"));
    if (!isBetween || repeated) continue;
    equal((await restore(server, server, ["--keep-logins", "--replace"])).code, 0);
    equal(await countUsers(path), 1);
    repeated = true;
  }
  deepEqual([...new Set(left)], [2, 1], "it never died before, or never after the change");
  ok(repeated);
});

async function countUsers(path: string): Promise<number> {
  using kv = await Deno.openKv(path);
  return (await Array.fromAsync(kv.list({ prefix: ["user"] }))).length;
}
