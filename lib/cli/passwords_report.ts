/** Counts the stored password hashes by parameters and key: `deno task passwords:report`. */
import { onDatabase, print, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import { readPasswordRecord } from "../credential/password.ts";

/** Counts the hashes of each kind; the most frequent kind comes first. */
export async function countHashes(kv: Kv): Promise<[kind: string, count: number][]> {
  const counts = new Map<string, number>();
  const count = (value: unknown) => counts.set(kindOf(value), (counts.get(kindOf(value)) ?? 0) + 1);
  const counted = new Set<unknown>();
  const { damages } = kv.count;
  for await (const { key, value } of kv.list({ prefix: ["password"] })) {
    counted.add(key[1]);
    count(value);
  }
  if (kv.count.damages === damages) return sortByCount(counts);

  // The list leaves out damaged records: read those by the id of their user.
  for await (const { key: [, id = ""] } of kv.list({ prefix: ["user"] })) {
    const { value, versionstamp } = await kv.get(["password", id]);
    if (versionstamp !== null && !counted.has(id)) count(value);
  }
  return sortByCount(counts);
}

function sortByCount(counts: Map<string, number>): [kind: string, count: number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** The parameters and the key of a hash, without salt and digest. */
function kindOf(value: unknown): string {
  const record = readPasswordRecord(value);
  if (!record) return "unreadable: deno task kv:check shows which";
  const bcrypt = /^\$2[aby]\$\d\d\$/.exec(record.hash)?.[0];
  const parameters = bcrypt ?? record.hash.split("$").slice(0, -2).join("$");
  return `${parameters}, ${record.keyId === null ? "no key" : `key ${record.keyId}`}`;
}

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) return usageError("passwords:report");
  return await onDatabase("stop", async (kv) => {
    for (const [kind, count] of await countHashes(kv)) {
      print(`${String(count).padStart(8)}  ${kind}`);
    }
    return 0;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
