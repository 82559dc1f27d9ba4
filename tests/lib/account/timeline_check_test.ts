import { deepEqual, equal, match } from "node:assert/strict";
import { checkTimeline } from "../../../lib/account/timeline_check.ts";
import { Kv } from "../../../lib/kv/kv.ts";
import { DAY } from "../../../lib/time.ts";
import { ann } from "../../support/people.ts";
import { userOf } from "../../support/roles.ts";
import { Server } from "../../support/server.ts";
import { runTask } from "../../support/task.ts";
import { test, type TestWorld } from "../../support/world.ts";

/** What is found in Ann's timeline, as problem and number of the line. */
async function findings(world: TestWorld): Promise<string[]> {
  const { id } = await userOf(world, ann);
  const kv = new Kv(world.database, { deadline: 5000 });
  const ids = (await linesOf(world)).map(({ key }) => String(key[2]));
  const found = await Array.fromAsync(checkTimeline(kv, world.services.events, id, world.now));
  return found.map(({ problem, id }) => `${problem} ${ids.indexOf(id)}`);
}

async function linesOf(world: TestWorld): Promise<Deno.KvEntry<{ facts: object }>[]> {
  return await Array.fromAsync(world.database.list({ prefix: ["event"] }));
}

/** Six lines: registered, logged in, and four names. */
async function withLines(world: TestWorld): Promise<Deno.KvEntry<{ facts: object }>[]> {
  const browser = await world.ann();
  for (const name of ["Ann A", "Ann B", "Ann C", "Ann D"]) await browser.post("/profile", { name });
  deepEqual(await findings(world), []);
  return await linesOf(world);
}

test("a changed line is found, whatever was changed", async (world) => {
  const lines = await withLines(world);
  const line = lines[2];
  const changes = [
    { kind: "exported" },
    { at: new Date(0) },
    { network: "198.51.100.x" },
    { device: null },
    { facts: { reason: "none" } },
    { by: "command" },
    { n: 7 },
    { after: [] },
  ];
  for (const change of changes) {
    await world.database.set(line?.key ?? [], { ...line?.value, ...change });
    deepEqual(await findings(world), ["changed 2"], Object.keys(change)[0]);
  }
});

test("a removed line is found by those that name it", async (world) => {
  const lines = await withLines(world);
  for (const removed of [0, 1, 3]) {
    const line = lines[removed];
    await world.database.delete(line?.key ?? []);
    deepEqual(await findings(world), [`removed ${removed}`], "the next one has its number now");
    await world.database.set(line?.key ?? [], line?.value);
  }
});

test("a line of another person or another time is found", async (world) => {
  const [first, second] = await withLines(world);
  const { id } = await userOf(world, ann);
  await world.database.set(["event", id, "01KAAAAAAAAAAAAAAAAAAAAAAA"], first?.value);
  deepEqual((await findings(world)).filter((it) => it.startsWith("changed")).length, 1);
  await world.database.delete(["event", id, "01KAAAAAAAAAAAAAAAAAAAAAAA"]);

  await world.database.set(second?.key ?? [], first?.value);
  deepEqual((await findings(world)).map((it) => it.split(" ")[0]), ["changed", "removed"]);
});

test("lines that ended by their date, or were too many, are not missed", async (world) => {
  world.allowInvalidData("the list of all events keeps two lines");
  const browser = await world.ann();
  world.pass(60 * DAY);
  await browser.post("/login", { ...ann });
  world.pass(31 * DAY);
  const [first, second] = await linesOf(world);
  for (const line of [first, second]) await world.database.delete(line?.key ?? []);
  deepEqual(await findings(world), []);

  const { id } = await userOf(world, ann);
  for (let i = 0; i < 1005; i++) {
    const [{ key, value }] = await world.services.events.records(id, { kind: "exported" });
    await world.database.set([...key], value);
  }
  deepEqual(await findings(world), []);
});

Deno.test("deno task events:check finds a changed line, and says so", async () => {
  await using server = await Server.create();
  await server.start();
  await server.post("/register", { ...ann });
  await server.stop();
  const run = () => runTask("events:check", server.folder, [], undefined, server.environment);
  equal((await run()).out, "Every line is as it was written.\n");

  const path = `${server.folder}/latchkey.db`;
  const kv = await Deno.openKv(path);
  const [line] = await Array.fromAsync(kv.list<object>({ prefix: ["event"] }));
  await kv.set(line?.key ?? [], { ...line?.value, network: "198.51.100.x" });
  kv.close();
  const { code, out } = await run();
  equal(code, 1);
  match(
    out,
    /^changed \S+ \S+: the line was changed, or written without the key\nProblems: 1\.\n$/,
  );
});
