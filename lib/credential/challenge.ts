import { createHash } from "node:crypto";
import { newId, newSecret } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { type Clock, isDate, MINUTE } from "../time.ts";

/** How long an authenticator may take to answer, in milliseconds. */
export const challengeLifetime = 5 * MINUTE;

/** What a passkey is asked for. */
export const ceremonies = [
  "register",
  "login",
  "second_factor",
  "reauthenticate",
  "password_reset",
] as const;

/** Who asks a passkey for what. */
export interface ChallengeUse {
  readonly ceremony: typeof ceremonies[number];
  /** The session, the pending login or the mailed link that asks; null for a visitor. */
  readonly boundTo: string | null;
}

interface Challenge extends ChallengeUse {
  readonly v: 1;
  /** A random id of the commit that used it up: a repeated commit is recognised. Null before. */
  readonly usedBy: string | null;
  readonly expiresAt: Date;
}

/**
 * Random texts that a passkey signs, each once, kept under `["challenge", digest]`. The signed text
 * names its record, so that a visitor needs no cookie.
 */
export class Challenges {
  readonly #kv: Kv;
  readonly #now: Clock;

  constructor(kv: Kv, now: Clock) {
    this.#kv = kv;
    this.#now = now;
  }

  /** Makes a challenge of 256 random bits, in base64url. */
  async issue(use: ChallengeUse): Promise<string> {
    const challenge = newSecret();
    const expiresAt = new Date(this.#now().getTime() + challengeLifetime);
    const record: Challenge = { v: 1, ...use, usedBy: null, expiresAt };
    await this.#kv.atomic()
      .set(keyOf(challenge), record, { expireIn: challengeLifetime })
      .commit();
    return challenge;
  }

  /** Uses a challenge up; false when it is not for this use, or was used before. */
  async redeem(challenge: string, { ceremony, boundTo }: ChallengeUse): Promise<boolean> {
    const usedBy = newId();
    while (true) {
      const entry = await this.#kv.get(keyOf(challenge));
      const record = readChallenge(entry.value);
      const timeLeft = (record?.expiresAt.getTime() ?? 0) - this.#now().getTime();
      const fits = record !== null && record.ceremony === ceremony &&
        record.boundTo === boundTo && timeLeft > 0;
      if (!fits || (record.usedBy !== null && record.usedBy !== usedBy)) return false;
      if (record.usedBy === usedBy) return true;
      const operation = this.#kv.atomic().check(entry)
        .set(entry.key, { ...record, usedBy }, { expireIn: timeLeft });
      if ((await operation.commit()).ok) return true;
    }
  }
}

/** Reads a record; null when it is corrupt. */
export function readChallenge(value: unknown): Challenge | null {
  const record = (value ?? {}) as Challenge;
  const isValid = record.v === 1 && ceremonies.includes(record.ceremony) &&
    [record.boundTo, record.usedBy].every((it) => it === null || typeof it === "string") &&
    isDate(record.expiresAt);
  return isValid ? record : null;
}

/** The store has no challenge that waits: a copy of it answers none. */
function keyOf(challenge: string): Deno.KvKey {
  return ["challenge", createHash("sha256").update(challenge).digest("base64url")];
}
