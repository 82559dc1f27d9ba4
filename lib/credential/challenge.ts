import { Buffer } from "node:buffer";
import { newId, newSecret } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { decodeBase64Url, encodeBase64Url, timingSafeEqual } from "../login/bytes.ts";
import type { Keyring } from "../login/keyring.ts";
import { type Clock, isDate, MINUTE } from "../time.ts";

/** How long an authenticator may take to answer, in milliseconds. */
export const challengeLifetime = 5 * MINUTE;

/** Who asks a passkey for what. */
export interface ChallengeUse {
  readonly ceremony: "register" | "login" | "second_factor" | "reauthenticate" | "password_reset";
  /** The session, the pending login or the mailed link that asks; null for a visitor. */
  readonly boundTo: string | null;
}

/** The mark of a challenge that was used. */
interface UsedChallenge {
  readonly v: 1;
  /** A random id of the commit that used it up: a repeated commit is recognised. */
  readonly usedBy: string;
  /** When the challenge itself ends. */
  readonly expiresAt: Date;
}

/** What a challenge says. */
interface Claims {
  readonly id: string;
  /** When it ends, in milliseconds since 1970. */
  readonly end: number;
}

/**
 * Texts that a passkey signs, each once: a random id, an end and a MAC over both and their use.
 * Making one writes nothing, so that views of the login page cost no commit. Used ones are kept
 * under `["challenge", id]` until they end.
 */
export class Challenges {
  readonly #kv: Kv;
  readonly #keyring: Keyring;
  readonly #now: Clock;

  constructor(kv: Kv, keyring: Keyring, now: Clock) {
    this.#kv = kv;
    this.#keyring = keyring;
    this.#now = now;
  }

  /** Makes a challenge, in base64url. */
  issue(use: ChallengeUse): string {
    const claims = { id: newSecret(), end: this.#now().getTime() + challengeLifetime };
    const [mac = ""] = this.#macs(claims, use);
    return Buffer.from(`${claims.id}.${claims.end}.${mac}`).toString("base64url");
  }

  /** Uses a challenge up; false when it is not for this use, or was used before. */
  async redeem(challenge: string, use: ChallengeUse): Promise<boolean> {
    const claims = this.#verify(challenge, use);
    const timeLeft = (claims?.end ?? 0) - this.#now().getTime();
    if (!claims || timeLeft <= 0) return false;
    const key = ["challenge", claims.id];
    const mark: UsedChallenge = { v: 1, usedBy: newId(), expiresAt: new Date(claims.end) };
    while (true) {
      const operation = this.#kv.atomic().check({ key, versionstamp: null })
        .set(key, mark, { expireIn: timeLeft });
      if ((await operation.commit()).ok) return true;
      const { value, versionstamp } = await this.#kv.get(key);
      const isMine = readUsedChallenge(value)?.usedBy === mark.usedBy; // only an answer was lost
      if (versionstamp !== null) return isMine;
    }
  }

  /** What a challenge says; null when no key of ours made it for this use. */
  #verify(challenge: string, use: ChallengeUse): Claims | null {
    const bytes = decodeBase64Url(challenge);
    const [id = "", end = "", mac = ""] = Buffer.from(bytes ?? []).toString("latin1").split(".");
    const claims = { id, end: Number(end) };
    return this.#macs(claims, use).some((it) => timingSafeEqual(it, mac)) ? claims : null;
  }

  /** Under each key, the newest first. */
  #macs({ id, end }: Claims, { ceremony, boundTo }: ChallengeUse): string[] {
    const text = JSON.stringify([id, end, ceremony, boundTo]);
    return this.#keyring.macs("passkey challenge", text)
      .map((mac) => encodeBase64Url(mac.subarray(0, 32)));
  }
}

/** Reads the mark of a used challenge; null when it is corrupt. */
export function readUsedChallenge(value: unknown): UsedChallenge | null {
  const record = (value ?? {}) as UsedChallenge;
  const isValid = record.v === 1 && typeof record.usedBy === "string" && isDate(record.expiresAt);
  return isValid ? record : null;
}
