/** Counts the stored hashes by parameters and key: `deno task passwords:report`. */
import { onDatabase, print, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import { readPasswordRecord } from "../credential/password.ts";

/** How many hashes there are of each kind, the commonest first. */
export async function countHashes(kv: Kv): Promise<[kind: string, count: number][]> {
  const counts = new Map<string, number>();
  const count = (value: unknown) => counts.set(kindOf(value), (counts.get(kindOf(value)) ?? 0) + 1);
  const counted = new Set<unknown>();
  const { damages } = kv.count;
  for await (const { key, value } of kv.list({ prefix: ["password"] })) {
    counted.add(key[1]);
    count(value);
  }
  if (kv.count.damages === damages) return ranked(counts);

  // What the list left out because the file is damaged is known from its user.
  for await (const { key: [, id = ""] } of kv.list({ prefix: ["user"] })) {
    const { value, versionstamp } = await kv.get(["password", id]);
    if (versionstamp !== null && !counted.has(id)) count(value);
  }
  return ranked(counts);
}

function ranked(counts: Map<string, number>): [kind: string, count: number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** All of a hash but its salt and its digest, and its key. */
function kindOf(value: unknown): string {
  const record = readPasswordRecord(value);
  if (!record) return "unreadable: deno task kv:check shows which";
  const bcrypt = /^\$2[aby]\$\d\d\$/.exec(record.hash)?.[0];
  const parameters = bcrypt ?? record.hash.split("$").slice(0, -2).join("$");
  return `${parameters}, ${record.keyId === null ? "no key" : `key ${record.keyId}`}`;
}

/** The command. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) return usageError("passwords:report");
  return await onDatabase("refuse", async (kv) => {
    for (const [kind, count] of await countHashes(kv)) {
      print(`${String(count).padStart(8)}  ${kind}`);
    }
    return 0;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
