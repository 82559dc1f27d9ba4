import { Overloaded } from "./overloaded.ts";

/** Runs the works of one key one after the other, in the order in which they came. */
export class KeyedMutex {
  readonly #maxWait: number;
  readonly #last = new Map<string, Promise<void>>();

  /** @param maxWait How long a work may wait for its turn, in milliseconds. */
  constructor(maxWait: number) {
    this.#maxWait = maxWait;
  }

  /** @throws {Overloaded} When its turn does not come in time; the work is not run. */
  async runExclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    const previous = this.#last.get(key) ?? Promise.resolve();
    const done = Promise.withResolvers<void>();
    // A work that gave up waiting is done, but the next one still waits for those before it.
    const last = previous.then(() => done.promise);
    this.#last.set(key, last);
    try {
      await this.#inTime(previous);
      return await work();
    } finally {
      done.resolve();
      last.then(() => this.#last.get(key) === last && this.#last.delete(key));
    }
  }

  async #inTime(turn: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Overloaded("Cannot begin: those before take too long")),
      this.#maxWait,
    );
    await Promise.race([turn, late.promise]).finally(() => clearTimeout(timer));
  }
}
