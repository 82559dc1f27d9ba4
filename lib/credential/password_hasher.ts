import { SECOND } from "../time.ts";
import { MAX_CONCURRENT } from "../throttle/concurrency_limit.ts";
import type { HashJob } from "./password_hash.ts";
import type { HashAnswer } from "./password_worker.ts";

/** More is asked than can be hashed in good time, or a hash could not be made: try again later. */
export class HasherUnavailable extends Error {
  override name = "HasherUnavailable";
}

/**
 * A worker keeps the memory of its hashes until it ends: five bound it to about 150 MB. An odd number, so that
 * of two kinds of requests that alternate not always the same one meets a new worker.
 */
const hashesPerWorker = 5;
/** In milliseconds. */
const deadline = 10 * SECOND;
/** An idle worker is ended after this long, in milliseconds. */
const idleFor = 10 * SECOND;

type Waiting = { readonly job: HashJob; readonly answer: PromiseWithResolvers<Uint8Array> };

/**
 * Hashes passwords in a Web Worker, one at a time: on the main thread a hash would stop every other
 * request for its whole duration. Where there are no workers it hashes on this thread, one at a time
 * as well.
 */
export class PasswordHasher {
  readonly #startWorker: () => Worker;
  #waiting: Waiting[] = [];
  #worker: Worker | null = null;
  #hashes = 0;
  #running = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(startWorker: () => Worker = startPasswordWorker) {
    this.#startWorker = startWorker;
  }

  /**
   * Makes one hash.
   *
   * @throws {HasherUnavailable} At once when too many are waiting; also when the hash failed.
   */
  readonly hash = (job: HashJob): Promise<Uint8Array> => {
    if (this.#waiting.length >= MAX_CONCURRENT) {
      return Promise.reject(new HasherUnavailable("Cannot hash now: too many are waiting"));
    }
    const answer = Promise.withResolvers<Uint8Array>();
    this.#waiting.push({ job, answer });
    void this.#run();
    return answer.promise;
  };

  /** Ends the worker. */
  close(): void {
    clearTimeout(this.#idle);
    this.#endWorker();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#idle);
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { job, answer } = next;
      await this.#hashOne(job).then(answer.resolve, (cause) => {
        answer.reject(new HasherUnavailable("Cannot hash now: the hash failed", { cause }));
      });
    }
    this.#running = false;
    if (this.#worker) {
      this.#idle = setTimeout(() => this.#endWorker(), idleFor);
      Deno.unrefTimer(this.#idle);
    }
  }

  async #hashOne(job: HashJob): Promise<Uint8Array> {
    const worker = this.#freshWorker();
    if (!worker) return await (await import("./password_hash.ts")).makeHash(job);

    const answer = Promise.withResolvers<Uint8Array>();
    const timer = setTimeout(() => answer.reject(new Error("No answer in time")), deadline);
    worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
      if (data.ok) answer.resolve(data.hash);
      else answer.reject(new Error(data.message));
    };
    worker.onerror = (event: ErrorEvent) => {
      event.preventDefault(); // an uncaught error of a worker would end the process
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

  #freshWorker(): Worker | null {
    if (typeof Worker === "undefined") return null;
    this.#worker ??= this.#startWorker();
    this.#hashes++;
    return this.#worker;
  }

  /** The next worker gets ready while nobody waits for it. */
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
  return new Worker(new URL("./password_worker.ts", import.meta.url), { type: "module" });
}
