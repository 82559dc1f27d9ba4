import { deepEqual, equal, rejects } from "node:assert/strict";
import { Kv, StoreUnavailable } from "../../../lib/kv/kv.ts";
import { BrokenKv } from "../../support/broken_kv.ts";
import { eventually, TIMEOUT } from "../../support/timeouts.ts";

async function open(deadline = TIMEOUT) {
  const broken = new BrokenKv(await Deno.openKv(":memory:"));
  const kv = new Kv(broken.kv, { deadline });
  return { broken, kv, [Symbol.dispose]: () => kv.close() };
}

Deno.test("reads side by side are one round trip", async () => {
  using opened = await open();
  const { kv } = opened;
  await kv.atomic().set(["a"], 1).set(["b"], 2).commit();
  const before = { ...kv.count };

  const entries = await Promise.all([kv.get(["a"]), kv.get(["b"]), kv.get(["c"])]);

  deepEqual(entries.map(({ value }) => value), [1, 2, null]);
  equal(kv.count.roundTrips - before.roundTrips, 1);
  equal(kv.count.keys - before.keys, 3);
});

Deno.test("more reads side by side than one call takes are all answered", async () => {
  using opened = await open();
  const { kv } = opened;
  await kv.atomic().set(["n", 17], "here").commit();

  const entries = await Promise.all(Array.from({ length: 25 }, (_, i) => kv.get(["n", i])));

  deepEqual(entries.map(({ value }) => value).filter((value) => value !== null), ["here"]);
  equal(entries[17]?.value, "here");
  deepEqual(entries[24]?.key, ["n", 24]);
});

Deno.test("a list counts as its entries, and as one round trip", async () => {
  using opened = await open();
  const { kv } = opened;
  await kv.atomic().set(["n", 1], 1).set(["n", 2], 2).commit();
  const before = { ...kv.count };

  equal((await Array.fromAsync(kv.list({ prefix: ["n"] }))).length, 2);
  equal(kv.count.keys - before.keys, 2);
  equal(kv.count.roundTrips - before.roundTrips, 1);
});

Deno.test("a list that KV reads in several parts is whole, and in order", async () => {
  using opened = await open();
  const { kv } = opened;
  const numbers = Array.from({ length: 205 }, (_, i) => i);
  await numbers.reduce((operation, i) => operation.set(["n", i], i), kv.atomic()).commit();
  const valuesOf = async (options?: Deno.KvListOptions) =>
    (await Array.fromAsync(kv.list({ prefix: ["n"] }, options))).map(({ value }) => value);

  deepEqual(await valuesOf(), numbers);
  deepEqual(await valuesOf({ batchSize: 41 }), numbers);
  deepEqual(await valuesOf({ limit: 150 }), numbers.slice(0, 150));
  deepEqual(await valuesOf({ limit: 100 }), numbers.slice(0, 100));
});

Deno.test("a call that hangs ends at the deadline as StoreUnavailable", async () => {
  using opened = await open(20);
  const { kv, broken } = opened;
  broken.fault = "hang";

  await rejects(kv.get(["a"]), StoreUnavailable);
  await rejects(kv.atomic().set(["a"], 1).commit(), StoreUnavailable);
});

Deno.test("reads side by side fail together in an outage, and the next read works", async () => {
  using opened = await open();
  const { kv, broken } = opened;
  broken.fault = "fail";
  const results = await Promise.allSettled([kv.get(["a"]), kv.get(["b"])]);
  deepEqual(results.map(({ status }) => status), ["rejected", "rejected"]);

  broken.fault = "none";
  equal((await kv.get(["a"])).value, null);
});

Deno.test("a commit to a locked file is tried again, at most twelve times", async () => {
  using opened = await open();
  const { kv, broken } = opened;
  let attempts = 0;
  broken.fault = () => ++attempts < 4 ? "locked" : "none";
  equal((await kv.atomic().set(["a"], 1).commit()).ok, true);
  equal(attempts, 4);

  attempts = -1000;
  await rejects(kv.atomic().set(["a"], 1).commit(), StoreUnavailable);
  equal(attempts, -1000 + 12);
});

Deno.test("a value that is too large is no outage", async () => {
  using opened = await open();
  const { kv } = opened;
  await rejects(kv.atomic().set(["a"], "x".repeat(70_000)).commit(), TypeError);
});

Deno.test("of twenty checked commits at once exactly one succeeds", async () => {
  using opened = await open();
  const { kv } = opened;
  const entry = await kv.get(["a"]);
  const claims = Array.from(
    { length: 20 },
    (_, i) => kv.atomic().check(entry).set(["a"], i).commit(),
  );

  equal((await Promise.all(claims)).filter(({ ok }) => ok).length, 1);
});

Deno.test("while the database is away a hundred late calls wait for their end, and one answer lets all others in again [REL-R10] [REL-P9]", async () => {
  using opened = await open(50);
  const { kv, broken } = opened;
  let made = 0;
  broken.fault = () => (made++, "hang");
  const calls = (count: number) =>
    Promise.allSettled(Array.from({ length: count }, (_, i) => kv.get(["a", i])));
  const refused = (results: PromiseSettledResult<unknown>[]) =>
    results.filter((it) => it.status === "rejected" && String(it.reason).includes("too many"));

  for (let i = 0; i < 10; i++) await calls(100); // reads share a call, ten each
  equal(made, 100);
  equal(refused(await calls(100)).length, 90, "all but one call, which asks whether it is back");
  equal(made, 101);

  broken.fault = "none"; // but the calls that hang never end
  await eventually(() => kv.get(["a"]).then(() => true, () => false));
  deepEqual(refused(await calls(100)), []);
});

Deno.test("while the database hangs a thousand calls wait, and the rest are refused at once [REL-R10]", async () => {
  using opened = await open(50);
  const { kv, broken } = opened;
  let held = 0;
  broken.fault = () => (held++, "hang");

  const calls = Array.from({ length: 1200 }, (_, i) => kv.atomic().set(["a"], i).commit());
  const results = await Promise.allSettled(calls);
  equal(held, 1000);
  const reasons = results.map((it) => it.status === "rejected" ? String(it.reason) : "done");
  equal(reasons.filter((reason) => reason.includes("too many calls")).length, 200);
  equal(reasons.filter((reason) => reason.includes("no answer in time")).length, 1000);

  broken.fault = "none";
  // The calls that hung have ended: the next ones are not refused.
  await eventually(() => kv.atomic().set(["a"], 1).commit().then(({ ok }) => ok, () => false));
});
