import { deepEqual, equal, ok } from "node:assert/strict";
import type { EventKind } from "../../../lib/account/event.ts";
import { DAY } from "../../../lib/time.ts";
import { ann } from "../../support/people.ts";
import { test, type TestWorld } from "../../support/world.ts";

async function annsId(world: TestWorld): Promise<string> {
  const { user } = await world.services.accounts.findCredential(ann.email);
  ok(user);
  return user.id;
}

/** Writes an event of this kind for Ann. */
async function write(world: TestWorld, kind: EventKind): Promise<void> {
  const writes = await world.services.events.records(await annsId(world), { kind });
  for (const { key, value } of writes) await world.database.set([...key], value);
}

test("a login is in the timeline, with its browser and its shortened network", async (world) => {
  await world.ann();
  const browser = world.browser();
  await browser.post("/login", { ...ann, password: "not her password" });
  await browser.post("/login", { ...ann });

  const { events } = await world.services.events.list(await annsId(world), { limit: 10 });
  const [login] = events;
  equal(login?.kind, "logged_in");
  deepEqual(login?.facts, { methods: "pwd", failures: 1 });
  deepEqual(login?.at, world.now);
  equal(login?.by, null);
});

test("events come in the order of time, page after page, of one kind or all", async (world) => {
  await world.ann();
  const userId = await annsId(world);
  for (const kind of ["totp_added", "exported", "totp_removed", "exported"] as const) {
    await write(world, kind);
  }

  const { events } = world.services;
  const first = await events.list(userId, { limit: 3 });
  deepEqual(first.events.map(({ kind }) => kind), ["exported", "totp_removed", "exported"]);
  const rest = await events.list(userId, { limit: 3, after: first.after ?? undefined });
  deepEqual(rest.events.map(({ kind }) => kind).slice(0, 1), ["totp_added"]);
  equal(rest.after, null);
  const exports = await events.list(userId, { limit: 3, kind: "exported" });
  deepEqual(exports.events.map(({ kind }) => kind), ["exported", "exported"]);
});

test("events end by their date, whether or not the database removed them", async (world) => {
  await world.ann();
  await write(world, "exported");
  world.pass(90 * DAY);

  const { events } = await world.services.events.list(await annsId(world), { limit: 10 });
  deepEqual(events, []);
});

test("each event names the ones before it that no other names", async (world) => {
  await world.ann();
  const userId = await annsId(world);
  const { events } = world.services;
  const parallel = await Promise.all([
    events.records(userId, { kind: "exported" }),
    events.records(userId, { kind: "exported" }),
  ]);
  for (const [{ key, value }] of parallel) await world.database.set([...key], value);
  const [{ value }] = await events.records(userId, { kind: "totp_added" });

  const macs = parallel.map(([{ value }]) => (value as { mac: string }).mac);
  const named = (value as { after: { mac: string }[] }).after.map(({ mac }) => mac);
  deepEqual(named.toSorted(), macs.toSorted());
});

test("an account that is deleted leaves no event", async (world) => {
  const browser = await world.ann();
  for (let i = 0; i < 250; i++) await write(world, "exported");
  equal((await browser.post("/account/delete", { email: ann.email })).status, 303);

  for (const kind of ["event", "event_by_time"]) {
    deepEqual(await Array.fromAsync(world.database.list({ prefix: [kind] })), []);
  }
});

test("the last 1,000 events are kept", async (world) => {
  await world.ann();
  for (let i = 0; i < 1010; i++) await write(world, "exported");

  for (const kind of ["event", "event_by_time"]) {
    const kept = await Array.fromAsync(world.database.list({ prefix: [kind] }));
    equal(kept.length, 1000, kind);
  }
});
