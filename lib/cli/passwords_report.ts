/**
 * Counts, for each secret key, the password hashes and the second factors that need it; hashes also
 * by their parameters: `deno task passwords:report`.
 */
import { onDatabase, print, readSecretKeys, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import { readPasswordRecord } from "../credential/password.ts";
import { keyIdsOf } from "../credential/pepper_check.ts";
import { readRecoveryCode } from "../credential/recovery_code.ts";
import { readTotp } from "../credential/totp.ts";
import { scan } from "../kv/record_scan.ts";
import { sealedKeyId } from "../seal.ts";

const MISSING_KEY = ", which is neither SECRET_KEY nor a fallback: nobody can log in with these";
const UNREADABLE = "unreadable: deno task kv:check shows which";

type Counts = [kind: string, count: number][];

/** Counts the hashes of each kind; the most frequent kind comes first. */
export async function countHashes(
  kv: Kv,
  keyIds: Set<string> | null = null,
): Promise<Counts> {
  const counts = new Map<string, number>();
  for await (const { value } of scan(kv, ["password"])) addTo(counts, kindOf(value, keyIds));
  return sorted(counts);
}

/** Counts the enrolled apps of second factors by the key that opens their own. */
export async function countApps(kv: Kv, keyIds: Set<string> | null): Promise<Counts> {
  const counts = new Map<string, number>();
  for await (const { value } of scan(kv, ["totp"])) {
    const record = readTotp(value);
    if (record && !record.enrolledAt) continue; // it waits, for minutes
    const key = record && keyText(sealedKeyId(record.sealedKey), keyIds);
    addTo(counts, key ? `app for codes, ${key}` : UNREADABLE);
  }
  return sorted(counts);
}

/** Counts the users who have recovery codes left, by the key of their codes. */
export async function countRecoverySets(kv: Kv, keyIds: Set<string> | null): Promise<Counts> {
  const counts = new Map<string, number>();
  let counted: unknown;
  for await (const { key: [, userId], value } of scan(kv, ["recovery_code"])) {
    const record = readRecoveryCode(value);
    if (userId === counted || !record || record.use !== null) continue;
    counted = userId; // all codes of a set have the same key
    addTo(
      counts,
      `recovery codes, ${record.keyId ? keyText(record.keyId, keyIds) : "unknown key"}`,
    );
  }
  return sorted(counts);
}

function addTo(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

function sorted(counts: Map<string, number>): Counts {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/**
 * The parameters and the key of a hash, without salt and digest.
 *
 * @param keyIds Of the configured keys; null when they are not known here.
 */
function kindOf(value: unknown, keyIds: Set<string> | null): string {
  const record = readPasswordRecord(value);
  if (!record) return UNREADABLE;
  const { hash, keyId } = record;
  return `${parametersOf(hash)}, ${keyId === null ? "no key" : keyText(keyId, keyIds)}`;
}

function keyText(keyId: string, keyIds: Set<string> | null): string {
  return `key ${keyId}${keyIds && !keyIds.has(keyId) ? MISSING_KEY : ""}`;
}

/** The parameters of a stored hash as it writes them, which differs in what is around the salt. */
function parametersOf(hash: string): string {
  const bcrypt = /^(?:bcrypt(?:_sha256)?\$)?\$2[aby]\$\d\d\$/.exec(hash)?.[0];
  const [, cost, others] = /^(scrypt\$\d+)\$[^$]+(\$\d+\$\d+)\$/.exec(hash) ?? []; // Django's
  return bcrypt ?? (cost ? `${cost}${others}` : hash.split("$").slice(0, -2).join("$"));
}

/** Returns the exit code: 1 when something needs a key that is not configured. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) return usageError("passwords:report");
  const secretKeys = readSecretKeys();
  const keyIds = secretKeys && keyIdsOf(secretKeys);
  return await onDatabase("stop", async (kv) => {
    const kinds = [
      ...await countHashes(kv, keyIds),
      ...await countApps(kv, keyIds),
      ...await countRecoverySets(kv, keyIds),
    ];
    for (const [kind, count] of kinds) print(`${String(count).padStart(8)}  ${kind}`);
    return kinds.some(([kind]) => kind.endsWith(MISSING_KEY)) ? 1 : 0;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
