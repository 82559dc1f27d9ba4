import { deepEqual, equal, match, ok } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { newSecretKey, parseSecretKey, secretKeyId } from "../../lib/keys.ts";
import { damageRecord } from "../support/damage.ts";
import { ann, bob } from "../support/people.ts";
import { Server } from "../support/server.ts";
import { runTask, TaskFiles } from "../support/task.ts";
import { eventually } from "../support/timeouts.ts";

const { email, password } = ann;

const namesIn = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
const modeOf = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;
const keyIdOf = (text: string) => secretKeyId(parseSecretKey(text) ?? new Uint8Array());
const cookieOf = (answer: Response) =>
  answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");

/** A copy of the database of a server that runs, or ran. */
function backUp(server: Server, name = "copy") {
  return runTask("backup", server.folder, [`${server.folder}/${name}`], undefined, {
    SECRET_KEY: server.environment.SECRET_KEY as string,
  });
}

/** Restores the copy of one server as the database of another one. */
function restore(from: Server, to: Server, flags: string[], secretKey = keyOf(from)) {
  const args = [`${from.folder}/copy`, ...flags];
  return runTask("restore", to.folder, args, undefined, { SECRET_KEY: secretKey });
}

const keyOf = (server: Server) => server.environment.SECRET_KEY as string;

const keptIn = (out: string) => /^Kept of the former database: (\S+)$/m.exec(out)?.[1] ?? "";

/** A server that was stopped, with Ann and a sound copy of its database. */
async function stoppedWithCopy() {
  const server = await Server.create();
  await server.start();
  const registered = cookieOf(await server.post("/register", { ...ann }));
  equal((await backUp(server)).code, 0);
  await server.stop();
  return { server, registered, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

Deno.test("a copy made while the app writes has every write that was acknowledged before, and works on another machine [REL-P1]", async () => {
  await using server = await Server.create();
  await server.start();
  const cookie = cookieOf(await server.post("/register", { ...ann }));
  equal((await server.post("/register", { ...bob })).status, 303);

  let acknowledged = 0;
  let writing = true;
  const writer = (async () => {
    for (let i = 1; writing; i++) {
      const answer = await server.post("/profile", { name: `Ann ${i}` }, cookie);
      equal(answer.headers.get("location"), "/profile");
      acknowledged = i;
    }
  })();
  await eventually(() => acknowledged >= 20);
  const before = acknowledged;
  const { code, out, errors } = await backUp(server);
  const after = acknowledged;
  writing = false;
  await writer;

  deepEqual([code, errors], [0, ""]);
  match(out, /^Copied \d+ records, of 2 users\.\nSecret keys that they need: \S{8}\.\n$/);
  ok(out.includes(keyIdOf(keyOf(server))));
  ok(after > before, "the app wrote nothing meanwhile");
  equal(await modeOf(`${server.folder}/copy`), 0o600);
  deepEqual(await namesIn(server.folder), [
    "copy",
    "latchkey.db",
    "latchkey.db-shm",
    "latchkey.db-wal",
  ]);

  await using other = await Server.create({ SECRET_KEY: keyOf(server) });
  const restored = await restore(server, other, ["--keep-logins"]);
  deepEqual([restored.code, restored.errors], [0, ""]);
  match(restored.out, /^The copy is of 2\S+Z\.\nRestored \d+ records, of 2 users\.\n$/);
  deepEqual(await namesIn(other.folder), ["latchkey.db"]);
  equal(await modeOf(`${other.folder}/latchkey.db`), 0o600);
  deepEqual(await other.findings(), []);

  await other.start();
  const own = cookie.replaceAll(/_\d+=/g, `_${new URL(other.origin).port}=`);
  const page = await fetch(`${other.origin}/profile`, { headers: { cookie: own } });
  const name = Number(/value="Ann (\d+)"/.exec(await page.text())?.[1]);
  ok(name >= before, `${name} of ${before}: an acknowledged write is not in the copy`);
  equal((await other.post("/login", { email: bob.email, password: bob.password })).status, 303);
});

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

Deno.test("what kv:check finds in a database is told of its copy, and before it is restored", async () => {
  await using it = await stoppedWithCopy();
  const { server } = it;
  const path = `${server.folder}/latchkey.db`;
  {
    using kv = await Deno.openKv(path);
    await kv.delete(["user_by_email", email]);
    const [password] = await Array.fromAsync(kv.list({ prefix: ["password"] }));
    damageRecord(path, password?.key ?? []);
  }
  await Deno.remove(`${server.folder}/copy`);
  const { code, out, errors } = await backUp(server);
  deepEqual([code, out.split("\n")[0]?.slice(0, 6)], [1, "Copied"]);
  deepEqual(errors.split("\n").map((line) => line.split(" ")[0]), [
    "damaged",
    "index_missing",
    "",
  ]);

  await using other = await Server.create({ SECRET_KEY: keyOf(server) });
  const refused = await restore(server, other, ["--end-logins"]);
  equal(refused.code, 1);
  match(refused.errors, /index_missing[^]*Nothing was restored/);
  equal((await restore(server, other, ["--end-logins", "--despite-problems"])).code, 0);
  equal((await runTask("kv:check", other.folder, ["--repair"])).code, 1);
  await Deno.remove(`${other.folder}/latchkey.db`);
  await Deno.remove(path);
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

Deno.test("a copy is made from files only, and never over a file", async () => {
  await using files = await TaskFiles.create();
  const target = `${files.folder}/copy`;
  const attempts: [kvPath: string, says: RegExp][] = [
    [`${files.folder}/none.db`, /: there is none\n$/],
    [":memory:", /: the memory of another process cannot be reached\n$/],
    [
      "https://kv.example",
      /: it is a server\. Run this on the machine of denokv, with KV_PATH set to the file of denokv\n$/,
    ],
  ];
  for (const [kvPath, says] of attempts) {
    for (const args of [["backup", target], ["restore", files.path, "--keep-logins"]]) {
      if (args[0] === "restore" && /none/.test(kvPath)) continue;
      const [task = "", ...rest] = args;
      const { code, errors } = await files.runOn(kvPath, task, ...rest);
      equal(code, 2, kvPath);
      match(errors, says);
    }
  }
  deepEqual(await namesIn(files.folder), []);

  (await Deno.openKv(files.path)).close();
  await Deno.writeTextFile(target, "mine");
  const { code, errors } = await files.run("backup", target);
  deepEqual([code, await Deno.readTextFile(target)], [2, "mine"]);
  match(errors, /: there is a file of that name, which stays as it is\n$/);
  match(
    (await files.run("backup", `${files.folder}/no/folder/copy`)).errors,
    /^Cannot copy the database .*No such file or directory.*\n$/,
  );
  match(
    (await files.run("restore", `${files.folder}/nothing`, "--keep-logins")).errors,
    /: there is no such file\n$/,
  );
});
