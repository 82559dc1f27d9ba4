import { deriveKey } from "./keys.ts";
import { type Kv, StoreUnavailable } from "./kv.ts";
import { type Clock, MINUTE } from "./time.ts";
import { counted, growingWaits, readTries, refilled, type Rule, type Tries } from "./tries.ts";

/** What is counted: tries with one account, with one account from a browser it knows, and from one network. */
export interface Limit {
  readonly kind: "account" | "device" | "network" | "registration";
  /** Whose tries: an e-mail address, a device, a network. It is stored as a digest only. */
  readonly name: string;
}

interface Entry {
  readonly key: Deno.KvKey;
  readonly value: Tries | null;
  readonly versionstamp: string | null;
}

/** A reserved try: so much of this count may be taken back. */
interface Taken {
  readonly entry: Entry;
  readonly count: number;
}

/** Tries that were counted before they are known to have failed. */
export interface Reservation {
  readonly ok: true;
  /** Tries in a row, this one among them. */
  readonly count: number;
  readonly taken: readonly Taken[];
}

export type Reserved =
  | Reservation
  | { readonly ok: false; readonly limit: Limit; readonly wait: number };

/** Losing this many races for one try means that something else is wrong. */
const mostRaces = 100;

const rules: Record<Limit["kind"], Rule> = {
  account: growingWaits,
  device: growingWaits,
  network: refilled(50, MINUTE),
  registration: refilled(50, MINUTE),
};

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

  /** Counts a try under all of these limits, if all that judge it allow it; otherwise under none. */
  async reserve(judges: readonly Limit[], others: readonly Limit[] = []): Promise<Reserved> {
    const limits = [...judges, ...others];
    const keys = await Promise.all(limits.map((limit) => this.#keyOf(limit)));
    for (let race = 0; race < mostRaces; race++) {
      const entries = await this.#read(keys);
      const now = this.#now();
      const verdicts = entries.map(({ value }, i) => rules[(limits[i] as Limit).kind](value, now));
      const refused = judges
        .flatMap((limit, i) => verdicts[i]?.ok === false ? { limit, wait: verdicts[i].wait } : [])
        .sort((a, b) => b.wait - a.wait)[0];
      if (refused) return { ok: false, ...refused };

      const next = verdicts.map((verdict, i) => {
        return verdict.ok ? verdict.tries : counted(entries[i]?.value ?? null, now);
      });
      const written = await this.#write(entries, next);
      if (!written) continue;
      const [first] = next as [Tries];
      const taken = written.map((entry, i) => ({ entry, count: i === 0 ? first.count : 1 }));
      return { ok: true, count: first.count, taken };
    }
    throw new StoreUnavailable("Cannot count a try: too many are made at once");
  }

  /** The try succeeded: what stood against the first limit is forgiven, and this try against the others. */
  async forgive({ taken }: Reservation): Promise<void> {
    await this.#takeBack(taken);
  }

  /** The try was never made: it is taken back. */
  async cancel({ taken }: Reservation): Promise<void> {
    await this.#takeBack(taken.map(({ entry }) => ({ entry, count: 1 })));
  }

  /** Begins anew, where what was tried for is no longer the same. */
  async clear(limit: Limit): Promise<void> {
    await this.#kv.atomic().delete(await this.#keyOf(limit)).commit();
  }

  async #takeBack(taken: readonly Taken[]): Promise<void> {
    let entries = taken.map(({ entry }) => entry);
    for (let race = 0; race < mostRaces; race++) {
      const left = entries.map(({ value }, i) => {
        const count = (value?.count ?? 0) - (taken[i] as Taken).count;
        return value && count > 0 ? { ...value, count } : null;
      });
      if (await this.#write(entries, left)) return;
      // Others tried meanwhile: what they were counted for stays.
      entries = await this.#read(entries.map(({ key }) => key));
    }
    throw new StoreUnavailable("Cannot take back a try: too many are made at once");
  }

  /** What has expired counts as absent, but is there for the check of a write. */
  async #read(keys: readonly Deno.KvKey[]): Promise<Entry[]> {
    const now = this.#now();
    const entries = await Promise.all(keys.map((key) => this.#kv.get(key)));
    return entries.map(({ key, value, versionstamp }) => {
      return { key, versionstamp, value: readTries(value, now) };
    });
  }

  /** Null when somebody else wrote first. */
  async #write(
    entries: readonly Entry[],
    next: readonly (Tries | null)[],
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
      await (this.#key ??= importKey(this.#secretKey)),
      new TextEncoder().encode(`${kind}:${name}`),
    );
    return ["rate", kind, btoa(String.fromCharCode(...new Uint8Array(digest, 0, 16)))];
  }
}

async function importKey(secretKey: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const bytes = await deriveKey(secretKey, "rate limit");
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
}
