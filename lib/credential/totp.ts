import { randomBytes } from "node:crypto";
import type { Accounts, JoinCommit } from "../account/accounts.ts";
import type { User } from "../account/user.ts";
import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import type { Seal } from "../seal.ts";
import { type Clock, isDate, MINUTE } from "../time.ts";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import { matchingStep } from "./totp_code.ts";

/** In bytes: 160 bits (RFC 4226 §4). */
const KEY_BYTES = 20;
/** How long a key waits for its first right code, in milliseconds. */
const pendingKeyLifetime = 10 * MINUTE;

/** The key that a user shares with the app on their phone. */
export interface TotpRecord {
  readonly v: 1;
  /** The key in base32, sealed for this record. */
  readonly sealedKey: Uint8Array;
  /** The step of the last code that was used; 0 before the first. */
  readonly lastStep: number;
  /** A random id of the commit that used the last code: a repeated commit is recognised. */
  readonly lastUse: string | null;
  /** Null while the key waits for its first right code. */
  readonly enrolledAt: Date | null;
  /** When too many wrong codes disabled it; null while it works. */
  readonly disabledAt: Date | null;
  /** When a key ends that still waits; null for an enrolled one. */
  readonly expiresAt: Date | null;
}

export type EnrolResult =
  | { readonly ok: true; readonly user: User }
  /** `enrolled`: an app is enrolled already. `ended`: the key waited for too long. */
  | { readonly ok: false; readonly reason: "wrong" | "ended" | "enrolled" };

/** `unreadable`: no configured key opens the app's key, so no code can be checked. */
export type VerifyResult = "right" | "wrong" | "unreadable";

/** An enrolled app, as its page shows it. */
interface EnrolledTotp {
  readonly enrolledAt: Date;
  readonly disabledAt: Date | null;
}

/** Codes of an app on the phone (RFC 6238), kept under `["totp", userId]`. */
export class Totp {
  readonly #kv: Kv;
  readonly #accounts: Accounts;
  readonly #seal: Seal;
  readonly #now: Clock;

  constructor(kv: Kv, accounts: Accounts, seal: Seal, now: Clock) {
    this.#kv = kv;
    this.#accounts = accounts;
    this.#seal = seal;
    this.#now = now;
  }

