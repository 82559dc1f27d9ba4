/**
 * Throws spoiled requests at every route: `deno task fuzz [--requests N] [--seed S] [--keep]`. What
 * fails is put into the corpus, which the tests replay; with `--keep`, what leads to a new answer too.
 */

import { parseArgs } from "node:util";
import { print, usageError } from "../../lib/cli/command.ts";
import { FuzzTarget } from "./target.ts";
import { type Case, throwCase } from "./cases.ts";
import { keep, readCorpus } from "./corpus.ts";
import { Dice } from "./dice.ts";

/** A world in which Ann has deleted her account is soon dull. */
const requestsPerWorld = 100;

const wish = readArguments(Deno.args);
if (!wish) Deno.exit(usageError("fuzz [--requests N] [--seed S] [--keep]"));
const { requests, seed } = wish;
print(`seed ${seed}`);

const dice = new Dice(seed);
const seen = new Set<string>();

/** What a case is kept for: the first of its kind. */
function kind(arena: FuzzTarget, { method, target }: Case, status: number | null): string {
  const path = target.split("?")[0];
  return `${method} ${arena.routes.find((it) => it.path === path)?.path ?? "nowhere"} ${status}`;
}

for (const it of await readCorpus()) {
  await using arena = await FuzzTarget.create();
  seen.add(kind(arena, it, (await arena.send(it)).status));
}

const counts = new Map<number | null, number>();
const failed: Case[] = [];
const fresh: Case[] = [];
for (let sent = 0; sent < requests;) {
  await using arena = await FuzzTarget.create();
  for (let n = 0; n < requestsPerWorld && sent < requests; n++, sent++) {
    const it = throwCase(dice, arena.routes);
    const { status, fault } = await arena.send(it);
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (fault) {
      failed.push(it);
      print(`FAILED number ${sent}: ${fault}`);
      print(JSON.stringify(it));
    } else if (JSON.stringify(it).length < 1000 && !seen.has(kind(arena, it, status))) {
      seen.add(kind(arena, it, status));
      fresh.push(it);
    }
  }
}

await keep(wish.keep ? [...failed, ...fresh] : failed);
for (const [status, count] of [...counts].sort()) {
  print(`${status ?? "cannot be sent"}: ${count}`);
}
print(`${requests} requests, ${failed.length} failed`);
Deno.exit(failed.length > 0 ? 1 : 0);

/** Null when they are not what the usage says. */
function readArguments(args: string[]) {
  const options = {
    requests: { type: "string", default: "10000" },
    seed: { type: "string", default: String(crypto.getRandomValues(new Uint32Array(1))[0]) },
    keep: { type: "boolean", default: false },
  } as const;
  try {
    const { requests, seed, keep } = parseArgs({ args, options }).values;
    if (!/^[1-9]\d*$/.test(requests) || !/^\d+$/.test(seed)) return null;
    return { requests: Number(requests), seed: Number(seed), keep };
  } catch {
    return null;
  }
}
