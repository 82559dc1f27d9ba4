import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import type { Seal } from "../seal.ts";
import { type Clock, isDate, MINUTE } from "../time.ts";

/** How long a secret waits for the page that shows it, in milliseconds. */
const lifetime = 10 * MINUTE;

/** A secret that its owner has not seen yet. */
interface WaitingSecret {
  readonly v: 1;
  /** Empty once it was shown. */
  readonly sealed: Uint8Array;
  /** A random id of the commit that took it to show it; null before. */
  readonly takenBy: string | null;
  readonly expiresAt: Date;
}

interface ShownOnceParts {
  readonly kv: Kv;
  readonly seal: Seal;
  readonly now: Clock;
}

/**
 * A new secret of each user, such as a set of recovery codes, kept sealed under `[kind, userId]`
 * until its page shows it, once. It is in no cookie and in no URL.
 */
export class ShownOnce {
  readonly #kind: string;
  readonly #parts: ShownOnceParts;

  constructor(kind: "new_recovery_codes" | "new_api_token", parts: ShownOnceParts) {
    this.#kind = kind;
    this.#parts = parts;
  }

  /** Adds a secret to a commit; one that waits already is replaced. */
  put(operation: Deno.AtomicOperation, userId: string, secret: string): void {
    const { seal, now } = this.#parts;
    const key = this.#keyOf(userId);
    const waiting: WaitingSecret = {
      v: 1,
      sealed: seal.seal(secret, key.join(" ")),
      takenBy: null,
      expiresAt: new Date(now().getTime() + lifetime),
    };
    operation.set(key, waiting, { expireIn: lifetime });
  }

  /** The secret, for the one page that shows it; null when it was shown or there is none. */
  async take(userId: string): Promise<string | null> {
    const { kv, seal, now } = this.#parts;
    const takenBy = newId();
    let secret: string | null = null;
    while (true) {
      const entry = await kv.get(this.#keyOf(userId));
      const record = readWaitingSecret(entry.value);
      if (record?.takenBy === takenBy) return secret; // the commit's answer was lost
      const expireIn = (record?.expiresAt.getTime() ?? 0) - now().getTime();
      if (!record || record.takenBy !== null || expireIn <= 0) return null;
      secret = seal.open(record.sealed, entry.key.join(" "));
      const taken: WaitingSecret = { ...record, sealed: new Uint8Array(), takenBy };
      const operation = kv.atomic().check(entry).set(entry.key, taken, { expireIn });
      if ((await operation.commit()).ok) return secret;
    }
  }

  remove(operation: Deno.AtomicOperation, userId: string): void {
    operation.delete(this.#keyOf(userId));
  }

  #keyOf(userId: string): string[] {
    return [this.#kind, userId];
  }
}

/** Reads a record; null when it is corrupt. */
export function readWaitingSecret(value: unknown): WaitingSecret | null {
  const record = (value ?? {}) as WaitingSecret;
  const isValid = record.v === 1 && record.sealed instanceof Uint8Array &&
    (record.takenBy === null || typeof record.takenBy === "string") && isDate(record.expiresAt);
  return isValid ? record : null;
}
