import { deepEqual, equal, ok } from "node:assert/strict";
import { FuzzTarget } from "./target.ts";
import { throwCase } from "./cases.ts";
import { readCorpus } from "./corpus.ts";
import { Dice } from "./dice.ts";

const corpus = await readCorpus();

Deno.test("every case of the corpus has an answer, and does no harm", async () => {
  ok(corpus.length > 0);
  for (const it of corpus) {
    await using arena = await FuzzTarget.create();
    equal((await arena.send(it)).fault, null, JSON.stringify(it));
  }
});

Deno.test("400 spoiled requests have an answer, and do no harm", async () => {
  const dice = new Dice(20261122);
  const statuses = new Set<number | null>();
  for (let world = 0; world < 10; world++) {
    await using arena = await FuzzTarget.create();
    for (let n = 0; n < 40; n++) {
      const it = throwCase(dice, arena.routes);
      const { status, fault } = await arena.send(it);
      statuses.add(status);
      equal(fault, null, JSON.stringify(it));
    }
  }
  const missing = [200, 302, 303, 403, 404, 405, 415, 422].filter((it) => !statuses.has(it));
  deepEqual(missing, [], "the requests are too much alike");
});
