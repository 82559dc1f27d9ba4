import { deepEqual, equal, rejects } from "node:assert/strict";
import { KeyedMutex } from "../../../lib/throttle/keyed_mutex.ts";
import { Overloaded } from "../../../lib/throttle/overloaded.ts";
import { TIMEOUT } from "../../support/timeouts.ts";

/** A work that begins when its turn comes, and ends when it is told to. */
function heldWork() {
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = async () => {
    begun.resolve();
    await end.promise;
  };
  return { work, begun: begun.promise, end: end.resolve };
}

Deno.test("works of one key run one after the other, in the order in which they came", async () => {
  const mutex = new KeyedMutex(TIMEOUT);
  const events: string[] = [];
  const works = [1, 2, 3].map((i) =>
    mutex.runExclusive("ann", async () => {
      events.push(`begin ${i}`);
      await new Promise((resolve) => setTimeout(resolve));
      events.push(`end ${i}`);
      return i;
    })
  );

  deepEqual(await Promise.all(works), [1, 2, 3]);
  deepEqual(events, ["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
});

Deno.test("works of two keys run side by side", async () => {
  const mutex = new KeyedMutex(TIMEOUT);
  const [ann, bob] = [heldWork(), heldWork()];
  const running = [mutex.runExclusive("ann", ann.work), mutex.runExclusive("bob", bob.work)];

  await Promise.all([ann.begun, bob.begun]);
  ann.end();
  bob.end();
  await Promise.all(running);
});

Deno.test("a work that fails says so to its caller only, and the next one runs", async () => {
  const mutex = new KeyedMutex(TIMEOUT);
  const failing = mutex.runExclusive("ann", () => Promise.reject(new Error("no")));
  const next = mutex.runExclusive("ann", () => Promise.resolve("yes"));

  await rejects(failing, /^Error: no$/);
  equal(await next, "yes");
});

Deno.test("a work whose turn does not come in time is not run, and the next one still waits for its turn", async () => {
  const mutex = new KeyedMutex(50);
  const first = heldWork();
  const running = mutex.runExclusive("ann", first.work);
  let runs = 0;
  const count = () => Promise.resolve(++runs);
  await rejects(mutex.runExclusive("ann", count), Overloaded);
  await rejects(mutex.runExclusive("ann", count), Overloaded, "the first one is still running");

  first.end();
  await running;
  equal(await mutex.runExclusive("ann", count), 1);
});
