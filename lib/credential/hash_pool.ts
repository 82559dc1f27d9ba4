import { SECOND } from "../time.ts";
import { MAX_CONCURRENT } from "../throttle/concurrency_limit.ts";
import { HashThread } from "./hash_thread.ts";
import { HasherUnavailable, HashTimedOut } from "./hasher_unavailable.ts";
import type { HashJob } from "./hash_algorithms.ts";

const hashDeadline = 10 * SECOND;

const ending = "Cannot hash now: the process ends";

type QueuedJob = { readonly job: HashJob; readonly answer: PromiseWithResolvers<Uint8Array> };

/**
 * Hashes passwords in a few threads of their own, because in the main thread a hash blocks every
 * other request. Jobs beyond them wait in a queue.
 */
export class HashPool {
  readonly #threads: readonly HashThread[];
  /** The one that hashed last comes first: its worker runs already. */
  readonly #idle: HashThread[];
  readonly #queue: QueuedJob[] = [];
  #isRefusing = false;

  /** @param deadline Of one hash, in milliseconds. */
  constructor(threads: number, startWorker = startPasswordWorker, deadline = hashDeadline) {
    // Without workers every thread is the main one: there, one hash at a time is enough.
    const length = typeof Worker === "undefined" ? 1 : threads;
    this.#threads = Array.from({ length }, () => new HashThread(startWorker, deadline));
    this.#idle = [...this.#threads];
  }

  /**
   * Makes one hash.
   *
   * @throws {HasherUnavailable} When too many jobs wait, at once; also when the hash failed.
   * @throws {HashTimedOut} When the hash took too long.
   */
  readonly hash = (job: HashJob): Promise<Uint8Array> => {
    if (this.#isRefusing) return Promise.reject(new HasherUnavailable(ending));
    if (this.#queue.length >= MAX_CONCURRENT) {
      return Promise.reject(new HasherUnavailable("Cannot hash now: too many are waiting"));
    }
    const answer = Promise.withResolvers<Uint8Array>();
    this.#queue.push({ job, answer });
    this.#startNext();
    return answer.promise;
  };

  /** How many jobs wait for a thread. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Refuses the jobs that wait, and all later ones: the process ends soon. */
  refuse(): void {
    this.#isRefusing = true;
    for (const { answer } of this.#queue.splice(0)) answer.reject(new HasherUnavailable(ending));
  }

  /** Ends the threads. */
  close(): void {
    for (const thread of this.#threads) thread.end();
  }

  #startNext(): void {
    const thread = this.#idle.at(-1);
    const next = thread && this.#queue.shift();
    if (!next) return;
    this.#idle.pop();
    void this.#run(thread, next);
  }

  async #run(thread: HashThread, { job, answer }: QueuedJob): Promise<void> {
    const hash = thread.hash(job).finally(() => {
      this.#idle.push(thread);
      this.#startNext();
    });
    await hash.then(answer.resolve, (cause) => {
      answer.reject(
        cause instanceof HashTimedOut
          ? cause
          : new HasherUnavailable("Cannot hash now: the hash failed", { cause }),
      );
    });
  }
}

function startPasswordWorker(): Worker {
  return new Worker(new URL("./hash_worker.ts", import.meta.url), { type: "module" });
}
