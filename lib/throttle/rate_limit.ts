import { type Kv, StoreUnavailable } from "../kv/kv.ts";
import type { Write } from "../kv/write.ts";
import { encodeBase64Url } from "../login/bytes.ts";
import type { Keyring } from "../login/keyring.ts";
import { type Clock, HOUR, MINUTE, SECOND } from "../time.ts";
import {
  addAttempt,
  type AttemptCount,
  countedOnly,
  exponentialBackoff,
  fixedWindow,
  readAttemptCount,
  type Rule,
  tokenBucket,
} from "./backoff.ts";

/** Codes beside the password, each with a count of its own: one that waits closes no other. */
export type FactorLimit = "totp" | "recovery_code";

/** Whose attempts are counted. */
export interface Limit {
  readonly kind:
    | "account"
    | "device"
    | FactorLimit
    | "passkey"
    | "network"
    | "ipv6_block"
    | "registration"
    | "registration_ipv6_block"
    | "mail"
    | "mail_network"
    | "mail_ipv6_block"
    | "new_browser"
    | "api_token";
  /** A user with their epoch, an address, a device id, a network or a block; stored as a digest. */
  readonly name: string;
}

interface Entry {
  readonly key: Deno.KvKey;
  readonly value: AttemptCount | null;
  readonly versionstamp: string | null;
}

/** One limit's count before an attempt was added, and the record with it. */
interface Consumed {
  readonly before: AttemptCount | null;
  readonly after: Entry;
}

/** An attempt that was counted before it is evaluated. */
export interface Reservation {
  readonly ok: true;
  /** Attempts in a row under the first limit, with this one. */
  readonly count: number;
  /** Attempts under the limit that was only read, without those that the user was told about. */
  readonly untold: number;
  /** Counts one more under that limit, in somebody's commit; null when it allows no more. */
  readonly oneMore: Write | null;
  readonly consumed: readonly Consumed[];
}

export type ConsumeResult =
  | Reservation
  | { readonly ok: false; readonly limit: Limit; readonly wait: number };

/** Give up after this many write conflicts. */
const MAX_CONFLICTS = 100;

/** Requests of one API token, in each window. */
export const API_REQUESTS = 60;
/** In milliseconds. */
export const API_WINDOW: number = MINUTE;

const rules: Record<Limit["kind"], Rule> = {
  account: exponentialBackoff,
  device: exponentialBackoff,
  totp: exponentialBackoff,
  recovery_code: exponentialBackoff,
  passkey: countedOnly, // nobody can guess a signature
  network: tokenBucket(100, MINUTE),
  // Four networks of an IPv6 /48: a person may have all its 65,536.
  ipv6_block: tokenBucket(400, 15 * SECOND),
  // A school or a conference may register at once; an attacker who tries addresses is slowed down.
  registration: tokenBucket(300, 12 * SECOND),
  registration_ipv6_block: tokenBucket(1200, 3 * SECOND),
  // For one purpose: who lost a mail gets another at once, and nobody fills a mailbox.
  mail: tokenBucket(3, HOUR),
  mail_network: tokenBucket(60, MINUTE),
  mail_ipv6_block: tokenBucket(240, 15 * SECOND),
  // Mails to one user: somebody who knows the password must not bury the first among hundreds.
  new_browser: tokenBucket(5, HOUR),
  api_token: fixedWindow(API_REQUESTS, API_WINDOW),
};

/**
 * A refusal under these must look like an admission: it would tell that somebody else asked. The
 * attempt counts under the other limits all the same, and costs the same write.
 */
const hiddenRefusals: readonly Limit["kind"][] = ["mail"];

export function isLimitKind(word: string): word is Limit["kind"] {
  return Object.hasOwn(rules, word);
}

/**
 * Counts attempts, kept under `["rate", kind, digest of the name]` and shared by all instances. An
 * attempt is counted before it is evaluated: of 100 at once no more get through than of 100 in a
 * row.
 */
export class RateLimits {
  readonly #kv: Kv;
  readonly #keyring: Keyring;
  readonly #now: Clock;

  constructor(kv: Kv, keyring: Keyring, now: Clock) {
    this.#kv = kv;
    this.#keyring = keyring;
    this.#now = now;
  }

