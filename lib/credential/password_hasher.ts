import { SECOND } from "../time.ts";
import { MAX_CONCURRENT } from "../throttle/concurrency_limit.ts";
import type { HashJob } from "./hash_algorithms.ts";
import type { HashAnswer } from "./hash_worker.ts";

/** The queue is full, or a hash failed: try again later. */
export class HasherUnavailable extends Error {
  override name = "HasherUnavailable";
}

/** A hash took too long. It held up all others, so it counts as an attempt. */
export class HashTimedOut extends HasherUnavailable {
  override name = "HashTimedOut";
}

/**
 * A worker keeps the memory of its hashes until it ends: after five it holds about 150 MB. The
 * number is odd, so that of two alternating requests not always the same one gets a new worker.
 */
const hashesPerWorker = 5;
const hashDeadline = 10 * SECOND;
const idleTimeout = 10 * SECOND;

const ending = "Cannot hash now: the process ends";

type QueuedJob = { readonly job: HashJob; readonly answer: PromiseWithResolvers<Uint8Array> };

/**
 * Hashes passwords one at a time in a Web Worker, because in the main thread a hash blocks every
 * other request. A runtime without workers hashes in this thread, one at a time as well.
 */
export class PasswordHasher {
  readonly #startWorker: () => Worker;
  readonly #deadline: number;
  #queue: QueuedJob[] = [];
  #worker: Worker | null = null;
  #hashes = 0;
  #isRunning = false;
  #isRefusing = false;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param deadline Of one hash, in milliseconds. */
  constructor(startWorker: () => Worker = startPasswordWorker, deadline = hashDeadline) {
    this.#startWorker = startWorker;
    this.#deadline = deadline;
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
    void this.#run();
    return answer.promise;
  };

  /** Refuses the jobs that wait, and all later ones: the process ends soon. */
  refuse(): void {
    this.#isRefusing = true;
    for (const { answer } of this.#queue.splice(0)) answer.reject(new HasherUnavailable(ending));
  }

  /** Ends the worker. */
  close(): void {
    clearTimeout(this.#idleTimer);
    this.#endWorker();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    clearTimeout(this.#idleTimer);
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const { job, answer } = next;
      await this.#hashOne(job).then(answer.resolve, (cause) => {
        answer.reject(
          cause instanceof HashTimedOut
            ? cause
            : new HasherUnavailable("Cannot hash now: the hash failed", { cause }),
        );
      });
    }
    this.#isRunning = false;
    if (this.#worker) {
      this.#idleTimer = setTimeout(() => this.#endWorker(), idleTimeout);
      Deno.unrefTimer(this.#idleTimer);
    }
  }

  async #hashOne(job: HashJob): Promise<Uint8Array> {
    const worker = this.#takeWorker();
    if (!worker) return await (await import("./hash_algorithms.ts")).makeHash(job);

    const answer = Promise.withResolvers<Uint8Array>();
    const timer = setTimeout(
      () => answer.reject(new HashTimedOut("Cannot hash: it takes too long")),
      this.#deadline,
    );
    worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
      if (data.ok) answer.resolve(data.hash);
      else answer.reject(new Error(data.message));
    };
    worker.onerror = (event: ErrorEvent) => {
      event.preventDefault(); // an uncaught error in a worker ends the process
      answer.reject(new Error(event.message));
    };
    worker.postMessage(job);
    try {
      const hash = await answer.promise;
      if (this.#hashes >= hashesPerWorker) this.#replaceWorker();
      return hash;
    } catch (error) {
      this.#endWorker();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #takeWorker(): Worker | null {
    if (typeof Worker === "undefined") return null;
    this.#worker ??= this.#startWorker();
    this.#hashes++;
    return this.#worker;
  }

  /** Starts the next worker already, so that the next hash does not wait for it. */
  #replaceWorker(): void {
    this.#endWorker();
    this.#worker = this.#startWorker();
  }

  #endWorker(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#hashes = 0;
  }
}

function startPasswordWorker(): Worker {
  return new Worker(new URL("./hash_worker.ts", import.meta.url), { type: "module" });
}
