import { traced } from "../telemetry.ts";
import type { OpenedFile } from "./database_file.ts";
import { type Call, Deadline } from "./deadline.ts";

/** The database did not answer in time, or failed. Whether a write happened is unknown. */
export class StoreUnavailable extends Error {
  override name = "StoreUnavailable";
}

/** A stored value cannot be deserialised: bytes of it changed in the file. */
export class RecordCorrupt extends Error {
  override name = "RecordCorrupt";
  /** The first part of its key: the rest may hold an address. */
  readonly kind: string;

  constructor(kind: unknown, cause: unknown) {
    super(`Cannot read a record of the kind ${kind}: its value is damaged`, { cause });
    this.kind = String(kind);
  }
}

/** How often a commit to a locked file is tried; together well within the deadline. */
const MAX_ATTEMPTS = 12;
/** How many entries of a list KV reads at once, unless it is told: they share a deadline. */
const KV_BATCH_SIZE = 100;
/** What KV says of mistakes of ours; all other errors are outages. */
const misuse =
  /too large|too many|cannot be empty|must be|invalid|is greater than|not serializable|could not be cloned/i;

/** Operations so far, as the budgets count them. */
export interface KvCount {
  /** Keys read, in lists too. */
  keys: number;
  /** Reads side by side count once, and so does a list. */
  roundTrips: number;
  commits: number;
  /** Calls that were given up at their deadline. */
  late: number;
}

type Read = {
  readonly key: Deno.KvKey;
  readonly answer: PromiseWithResolvers<Deno.KvEntryMaybe<unknown>>;
};

/**
 * All access to Deno KV. Every call has a deadline, a commit to a locked file is tried again, keys
 * that are read side by side are read in one round trip and from one snapshot, and operations are
 * counted.
 *
 * A damaged value fails the reads that ask for it with `RecordCorrupt`, and no others.
 */
export class Kv {
  readonly count: KvCount = { keys: 0, roundTrips: 0, commits: 0, late: 0 };
  readonly #deadline: Deadline;
  readonly #kv: Deno.Kv;
  readonly #file: OpenedFile | null;
  #reads: Read[] = [];

  constructor(
    kv: Deno.Kv,
    { deadline, file = null }: { readonly deadline: number; readonly file?: OpenedFile | null },
  ) {
    this.#kv = kv;
    this.#deadline = new Deadline(deadline, () => {
      this.count.late++;
      return unreachable("no answer in time");
    });
    this.#file = file;
  }

  /** How long one call may take, in milliseconds. */
  get deadline(): number {
    return this.#deadline.duration;
  }

  /** Reads one key. Up to ten reads of the same turn are answered from one snapshot. */
  get<T = unknown>(key: Deno.KvKey): Promise<Deno.KvEntryMaybe<T>> {
    const answer = Promise.withResolvers<Deno.KvEntryMaybe<unknown>>();
    this.#reads.push({ key, answer });
    if (this.#reads.length === 1) queueMicrotask(() => this.#readBatch());
    return answer.promise as Promise<Deno.KvEntryMaybe<T>>;
  }

  async *list<T = unknown>(
    selector: Deno.KvListSelector,
    options: Deno.KvListOptions = {},
  ): AsyncGenerator<Deno.KvEntry<T>> {
    this.count.roundTrips++;
    const { batchSize = KV_BATCH_SIZE } = options;
    const entries = this.#kv.list<T>(selector, options);
    while (true) {
      const batch = await this.#withDeadline("kv.list", () => take(entries, batchSize)).catch(
        (error) => {
          if (!isDamage(error)) throw error;
          throw new RecordCorrupt(
            ("prefix" in selector ? selector.prefix : selector.start)[0],
            error,
          );
        },
      );
      for (const entry of batch) {
        this.count.keys++;
        yield entry;
      }
      if (batch.length < batchSize) return;
    }
  }

  /** Writes that happen together or not at all. */
  atomic(): Deno.AtomicOperation {
    const operation = this.#kv.atomic();
    const commit = operation.commit.bind(operation);
    operation.commit = () => {
      this.count.roundTrips++;
      this.count.commits++;
      this.#file?.look(); // a commit to a file that is gone would be lost
      return this.#withDeadline("kv.commit", (call) => retryWhileLocked(commit, call));
    };
    return operation;
  }

  close(): void {
    this.#kv.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #readBatch(): Promise<void> {
    const batch = this.#reads.splice(0, 10); // getMany takes ten
    if (this.#reads.length > 0) queueMicrotask(() => this.#readBatch());
    this.count.roundTrips++;
    this.count.keys += batch.length;
    try {
      await this.#withDeadline("kv.get", () => this.#answer(batch));
    } catch (error) {
      for (const { answer } of batch) answer.reject(error);
    }
  }

  async #answer(batch: readonly Read[]): Promise<void> {
    try {
      const entries = await this.#kv.getMany<unknown[]>(batch.map(({ key }) => key));
      batch.forEach(({ answer }, i) => answer.resolve(entries[i] as Deno.KvEntryMaybe<unknown>));
    } catch (error) {
      if (!isDamage(error)) throw error;
      // One damaged value fails the whole batch. The others are still read from one snapshot.
      const readable = await Promise.all(batch.map((read) => this.#isReadable(read)));
      const rest = batch.filter((_, i) => readable[i]);
      if (rest.length > 0) await this.#answer(rest);
    }
  }

  /** Reads one key alone; answers its read when the value is damaged. */
  async #isReadable({ key, answer }: Read): Promise<boolean> {
    try {
      await this.#kv.get(key);
      return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
      answer.reject(new RecordCorrupt(key[0], error));
      return false;
    }
  }

  /** Gives up at the deadline: a remote database that hangs would be waited for without end. */
  async #withDeadline<T>(name: string, make: (call: Call) => Promise<T>): Promise<T> {
    if (this.#file?.isGone) {
      throw new StoreUnavailable("Cannot use the database: its file was removed or replaced");
    }
    if (!this.#deadline.admits()) throw unreachable("too many calls are under way");
    try {
      return await traced(name, () => this.#deadline.run(make));
    } catch (error) {
      if (error instanceof StoreUnavailable || isDamage(error)) throw error;
      if (error instanceof TypeError && misuse.test(error.message)) throw error;
      throw unreachable("it failed", error);
    }
  }
}

/** The next entries of a list; fewer only at its end. */
async function take<T>(entries: AsyncIterator<T>, size: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < size) {
    const { done, value } = await entries.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

function unreachable(reason: string, cause?: unknown): StoreUnavailable {
  return new StoreUnavailable(`Cannot reach the database: ${reason}`, { cause });
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && error.message.includes("could not deserialize");
}

/** A checked write fails at once while another process writes to the same file. */
async function retryWhileLocked<T>(commit: () => Promise<T>, call: Call): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await commit();
    } catch (error) {
      const locked = error instanceof Error && error.message.includes("database is locked");
      if (!locked || attempt === MAX_ATTEMPTS || call.isLate) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * (2 + jitter())));
    }
  }
}

/** Up to 18 ms, so that two processes do not collide again. */
function jitter(): number {
  return (crypto.getRandomValues(new Uint8Array(1))[0] as number) / 14;
}