  /** The enrolled app; null when there is none. */
  async find(userId: string): Promise<EnrolledTotp | null> {
    const record = readTotp((await this.#kv.get(keyOf(userId))).value);
    return record?.enrolledAt ? { ...record, enrolledAt: record.enrolledAt } : null;
  }

  /**
   * The key in base32 that waits for its first right code: made, or the one that was made less than
   * ten minutes ago. Null when an app is enrolled.
   */
  async begin(user: User): Promise<string | null> {
    while (true) {
      const entry = await this.#kv.get(keyOf(user.id));
      const record = readTotp(entry.value);
      if (record?.enrolledAt) return null;
      const waiting = record && this.#openWaiting(user.id, record);
      if (waiting) return waiting;

      const key = encodeBase32(randomBytes(KEY_BYTES));
      const made: TotpRecord = {
        v: 1,
        sealedKey: this.#seal.seal(key, contextOf(user.id)),
        lastStep: 0,
        lastUse: null,
        enrolledAt: null,
        disabledAt: null,
        expiresAt: new Date(this.#now().getTime() + pendingKeyLifetime),
      };
      const operation = this.#kv.atomic().check(entry)
        .set(entry.key, made, { expireIn: pendingKeyLifetime });
      if ((await operation.commit()).ok) return key;
      // Another request made one, or it is this one's: read again.
    }
  }

  /**
   * Enrols the app by its first right code, which is used up.
   *
   * @param join Adds other records to the commit; called again for each attempt.
   */
  async enrol({ id }: User, code: string, join?: JoinCommit): Promise<EnrolResult> {
    let reason = "enrolled" as "wrong" | "ended" | "enrolled"; // stays where the user is gone
    const user = await this.#accounts.changeFactors(
      id,
      (current) => {
        reason = "enrolled"; // perhaps by a request that was faster than the attempt before
        return addFactor(current);
      },
      async (operation, changed) => {
        const entry = await this.#kv.get(keyOf(id));
        const record = readTotp(entry.value);
        const key = record && this.#openWaiting(id, record);
        const step = key ? this.#stepOf(key, code) : null;
        reason = key ? "wrong" : "ended";
        if (!record || !key || step === null) return false;
        const used = this.#used(id, record, { key, step, use: newId() });
        operation.check(entry)
          .set(entry.key, { ...used, enrolledAt: this.#now(), expiresAt: null });
        await join?.(operation, changed);
        return true;
      },
    );
    return user ? { ok: true, user } : { ok: false, reason };
  }

  /**
   * Checks a code. Each works once, and none does after a later one: somebody who saw it
   * being typed cannot use it.
   */
  async verify(user: User, code: string): Promise<VerifyResult> {
    const use = newId();
    while (true) {
      const entry = await this.#kv.get(keyOf(user.id));
      const record = readTotp(entry.value);
      if (!record?.enrolledAt || record.disabledAt) return "wrong";
      if (record.lastUse === use) return "right"; // the commit's answer was lost
      const key = this.#seal.open(record.sealedKey, contextOf(user.id));
      if (key === null) return "unreadable";
      const step = this.#stepOf(key, code);
      if (step === null || step <= record.lastStep) return "wrong";

      const operation = this.#kv.atomic().check(entry)
        .set(entry.key, this.#used(user.id, record, { key, step, use }));
      if ((await operation.commit()).ok) return "right";
    }
  }

  /** Removes it; the user's factors change in the same commit. */
  remove(operation: Deno.AtomicOperation, userId: string): void {
    operation.delete(keyOf(userId));
  }

  /**
   * Accepts no code any more, until the app is removed and enrolled again. It stays a factor of the
   * user: a password alone must not be enough for somebody who guesses codes. False when there is
   * nothing to disable.
   *
   * @param writes Other records of the same commit, such as a mail about it.
   */
  async disable(userId: string, writes: readonly Write[] = []): Promise<boolean> {
    while (true) {
      const entry = await this.#kv.get(keyOf(userId));
      const record = readTotp(entry.value);
      if (!record?.enrolledAt || record.disabledAt) return false;
      const operation = this.#kv.atomic().check(entry)
        .set(entry.key, { ...record, disabledAt: this.#now() });
      addWrites(operation, writes);
      if ((await operation.commit()).ok) return true;
    }
  }

  /** The key in base32, if it waits for its first code and did not end. */
  #openWaiting(userId: string, { sealedKey, enrolledAt, expiresAt }: TotpRecord): string | null {
    const waits = enrolledAt === null && expiresAt !== null && expiresAt > this.#now();
    return waits ? this.#seal.open(sealedKey, contextOf(userId)) : null;
  }

  #stepOf(key: string, code: string): number | null {
    const bytes = decodeBase32(key);
    return bytes && matchingStep(bytes, code, this.#now());
  }

  /** The record after a code was used; sealed again, because the first secret key may be new. */
  #used(
    userId: string,
    record: TotpRecord,
    { key, step, use }: { readonly key: string; readonly step: number; readonly use: string },
  ): TotpRecord {
    const sealedKey = this.#seal.seal(key, contextOf(userId));
    return { ...record, sealedKey, lastStep: step, lastUse: use };
  }
}

/** Null when an app is enrolled. */
function addFactor(user: User): User | null {
  return user.factors.includes("otp") ? null : { ...user, factors: [...user.factors, "otp"] };
}

/** Reads a record; null when it is corrupt. */
export function readTotp(value: unknown): TotpRecord | null {
  const record = (value ?? {}) as TotpRecord;
  const isValid = record.v === 1 && record.sealedKey instanceof Uint8Array &&
    Number.isInteger(record.lastStep) &&
    (record.lastUse === null || typeof record.lastUse === "string") &&
    [record.enrolledAt, record.disabledAt, record.expiresAt].every((it) =>
      it === null || isDate(it)
    ) &&
    (record.enrolledAt === null) !== (record.expiresAt === null);
  return isValid ? record : null;
}

function keyOf(userId: string): readonly [string, string] {
  return ["totp", userId];
}

function contextOf(userId: string): string {
  return keyOf(userId).join(" ");
}
