import fc from "fast-check";
import { deepEqual, equal, ok } from "node:assert/strict";
import { fuzzCases } from "./cases.ts";
import { readCorpus } from "./corpus.ts";
import { FuzzTarget } from "./target.ts";

Deno.test("each request of the corpus gets a sound answer", async () => {
  const corpus = await readCorpus();
  ok(corpus.length > 0);
  await using target = await FuzzTarget.create();
  for (const it of corpus) {
    equal((await target.send(it)).fault, null, JSON.stringify(it));
    await target.reset();
  }
});

Deno.test("700 random requests get sound answers", async () => {
  await using target = await FuzzTarget.create();
  const statuses: (number | null)[] = [];
  const requests = fc.array(fuzzCases(target.routes), { minLength: 1, maxLength: 40, size: "max" });

  await fc.assert(
    fc.asyncProperty(requests, async (cases) => {
      for (const it of cases) {
        const { status, fault } = await target.send(it);
        statuses.push(status);
        equal(fault, null, JSON.stringify(it));
      }
    }).afterEach(() => target.reset()),
    { numRuns: 60, seed: 20261122 },
  );
  ok(statuses.length >= 700, `only ${statuses.length}`);
  const missing = [200, 302, 303, 403, 404, 405, 415, 422].filter((it) => !statuses.includes(it));
  deepEqual(missing, [], "the requests are too similar");
});
