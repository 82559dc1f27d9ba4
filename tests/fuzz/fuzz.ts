/**
 * Throws spoiled requests at every route: `deno task fuzz [--requests N] [--seed S] [--keep]`. What
 * fails is put into the corpus, which the tests replay; with `--keep`, what leads to a new answer too.
 */

import { parseArgs } from "node:util";
import { Arena } from "./arena.ts";
import { type Case, throwCase } from "./cases.ts";
import { keep, readCorpus } from "./corpus.ts";
import { Dice } from "./dice.ts";

/** A world in which Ann has deleted her account is soon dull. */
const requestsPerWorld = 100;

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "10000" },
    seed: { type: "string", default: String(crypto.getRandomValues(new Uint32Array(1))[0]) },
    keep: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const write = (text: string) => Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
await write(`seed ${seed}`);

const dice = new Dice(seed);
const seen = new Set<string>();

/** What a case is kept for: the first of its kind. */
function kind(arena: Arena, { method, target }: Case, status: number | null): string {
  const path = target.split("?")[0];
  return `${method} ${arena.routes.find((it) => it.path === path)?.path ?? "nowhere"} ${status}`;
}

for (const it of await readCorpus()) {
  await using arena = await Arena.create();
  seen.add(kind(arena, it, (await arena.send(it)).status));
}

const counts = new Map<number | null, number>();
const failed: Case[] = [];
const fresh: Case[] = [];
for (let sent = 0; sent < Number(values.requests);) {
  await using arena = await Arena.create();
  for (let n = 0; n < requestsPerWorld && sent < Number(values.requests); n++, sent++) {
    const it = throwCase(dice, arena.routes);
    const { status, fault } = await arena.send(it);
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (fault) {
      failed.push(it);
      await write(`FAILED number ${sent}: ${fault}\n${JSON.stringify(it)}`);
    } else if (JSON.stringify(it).length < 1000 && !seen.has(kind(arena, it, status))) {
      seen.add(kind(arena, it, status));
      fresh.push(it);
    }
  }
}

await keep(values.keep ? [...failed, ...fresh] : failed);
for (const [status, count] of [...counts].sort()) {
  await write(`${status ?? "cannot be sent"}: ${count}`);
}
await write(`${values.requests} requests, ${failed.length} failed`);
Deno.exit(failed.length > 0 ? 1 : 0);
