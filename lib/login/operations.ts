/** What one request does that may set a cookie: the answer waits for it. */
export class Operations {
  /** Those that are under way, each with its name; null for the authentication. */
  readonly #running = new Map<Promise<unknown>, string | null>();
  #started = 0;
  #answered = false;

  /** Whether the answer has begun: from then on no cookie can be set. */
  get answered(): boolean {
    return this.#answered;
  }

  /**
   * Runs an operation that needs a cookie.
   *
   * @throws {Error} When the answer has begun.
   */
  run<T>(name: string, operation: () => T | Promise<T>): Promise<T> {
    if (this.#answered) return Promise.reject(tooLate(name));
    const result = operation(); // what it throws at once fails the handler, awaited or not
    if (result instanceof Promise) return this.waitFor(result, name);
    this.#started++;
    return Promise.resolve(result);
  }

  /** Lets the answer wait for a promise. */
  waitFor<T>(promise: Promise<T>, name: string | null = null): Promise<T> {
    const done = () => void this.#running.delete(promise);
    this.#running.set(promise, name);
    this.#started++;
    promise.then(done, done);
    return promise;
  }

  /**
   * Waits until no operation is under way, and none began while `last` ran; then the answer begins.
   *
   * @returns The names of the operations that the handler did not await.
   * @throws {unknown} The error of one of them.
   */
  async finish(last: () => void): Promise<readonly string[]> {
    const forgotten = new Set<string>();
    let started: number;
    do {
      started = this.#started;
      for (const name of this.#running.values()) if (name !== null) forgotten.add(name);
      await Promise.all(this.#running.keys());
      last();
    } while (this.#running.size > 0 || this.#started > started);
    this.#answered = true;
    return [...forgotten];
  }

  /** Lets no operation set a cookie any more: the answer to a WebSocket cannot. */
  close(): void {
    this.#answered = true;
  }
}

/** The error of an operation that came after the answer had begun. */
export function tooLate(name: string): Error {
  return new Error(
    `Cannot ${name}: the answer has begun, so no cookie can be set; ` +
      "await it before the handler returns a response or a stream",
  );
}

/** The error of an operation that the handler did not await: the answer had to wait for it. */
export function notAwaited(name: string): Error {
  return new Error(`A handler did not wait to ${name}: await it before the handler returns`);
}
