import { deepEqual, equal, rejects } from "node:assert/strict";
import { Deadline } from "../../../lib/kv/deadline.ts";

const hangs = () => new Promise<never>(() => {});
const wait = (duration: number) => new Promise<void>((resolve) => setTimeout(resolve, duration));
const makeDeadline = (duration = 40) => new Deadline(duration, () => new Error("too late"));

Deno.test("calls that hang fail one after the other, each when its own time is up", async () => {
  const deadline = makeDeadline();
  const failed: string[] = [];
  const call = (name: string) =>
    deadline.run(hangs).catch((error) => failed.push(`${name}: ${error.message}`));

  const first = call("first");
  await wait(20);
  const second = call("second");
  await first;
  deepEqual(failed, ["first: too late"]);
  equal(deadline.underWay, 1);
  await second;
  deepEqual(failed, ["first: too late", "second: too late"]);
  equal(deadline.underWay, 0);
});

Deno.test("a call that hangs fails, although calls that end began before it and after it", async () => {
  const deadline = makeDeadline(300);
  const before = deadline.run(() => wait(10));
  const hanging = deadline.run(hangs);
  const after = deadline.run(() => wait(15));
  await Promise.all([before, after]);
  equal(deadline.underWay, 1);
  await rejects(hanging, /too late/);
});

Deno.test("a call knows when it is late, so that it stops trying", async () => {
  const deadline = makeDeadline();
  const seen: boolean[] = [];
  const stopped = Promise.withResolvers<void>();
  const call = deadline.run(async (call) => {
    seen.push(call.isLate);
    for (let i = 0; i < 200 && !call.isLate; i++) await wait(5);
    seen.push(call.isLate);
    stopped.resolve();
  });
  await rejects(call, /too late/);
  await stopped.promise;
  deepEqual(seen, [false, true]);
});

Deno.test("a call that fails, even at once, is no longer under way", async () => {
  const deadline = makeDeadline();
  await rejects(deadline.run(() => Promise.reject(new Error("no"))), /no/);
  await rejects(
    deadline.run(() => {
      throw new Error("at once");
    }),
    /at once/,
  );
  equal(deadline.underWay, 0);
});

Deno.test("a hundred late calls are enough, until they end, whatever became of them [REL-R10]", async () => {
  const deadline = makeDeadline();
  const ends = Array.from({ length: 100 }, () => Promise.withResolvers<void>());
  const calls = ends.map(({ promise }) => deadline.run(() => promise));
  await Promise.allSettled(calls);

  equal(deadline.admits(), true, "one, to see whether they would be answered now");
  equal(deadline.admits(), false);

  ends.forEach(({ resolve, reject }, i) => i % 2 ? resolve() : reject(new Error("no")));
  await wait(0);
  deepEqual(Array.from({ length: 20 }, () => deadline.admits()), Array(20).fill(true));
});
