import { equal } from "node:assert/strict";
import { tokenBucket } from "../../../lib/throttle/backoff.ts";
import { MemoryLimit } from "../../../lib/throttle/memory_limit.ts";
import { MINUTE } from "../../../lib/time.ts";

Deno.test("a limit in memory keeps 10,000 names, and forgets the one that was counted first", () => {
  const limit = new MemoryLimit(tokenBucket(2, MINUTE), () => new Date("2026-11-22T12:00:00Z"));
  const use = (name: string) => limit.consume(name).ok;

  equal([use("ann"), use("bob"), use("ann"), use("bob")].every(Boolean), true);
  equal(use("ann"), false);
  for (let i = 0; i < 9_999; i++) use(String(i));
  equal(use("bob"), false);
  equal(use("ann"), true);
});
