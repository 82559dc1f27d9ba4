import { SECOND } from "../time.ts";
import { HashTimedOut } from "./hasher_unavailable.ts";
import type { HashJob, HashRecipe } from "./hash_algorithms.ts";
import type { HashAnswer } from "./hash_worker.ts";

/** Starting a worker costs as much as a hash, and holds up the main thread for a moment. */
const hashesPerWorker = 1000;
/** A worker keeps the memory of its largest hash until it ends. */
const MAX_KEPT_KIB = 65536;
const idleTimeout = 10 * SECOND;

/**
 * A Web Worker that makes one hash at a time. It starts at a hash, and ends when it was idle, made
 * many hashes or a large one, or failed. A runtime without workers hashes in the main thread.
 */
export class HashThread {
  readonly #startWorker: () => Worker;
  readonly #deadline: number;
  #worker: Worker | null = null;
  #hashes = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param deadline Of one hash, in milliseconds. */
  constructor(startWorker: () => Worker, deadline: number) {
    this.#startWorker = startWorker;
    this.#deadline = deadline;
  }

  /**
   * Makes one hash; the one before must be done.
   *
   * @throws {HashTimedOut} When it takes too long.
   */
  async hash(job: HashJob): Promise<Uint8Array> {
    if (typeof Worker === "undefined") {
      return await (await import("./hash_algorithms.ts")).makeHash(job);
    }
    clearTimeout(this.#idleTimer);
    const worker = this.#worker ??= this.#startWorker();
    try {
      const hash = await this.#answerOf(worker, job);
      if (++this.#hashes >= hashesPerWorker || memoryKiB(job.recipe) > MAX_KEPT_KIB) this.end();
      return hash;
    } catch (error) {
      this.end();
      throw error;
    } finally {
      this.#idleTimer = setTimeout(() => this.end(), idleTimeout);
      Deno.unrefTimer(this.#idleTimer);
    }
  }

  /** Ends the worker; another hash starts a new one. */
  end(): void {
    clearTimeout(this.#idleTimer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#hashes = 0;
  }

  async #answerOf(worker: Worker, job: HashJob): Promise<Uint8Array> {
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
    return await answer.promise.finally(() => clearTimeout(timer));
  }
}

function memoryKiB(recipe: HashRecipe): number {
  switch (recipe.algorithm) {
    case "argon2id":
      return recipe.memoryKiB;
    case "scrypt":
      return recipe.cost * recipe.blockSize * recipe.lanes / 8; // blocks of 128 bytes
    default:
      return 0;
  }
}
