import { randomBytes } from "node:crypto";
import type { User } from "../account/user.ts";
import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import { decodeBase64Url, encodeBase64Url, timingSafeEqual } from "../login/bytes.ts";
import type { Keyring } from "../login/keyring.ts";
import type { Seal } from "../seal.ts";
import { type Clock, isDate } from "../time.ts";
import { encodeBase32, inGroupsOfFour } from "./base32.ts";
import { ShownOnce } from "./shown_once.ts";

/** How many codes a set has. */
const RECOVERY_CODES = 10;
/** In bytes: nobody guesses 80 bits, so a keyed digest is enough, and no slow hash is needed. */
const CODE_BYTES = 10;
const MAC_BYTES = 32;

/** One code of a set. */
interface RecoveryCode {
  readonly v: 1;
  /** The keyed digest of the code, base64url. */
  readonly mac: string;
  /** The id of the secret key that made the digest; records of former versions do not tell. */
  readonly keyId?: string;
  /** A random id of the commit that used it; null for a code that still works. */
  readonly use: string | null;
  readonly createdAt: Date;
}

/**
 * Codes on paper that each replace a lost phone once, kept under `["recovery_code", userId, n]`.
 * A new set waits under `["new_recovery_codes", userId]` until its page shows it.
 */
export class RecoveryCodes {
  readonly #kv: Kv;
  readonly #keyring: Keyring;
  readonly #seal: Seal;
  readonly #now: Clock;
  readonly #newSet: ShownOnce;

  constructor(kv: Kv, keyring: Keyring, seal: Seal, now: Clock) {
    this.#kv = kv;
    this.#keyring = keyring;
    this.#seal = seal;
    this.#now = now;
    this.#newSet = new ShownOnce("new_recovery_codes", { kv, seal, now });
  }

  /** Adds a new set to a commit; the old one ends. `/account/recovery-codes` shows it once. */
  replace(operation: Deno.AtomicOperation, userId: string): readonly string[] {
    const codes = Array.from({ length: RECOVERY_CODES }, newCode);
    const createdAt = this.#now();
    const { keyId } = this.#seal; // the newest, as for the digest
    codes.forEach((code, n) => {
      const [mac] = this.#macsOf(userId, code);
      const record: RecoveryCode = { v: 1, mac, keyId, use: null, createdAt };
      operation.set(codeKey(userId, n), record);
    });
    this.#newSet.put(operation, userId, codes.join(" "));
    return codes;
  }

  /** The new set, for the one page that shows it; null when it was shown or there is none. */
  async takeNew(userId: string): Promise<readonly string[] | null> {
    return (await this.#newSet.take(userId))?.split(" ") ?? null;
  }

  /**
   * Uses a code, once. Null when it is wrong or used.
   *
   * @param code Spaces, hyphens and case are ignored.
   * @param writes Other records of the same commit, such as a mail that says how many are left.
   */
  async use(
    { id }: User,
    code: string,
    writes: (left: number) => readonly Write[],
  ): Promise<{ readonly left: number } | null> {
    const macs = this.#macsOf(id, code);
    const use = newId();
    while (true) {
      const stored = await this.#list(id);
      const unused = stored.filter(({ record }) => record.use === null).length;
      const isDone = stored.some(({ record }) => record.use === use);
      if (isDone) return { left: unused }; // the commit's answer was lost
      const found = stored.find(({ record }) => matches(record, macs));
      if (!found) this.#reportUnknownKey(stored[0]?.record);
      if (!found || found.record.use !== null) return null;

      const left = unused - 1;
      // All are checked: two codes at once would otherwise report the same number left.
      const operation = this.#kv.atomic().check(...stored.map(({ entry }) => entry))
        .set(found.entry.key, { ...found.record, use });
      addWrites(operation, writes(left));
      if ((await operation.commit()).ok) return { left };
    }
  }

  /** How many codes still work. */
  async count(userId: string): Promise<number> {
    const stored = await this.#list(userId);
    return stored.filter(({ record }) => record.use === null).length;
  }

  removeAll(operation: Deno.AtomicOperation, userId: string): void {
    for (let n = 0; n < RECOVERY_CODES; n++) operation.delete(codeKey(userId, n));
    this.#newSet.remove(operation, userId);
  }

  async #list(userId: string) {
    const keys = Array.from({ length: RECOVERY_CODES }, (_, n) => codeKey(userId, n));
    const entries = await Promise.all(keys.map((key) => this.#kv.get(key))); // one round trip
    return entries.flatMap((entry) => {
      const record = readRecoveryCode(entry.value);
      return record ? [{ entry, record }] : [];
    });
  }

  /** A right code looks wrong when its key is not configured; all codes of a set have the same. */
  #reportUnknownKey(record: RecoveryCode | undefined): void {
    if (record?.keyId !== undefined) this.#seal.requireKey(record.keyId);
  }

  /** One for each secret key, the newest first. */
  #macsOf(userId: string, code: string): [string, ...string[]] {
    const typed = code.replaceAll(/[\s-]/g, "").toUpperCase();
    const macs = this.#keyring.macs("recovery code", `${userId} ${typed}`);
    return macs.map((mac) => encodeBase64Url(mac.subarray(0, MAC_BYTES))) as [string, ...string[]];
  }
}

function newCode(): string {
  return inGroupsOfFour(encodeBase32(randomBytes(CODE_BYTES)), "-");
}

function matches({ mac }: RecoveryCode, macs: readonly string[]): boolean {
  return macs.some((it) => timingSafeEqual(it, mac));
}

/** Reads a record; null when it is corrupt. */
export function readRecoveryCode(value: unknown): RecoveryCode | null {
  const record = (value ?? {}) as RecoveryCode;
  const isValid = record.v === 1 && typeof record.mac === "string" &&
    decodeBase64Url(record.mac)?.length === MAC_BYTES &&
    ["string", "undefined"].includes(typeof record.keyId) &&
    (record.use === null || typeof record.use === "string") && isDate(record.createdAt);
  return isValid ? record : null;
}

function codeKey(userId: string, n: number): string[] {
  return ["recovery_code", userId, String(n)];
}
