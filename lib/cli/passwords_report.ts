/** Counts the stored password hashes by parameters and key: `deno task passwords:report`. */
import { onDatabase, print, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import { readPasswordRecord } from "../credential/password.ts";
import { scan } from "./record_scan.ts";

/** Counts the hashes of each kind; the most frequent kind comes first. */
export async function countHashes(kv: Kv): Promise<[kind: string, count: number][]> {
  const counts = new Map<string, number>();
  for await (const { value } of scan(kv, ["password"])) {
    const kind = kindOf(value);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** The parameters and the key of a hash, without salt and digest. */
function kindOf(value: unknown): string {
  const record = readPasswordRecord(value);
  if (!record) return "unreadable: deno task kv:check shows which";
  return `${parametersOf(record.hash)}, ${
    record.keyId === null ? "no key" : `key ${record.keyId}`
  }`;
}

/** The parameters of a stored hash as it writes them, which differs in what is around the salt. */
function parametersOf(hash: string): string {
  const bcrypt = /^(?:bcrypt(?:_sha256)?\$)?\$2[aby]\$\d\d\$/.exec(hash)?.[0];
  const [, cost, others] = /^(scrypt\$\d+)\$[^$]+(\$\d+\$\d+)\$/.exec(hash) ?? []; // Django's
  return bcrypt ?? (cost ? `${cost}${others}` : hash.split("$").slice(0, -2).join("$"));
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
