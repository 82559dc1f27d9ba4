import { hmacKey } from "../keys.ts";
import { type Kv, StoreUnavailable } from "../kv/kv.ts";
import { type Clock, MINUTE, SECOND } from "../time.ts";
import {
  type AttemptCount,
  counted,
  exponentialBackoff,
  readAttemptCount,
  type Rule,
  tokenBucket,
} from "./backoff.ts";

/** What is counted: tries with one account, with one account from a browser it knows, and from one network. */
export interface Limit {
  readonly kind: "account" | "device" | "network" | "registration";
  /** Whose tries: an e-mail address, a device, a network. It is stored as a digest only. */
  readonly name: string;
}

interface Entry {
  readonly key: Deno.KvKey;
  readonly value: AttemptCount | null;
  readonly versionstamp: string | null;
}

/** A try that was counted: what there was before it, and what there is since. */
interface Taken {
  readonly before: AttemptCount | null;
  readonly since: Entry;
}

/** Tries that were counted before they are known to have failed. */
export interface Reservation {
  readonly ok: true;
  /** Tries in a row under the first limit, this one among them. */
  readonly penalty: number;
  readonly taken: readonly Taken[];
}

export type ConsumeResult =
  | Reservation
  | { readonly ok: false; readonly limit: Limit; readonly wait: number };

/** Losing this many races for one try means that something else is wrong. */
const MAX_CONFLICTS = 100;

const rules: Record<Limit["kind"], Rule> = {
  account: exponentialBackoff,
  device: exponentialBackoff,
  network: tokenBucket(100, MINUTE),
  // A school or a conference may register at once; whoever tries out addresses is slowed down.
  registration: tokenBucket(300, 12 * SECOND),
};

/** Whether tries of such a kind are counted. */
export function isLimitKind(word: string): boolean {
  return Object.hasOwn(rules, word);
}

/**
 * Counts tries, kept under `["rate", kind, digest of the name]` and shared by all instances. A try is
 * counted before it is made: of a hundred at once no more get through than of a hundred in a row.
 */
export class RateLimits {
  readonly #kv: Kv;
  readonly #now: Clock;
  readonly #secretKey: Uint8Array<ArrayBuffer>;
  #key: Promise<CryptoKey> | null = null;

  constructor(kv: Kv, now: Clock, secretKey: Uint8Array<ArrayBuffer>) {
    this.#kv = kv;
    this.#now = now;
    this.#secretKey = secretKey;
  }

  /** Counts a try under all of these limits, if all allow it; otherwise under none. */
  async consume(limits: readonly [Limit, ...Limit[]]): Promise<ConsumeResult> {
    const keys = await Promise.all(limits.map((limit) => this.#keyOf(limit)));
    for (let race = 0; race < MAX_CONFLICTS; race++) {
      const entries = await this.#read(keys);
      const now = this.#now();
      const verdicts = entries.map(({ value }, i) => rules[(limits[i] as Limit).kind](value, now));
      const [refused] = verdicts
        .flatMap((it, i) => it.ok ? [] : { limit: limits[i] as Limit, wait: it.wait })
        .sort((a, b) => b.wait - a.wait);
      if (refused) return { ok: false, ...refused };

      const next = verdicts.flatMap((it) => it.ok ? it.tries : []);
      const written = await this.#write(entries, next);
      if (!written) continue;
      const taken = written.map((since, i) => ({ since, before: entries[i]?.value ?? null }));
      return { ok: true, penalty: next[0]?.count ?? 0, taken };
    }
    throw new StoreUnavailable("Cannot count a try: too many are made at once");
  }

  /** Counts a try that was made, whether or not it was allowed; how many in a row there are with it. */
  async count(limit: Limit): Promise<number> {
    const key = await this.#keyOf(limit);
    for (let race = 0; race < MAX_CONFLICTS; race++) {
      const entries = await this.#read([key]);
      const tries = counted(entries[0]?.value ?? null, this.#now());
      if (await this.#write(entries, [tries])) return tries.count;
    }
    throw new StoreUnavailable("Cannot count a try: too many are made at once");
  }

  /** The try succeeded: all that stood against the first limit is forgiven, and this try against the others. */
  async settle({ taken }: Reservation): Promise<void> {
    await this.#takeBack(taken.map((it, i) => i === 0 ? { ...it, before: null } : it));
  }

  /** So many tries are forgiven; what others tried stays. */
  async reward(limit: Limit, count: number): Promise<void> {
    const key = await this.#keyOf(limit);
    for (let race = 0; race < MAX_CONFLICTS; race++) {
      const [entry] = await this.#read([key]) as [Entry];
      if (!entry.value) return;
      const left = entry.value.count - count;
      if (await this.#write([entry], [left > 0 ? { ...entry.value, count: left } : null])) return;
    }
    throw new StoreUnavailable("Cannot take back a try: too many are made at once");
  }

  /** The try was never made: it is taken back. */
  async refund({ taken }: Reservation): Promise<void> {
    await this.#takeBack(taken);
  }

  /** Begins anew, where what was tried for is no longer the same. */
  async delete(limit: Limit): Promise<void> {
    await this.#kv.atomic().delete(await this.#keyOf(limit)).commit();
  }

  /** Puts back what there was before; where others tried since, only this one try. */
  async #takeBack(taken: readonly Taken[]): Promise<void> {
    let entries = taken.map(({ since }) => since);
    for (let race = 0; race < MAX_CONFLICTS; race++) {
      const left = entries.map(({ value, versionstamp }, i) => {
        const { before, since } = taken[i] as Taken;
        if (versionstamp === since.versionstamp) return before;
        return value && value.count > 1 ? { ...value, count: value.count - 1 } : null;
      });
      if (await this.#write(entries, left)) return;
      entries = await this.#read(entries.map(({ key }) => key));
    }
    throw new StoreUnavailable("Cannot take back a try: too many are made at once");
  }

  /** What has expired counts as absent, but is there for the check of a write. */
  async #read(keys: readonly Deno.KvKey[]): Promise<Entry[]> {
    const now = this.#now();
    const entries = await Promise.all(keys.map((key) => this.#kv.get(key)));
    return entries.map(({ key, value, versionstamp }) => {
      return { key, versionstamp, value: readAttemptCount(value, now) };
    });
  }

  /** Null when somebody else wrote first. */
  async #write(
    entries: readonly Entry[],
    next: readonly (AttemptCount | null)[],
  ): Promise<Entry[] | null> {
    const now = this.#now().getTime();
    const operation = this.#kv.atomic().check(...entries);
    entries.forEach(({ key }, i) => {
      const tries = next[i];
      if (!tries) operation.delete(key);
      else operation.set(key, tries, { expireIn: Math.max(1, tries.expiresAt.getTime() - now) });
    });
    const result = await operation.commit();
    if (!result.ok) return null;
    return entries.map(({ key }, i) => {
      const value = next[i] ?? null;
      return { key, value, versionstamp: value && result.versionstamp };
    });
  }

  /** People type passwords where an address belongs: without the key, a digest says nothing of them. */
  async #keyOf({ kind, name }: Limit): Promise<Deno.KvKey> {
    const digest = await crypto.subtle.sign(
      "HMAC",
      await (this.#key ??= hmacKey(this.#secretKey, "rate limit")),
      new TextEncoder().encode(`${kind}:${name}`),
    );
    return ["rate", kind, btoa(String.fromCharCode(...new Uint8Array(digest, 0, 16)))];
  }
}
