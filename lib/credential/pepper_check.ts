import { secretKeyId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import type { Log } from "../log/log.ts";
import { scan } from "../kv/record_scan.ts";
import { type Clock, MINUTE } from "../time.ts";
import { sealedKeyId } from "../seal.ts";
import { readPasswordRecord } from "./password.ts";
import { readRecoveryCode } from "./recovery_code.ts";
import { readTotp } from "./totp.ts";

type SecretKeys = readonly Uint8Array<ArrayBuffer>[];

/** User ids are random, so the first records are a random sample. */
const SAMPLE_SIZE = 100;

/**
 * Reports that what is stored needs a key that is not configured: to its owner it looks like a
 * wrong password or code. At most once a minute, because each login to such an account finds it.
 */
export function unknownKeyReport(log: Log, now: Clock): (keyId: string) => void {
  let last = -Infinity;
  return (keyId) => {
    const time = now().getTime();
    if (time - last < MINUTE) return;
    last = time;
    log("password_key_unknown", { keyId });
  };
}

/** Looks at some hashes and apps, and reports a key that they need and nobody configured. */
export async function checkStoredKeys(
  kv: Kv,
  secretKeys: SecretKeys,
  report: (keyId: string) => void,
): Promise<void> {
  const known = keyIdsOf(secretKeys);
  for await (const { value } of kv.list({ prefix: ["password"] }, { limit: SAMPLE_SIZE })) {
    const { keyId = null } = readPasswordRecord(value) ?? {};
    if (keyId !== null && !known.has(keyId)) return report(keyId);
  }
  for await (const { value } of kv.list({ prefix: ["totp"] }, { limit: SAMPLE_SIZE })) {
    const record = readTotp(value);
    const keyId = record && sealedKeyId(record.sealedKey);
    if (keyId && !known.has(keyId)) return report(keyId);
  }
}

/** The ids of all keys that hashes, apps and recovery codes need, in order. */
export async function neededKeyIds(kv: Kv): Promise<string[]> {
  const ids = new Set<string>();
  const add = (id: string | null | undefined) => id && ids.add(id);
  for await (const { value } of scan(kv, ["password"])) add(readPasswordRecord(value)?.keyId);
  for await (const { value } of scan(kv, ["totp"])) {
    const record = readTotp(value);
    if (record?.enrolledAt) add(sealedKeyId(record.sealedKey));
  }
  for await (const { value } of scan(kv, ["recovery_code"])) {
    const record = readRecoveryCode(value);
    if (record?.use === null) add(record.keyId);
  }
  return [...ids].sort();
}

/** The ids of keys, as records name them. */
export function keyIdsOf(secretKeys: SecretKeys): Set<string> {
  return new Set(secretKeys.map(secretKeyId));
}
