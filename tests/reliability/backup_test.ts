import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Cluster, findDenokv } from "../../.github/deploy/cluster.ts";
import { newSecretKey, parseSecretKey, secretKeyId } from "../../lib/keys.ts";
import { backUp, cookieOf, keyOf, namesIn, restore, stoppedWithCopy } from "../support/backup.ts";
import { ClusterVisitor } from "../support/cluster.ts";
import { damageRecord } from "../support/damage.ts";
import { ann, bob } from "../support/people.ts";
import { freePort, Server } from "../support/server.ts";
import { runTask, TaskFiles } from "../support/task.ts";
import { eventually } from "../support/timeouts.ts";

const { email } = ann;

const modeOf = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;
const keyIdOf = (text: string) => secretKeyId(parseSecretKey(text) ?? new Uint8Array());

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

const denokv = await findDenokv();
Deno.test({
  name: "the file of denokv is backed up while it serves, and restored while it does not" +
    (denokv ? "" : " (skipped: denokv is neither on the PATH nor in DENOKV)"),
  ignore: !denokv,
  async fn() {
    await using files = await TaskFiles.create();
    const { folder } = files;
    const environment = { ORIGIN: `http://localhost:${freePort()}`, SECRET_KEY: newSecretKey() };
    const cluster = await Cluster.start({
      folder,
      denokv: denokv ?? "",
      instances: 1,
      environment,
    });
    await using _ = cluster;
    const kvPath = `${folder}/denokv.sqlite`;
    const run = (task: string, ...args: string[]) =>
      runTask(task, folder, [`${folder}/copy`, ...args], kvPath, environment);
    const visitor = new ClusterVisitor(cluster).at(0);
    equal(await visitor.send("/register", { ...ann }), 303);

    const made = await run("backup");
    deepEqual([made.code, made.errors], [0, ""]);
    equal(await visitor.send("/profile", { name: "Anna" }), 303);
    const flags = ["--keep-logins", "--replace"];
    match((await run("restore", ...flags)).errors, /a process has it open: stop the app first/);
    equal(await visitor.open("/profile"), 200);

    await cluster.store.stop("SIGTERM");
    equal((await run("restore", ...flags)).code, 0);
    await cluster.store.start();
    await eventually(async () => await visitor.open("/profile") === 200);
    match(await (await visitor.get("/profile")).text(), /value="Ann"/);
  },
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