  /**
   * Counts an attempt under all of these limits if all allow it, and otherwise under none (but see
   * `hiddenRefusals`).
   *
   * @param readOnly A limit that is only read, side by side with the others.
   */
  async consume(limits: readonly [Limit, ...Limit[]], readOnly?: Limit): Promise<ConsumeResult> {
    const all = readOnly ? [...limits, readOnly] : limits;
    const keys = all.map((limit) => this.#keyOf(limit));
    return await retryConflicts(async () => {
      const read = await this.#read(keys);
      const entries = read.slice(0, limits.length);
      const now = this.#now();
      const decisions = entries.map(({ value }, i) => rules[(limits[i] as Limit).kind](value, now));
      const refusals = decisions
        .flatMap((it, i) => it.ok ? [] : { limit: limits[i] as Limit, wait: it.wait })
        .sort((a, b) => b.wait - a.wait);
      const shown = refusals.find(({ limit }) => !hiddenRefusals.includes(limit.kind));
      if (shown) return { ok: false, ...shown };

      const next = decisions.map((it, i) => it.ok ? it.next : entries[i]?.value ?? null);
      const written = await this.#write(entries, next);
      if (!written) return null;
      const [hidden] = refusals;
      if (hidden) return { ok: false, ...hidden };
      const consumed = written.map((after, i) => ({ after, before: entries[i]?.value ?? null }));
      const other = readOnly && read[limits.length];
      const { count: known = 0, told = 0 } = other?.value ?? {};
      const oneMore = other ? oneMoreOf(readOnly, other, now) : null;
      return { ok: true, count: next[0]?.count ?? 0, untold: known - told, oneMore, consumed };
    });
  }

  /** Counts a failure, whether or not the limit allows another; gives the number in a row. */
  async penalty(limit: Limit): Promise<number> {
    const key = this.#keyOf(limit);
    return await retryConflicts(async () => {
      const entries = await this.#read([key]);
      const next = addAttempt(entries[0]?.value ?? null, this.#now());
      return await this.#write(entries, [next]) ? next.count : null;
    });
  }

  /** Forgets every attempt. */
  async clear(limit: Limit): Promise<void> {
    await this.#kv.atomic().delete(this.#keyOf(limit)).commit();
  }

  /** Notes that the user was told about the failures so far. */
  async setTold(limit: Limit): Promise<void> {
    const key = this.#keyOf(limit);
    await retryConflicts(async () => {
      const [entry] = await this.#read([key]) as [Entry];
      if (!entry.value) return true;
      return await this.#write([entry], [{ ...entry.value, told: entry.value.count }]);
    });
  }

  /** Takes back this many failures; those that others added stay. */
  async reward(limit: Limit, count: number): Promise<void> {
    const key = this.#keyOf(limit);
    await retryConflicts(async () => {
      const [entry] = await this.#read([key]) as [Entry];
      if (!entry.value) return true;
      const left = entry.value.count - count;
      return await this.#write([entry], [left > 0 ? { ...entry.value, count: left } : null]);
    });
  }

  /** The attempt succeeded: clears the first limit, and takes this attempt back from the others. */
  async settle({ consumed }: Reservation): Promise<void> {
    await this.#takeBack(consumed.map((it, i) => i === 0 ? { ...it, before: null } : it));
  }

  /** The attempt was not evaluated: takes it back from every limit. */
  async refund({ consumed }: Reservation): Promise<void> {
    await this.#takeBack(consumed);
  }

  /** Restores each count; where others added attempts meanwhile, takes back this one only. */
  async #takeBack(consumed: readonly Consumed[]): Promise<void> {
    let entries = consumed.map(({ after }) => after);
    await retryConflicts(async () => {
      const left = entries.map(({ value, versionstamp }, i) => {
        const { before, after } = consumed[i] as Consumed;
        if (versionstamp === after.versionstamp) return before;
        return value && value.count > 1 ? { ...value, count: value.count - 1 } : null;
      });
      if (await this.#write(entries, left)) return true;
      entries = await this.#read(entries.map(({ key }) => key));
      return null;
    });
  }

  /** Reads counts; null for an expired one, with the versionstamp that a checked write needs. */
  async #read(keys: readonly Deno.KvKey[]): Promise<Entry[]> {
    const now = this.#now();
    const entries = await Promise.all(keys.map((key) => this.#kv.get(key)));
    return entries.map(({ key, value, versionstamp }) => {
      return { key, versionstamp, value: readAttemptCount(value, now) };
    });
  }

  /** Writes the next counts, null deletes; the result is null after a conflict. */
  async #write(
    entries: readonly Entry[],
    next: readonly (AttemptCount | null)[],
  ): Promise<Entry[] | null> {
    const now = this.#now().getTime();
    const operation = this.#kv.atomic().check(...entries);
    entries.forEach(({ key }, i) => {
      const count = next[i];
      if (!count) operation.delete(key);
      else operation.set(key, count, { expireIn: Math.max(1, count.expiresAt.getTime() - now) });
    });
    const result = await operation.commit();
    if (!result.ok) return null;
    return entries.map(({ key }, i) => {
      const value = next[i] ?? null;
      return { key, value, versionstamp: value && result.versionstamp };
    });
  }

  /** People type passwords as addresses: without the key nobody can guess them from a digest. */
  #keyOf({ kind, name }: Limit): Deno.KvKey {
    const [mac] = this.#keyring.macs("rate limit", `${kind}:${name}`);
    return ["rate", kind, encodeBase64Url(mac.subarray(0, 16))];
  }
}

/** The write that counts one more attempt, if the limit allows it. */
function oneMoreOf({ kind }: Limit, { key, value }: Entry, now: Date): Write | null {
  const decision = rules[kind](value, now);
  if (!decision.ok) return null;
  const { next } = decision;
  const expireIn = next.expiresAt.getTime() - now.getTime();
  return { key: key.map(String), value: next, expireIn };
}

/** Runs a read and a checked write until it succeeds; null from `attempt` means a conflict. */
async function retryConflicts<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const result = await attempt();
    if (result !== null) return result;
  }
  throw new StoreUnavailable("Cannot count an attempt: too many are made at once");
}
