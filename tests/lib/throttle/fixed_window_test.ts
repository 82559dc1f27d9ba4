import { deepEqual } from "node:assert/strict";
import { type AttemptCount, fixedWindow } from "../../../lib/throttle/backoff.ts";
import { MINUTE, SECOND } from "../../../lib/time.ts";

const start = new Date("2026-11-22T12:00:00Z");
const rule = fixedWindow(3, MINUTE);
const after = (duration: number) => new Date(start.getTime() + duration);

/** What follows when attempts are made at these moments after the start, in milliseconds. */
function attempts(...moments: number[]): (number | string)[] {
  let count: AttemptCount | null = null;
  return moments.map((moment) => {
    const decision = rule(count, after(moment));
    if (!decision.ok) return `wait ${decision.wait / SECOND}`;
    count = decision.next;
    return count.count;
  });
}

Deno.test("a window begins with its first attempt, and allows as many as it may", () => {
  deepEqual(attempts(0, 10 * SECOND, 59 * SECOND, 59 * SECOND, MINUTE), [1, 2, 3, "wait 1", 1]);
});

Deno.test("refused attempts do not make the wait longer", () => {
  const late = 50 * SECOND;
  deepEqual(attempts(0, 0, 0, late, late, late + 5 * SECOND), [
    1,
    2,
    3,
    "wait 10",
    "wait 10",
    "wait 5",
  ]);
});

Deno.test("where another machine's clock is ahead, nobody waits longer than a window", () => {
  deepEqual(attempts(4 * MINUTE, 4 * MINUTE, 4 * MINUTE, 0), [1, 2, 3, "wait 60"]);
});
