/**
 * Sends malformed requests to every route: `deno task fuzz [--requests N] [--seed S] [--keep]`.
 * Failures join the corpus, which the tests replay; with `--keep`, so do requests with new answers.
 */

import fc from "fast-check";
import { parseArgs } from "node:util";
import { print, usageError } from "../../lib/cli/command.ts";
import { FuzzTarget } from "./target.ts";
import { type Case, fuzzCases } from "./cases.ts";
import { keep, readCorpus } from "./corpus.ts";

/** After this many the site is set back: without Ann's account it is soon dull. */
const requestsPerReset = 100;

const args = readArguments(Deno.args);
if (!args) Deno.exit(usageError("fuzz [--requests N] [--seed S] [--keep]"));
const { requests, seed } = args;
print(`seed ${seed}`);

await using target = await FuzzTarget.create();
const seen = new Set<string>();

/** Cases of the same kind are kept once. */
function kind({ method, target: to }: Case, status: number | null): string {
  const path = to.split("?")[0];
  return `${method} ${target.routes.find((it) => it.path === path)?.path ?? "nowhere"} ${status}`;
}

for (const it of await readCorpus()) {
  seen.add(kind(it, (await target.send(it)).status));
  await target.reset();
}

const counts = new Map<number | null, number>();
const failed: Case[] = [];
const fresh: Case[] = [];
for (const [i, it] of fc.sample(fuzzCases(target.routes), { numRuns: requests, seed }).entries()) {
  if (i % requestsPerReset === 0) await target.reset();
  const { status, fault } = await target.send(it);
  counts.set(status, (counts.get(status) ?? 0) + 1);
  if (fault) {
    failed.push(it);
    print(`FAILED number ${i}: ${fault}`);
    print(JSON.stringify(it));
  } else if (JSON.stringify(it).length < 1000 && !seen.has(kind(it, status))) {
    seen.add(kind(it, status));
    fresh.push(it);
  }
}

await keep(args.keep ? [...failed, ...fresh] : failed);
for (const [status, count] of [...counts].sort()) {
  print(`${status ?? "cannot be sent"}: ${count}`);
}
print(`${requests} requests, ${failed.length} failed`);
Deno.exit(failed.length > 0 ? 1 : 0);

/** Returns null when the arguments do not fit the usage. */
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
