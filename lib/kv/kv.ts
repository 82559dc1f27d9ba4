import { damagedVersion, getAround, isDamage, listAround } from "./damage.ts";
import { SECOND } from "../time.ts";

/** The store did not answer, or answered that it cannot. Nothing is known about what was asked of it. */
export class StoreUnavailable extends Error {
  override name = "StoreUnavailable";
}

/** A second process on the same file may hold it again and again: together they stay within the deadline. */
const MAX_ATTEMPTS = 12;
/** More calls at once would only wait for each other; what is refused at once can be tried again sooner. */
const MAX_CONCURRENT_CALLS = 1000;
/** KV's complaints about our own mistakes; everything else it throws is its own trouble. */
const misuse =
  /too large|too many|cannot be empty|must be|invalid|not serializable|could not be cloned/i;

/** Operations so far, as the budgets count them. */
export interface KvCount {
  /** Keys read, in lists too. */
  keys: number;
  /** Times the store was asked to read or write: what was asked side by side counts once. */
  roundTrips: number;
  /** Writes that were asked for. */
  commits: number;
  /** Lists that could not give all that is there. */
  damages: number;
}

type Reading = {
  readonly key: Deno.KvKey;
  readonly answer: PromiseWithResolvers<Deno.KvEntryMaybe<unknown>>;
};

/**
 * The one door to Deno KV. Every call has a deadline, a busy file is tried again, what is read side
 * by side is read in one round trip and from one snapshot, and operations are counted.
 */
export class Kv {
  readonly count: KvCount = { keys: 0, roundTrips: 0, commits: 0, damages: 0 };
  /** How long one call may take unless it is told otherwise, in milliseconds. */
  static deadline = 2 * SECOND;
  deadline = Kv.deadline;
  readonly #kv: Deno.Kv;
  #waiting: Reading[] = [];
  #underWay = 0;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** Reads one key. Reads that are asked for in the same turn, up to ten, are answered from one snapshot. */
  get<T = unknown>(key: Deno.KvKey): Promise<Deno.KvEntryMaybe<T>> {
    const answer = Promise.withResolvers<Deno.KvEntryMaybe<unknown>>();
    this.#waiting.push({ key, answer });
    if (this.#waiting.length === 1) queueMicrotask(() => this.#read());
    return answer.promise as Promise<Deno.KvEntryMaybe<T>>;
  }

  /** Lists entries; after damage the rest may come in another order. */
  async *list<T = unknown>(selector: Deno.KvListSelector): AsyncGenerator<Deno.KvEntry<T>> {
    this.count.roundTrips++;
    let last: Deno.KvKey | null = null;
    try {
      for await (const entry of this.#entries<T>(selector)) {
        last = entry.key;
        yield entry;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.count.damages++;
      yield* listAround<T>((rest, options) => this.#entries(rest, options), selector, last);
    }
  }

  /** Writes that happen together or not at all. */
  atomic(): Deno.AtomicOperation {
    const operation = this.#kv.atomic();
    const check = operation.check.bind(operation);
    const commit = operation.commit.bind(operation);
    // What cannot be read cannot be compared: all that is left is to write over it, or to delete it.
    operation.check = (...checks) =>
      check(...checks.filter(({ versionstamp }) => versionstamp !== damagedVersion));
    operation.commit = () => {
      this.count.roundTrips++;
      this.count.commits++;
      return this.#withDeadline((late) => this.#retryWhileLocked(commit, late));
    };
    return operation;
  }

  close(): void {
    this.#kv.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *#entries<T>(
    selector: Deno.KvListSelector,
    options?: Deno.KvListOptions,
  ): AsyncGenerator<Deno.KvEntry<T>> {
    const entries = this.#kv.list<T>(selector, options);
    while (true) {
      const { done, value } = await this.#withDeadline(() => entries.next());
      if (done) return;
      this.count.keys++;
      yield value;
    }
  }

  async #read(): Promise<void> {
    const batch = this.#waiting.splice(0, 10); // getMany takes ten
    if (this.#waiting.length > 0) queueMicrotask(() => this.#read());
    this.count.roundTrips++;
    this.count.keys += batch.length;
    try {
      const keys = batch.map(({ key }) => key);
      const entries = await this.#withDeadline(() => this.#getMany(keys));
      batch.forEach(({ answer }, i) => answer.resolve(entries[i] as Deno.KvEntryMaybe<unknown>));
    } catch (error) {
      for (const { answer } of batch) answer.reject(error);
    }
  }

  async #getMany(keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<unknown>[]> {
    try {
      return await this.#kv.getMany<unknown[]>(keys);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return await getAround(this.#kv, keys);
    }
  }

  /** Gives up at the deadline: a remote database that hangs or fails would be waited for forever. */
  async #withDeadline<T>(call: (late: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#underWay >= MAX_CONCURRENT_CALLS) {
      throw new StoreUnavailable("Cannot reach the store: too much is asked of it at once");
    }
    this.#underWay++;
    const late = new AbortController();
    const noAnswer = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.abort();
      noAnswer.reject(new StoreUnavailable("Cannot reach the store: it did not answer in time"));
    }, this.deadline);
    try {
      return await Promise.race([call(late.signal), noAnswer.promise]);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      if (error instanceof TypeError && misuse.test(error.message)) throw error;
      throw new StoreUnavailable("Cannot reach the store: it failed", { cause: error });
    } finally {
      this.#underWay--;
      clearTimeout(timer);
    }
  }

  /** Another process that writes to the same file makes checked writes fail at once. */
  async #retryWhileLocked<T>(commit: () => Promise<T>, late: AbortSignal): Promise<T> {
    for (let attempt = 1;; attempt++) {
      try {
        return await commit();
      } catch (error) {
        const locked = error instanceof Error && error.message.includes("database is locked");
        if (!locked || attempt === MAX_ATTEMPTS || late.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, attempt * (2 + jitter())));
      }
    }
  }
}

/** Up to 18 ms, so that two processes do not meet again. */
function jitter(): number {
  return (crypto.getRandomValues(new Uint8Array(1))[0] as number) / 14;
}
