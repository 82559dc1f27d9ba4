/** Counts the stored password hashes by parameters and key: `deno task passwords:report`. */
import { onDatabase, print, readSecretKeys, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import { readPasswordRecord } from "../credential/password.ts";
import { passwordKeyIds } from "../credential/pepper_check.ts";
import { scan } from "../kv/record_scan.ts";

const MISSING_KEY = ", which is neither SECRET_KEY nor a fallback: nobody can log in with these";

/** Counts the hashes of each kind; the most frequent kind comes first. */
export async function countHashes(
  kv: Kv,
  keyIds: Set<string> | null = null,
): Promise<[kind: string, count: number][]> {
  const counts = new Map<string, number>();
  for await (const { value } of scan(kv, ["password"])) {
    const kind = kindOf(value, keyIds);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/**
 * The parameters and the key of a hash, without salt and digest.
 *
 * @param keyIds Of the configured keys; null when they are not known here.
 */
function kindOf(value: unknown, keyIds: Set<string> | null): string {
  const record = readPasswordRecord(value);
  if (!record) return "unreadable: deno task kv:check shows which";
  const { hash, keyId } = record;
  const key = keyId === null ? "no key" : `key ${keyId}`;
  const isMissing = keyId !== null && keyIds !== null && !keyIds.has(keyId);
  return `${parametersOf(hash)}, ${key}${isMissing ? MISSING_KEY : ""}`;
}

/** The parameters of a stored hash as it writes them, which differs in what is around the salt. */
function parametersOf(hash: string): string {
  const bcrypt = /^(?:bcrypt(?:_sha256)?\$)?\$2[aby]\$\d\d\$/.exec(hash)?.[0];
  const [, cost, others] = /^(scrypt\$\d+)\$[^$]+(\$\d+\$\d+)\$/.exec(hash) ?? []; // Django's
  return bcrypt ?? (cost ? `${cost}${others}` : hash.split("$").slice(0, -2).join("$"));
}

/** Returns the exit code: 1 when hashes need a key that is not configured. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) return usageError("passwords:report");
  const secretKeys = readSecretKeys();
  const keyIds = secretKeys && passwordKeyIds(secretKeys);
  return await onDatabase("stop", async (kv) => {
    const kinds = await countHashes(kv, keyIds);
    for (const [kind, count] of kinds) print(`${String(count).padStart(8)}  ${kind}`);
    return kinds.some(([kind]) => kind.endsWith(MISSING_KEY)) ? 1 : 0;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
