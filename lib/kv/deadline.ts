/** A call that is under way. */
export interface Call {
  /** Whether its time is up: nobody waits for it any more. */
  readonly isLate: boolean;
}

interface PendingCall extends Call {
  isLate: boolean;
  readonly endsAt: number;
  readonly fail: (error: Error) => void;
}

/**
 * Fails calls that take too long. One timer serves all calls that are under way: they may take
 * equally long, so the first one is the first to be late.
 */
export class Deadline {
  /** How long a call may take, in milliseconds. */
  readonly duration: number;
  readonly #makeError: () => Error;
  readonly #calls = new Set<PendingCall>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(duration: number, makeError: () => Error) {
    this.duration = duration;
    this.#makeError = makeError;
  }

  /** How many calls are under way. */
  get underWay(): number {
    return this.#calls.size;
  }

  /** Makes a call; it fails when its time is up. */
  run<T>(make: (call: Call) => Promise<T>): Promise<T> {
    return new Promise((resolve, fail) => {
      const call = { isLate: false, endsAt: performance.now() + this.duration, fail };
      this.#calls.add(call);
      this.#timer ??= setTimeout(() => this.#failLate(), this.duration);
      const succeed = (result: T) => {
        this.#end(call);
        resolve(result);
      };
      const endWith = (error: unknown) => {
        this.#end(call);
        fail(error);
      };
      try {
        make(call).then(succeed, endWith);
      } catch (error) {
        endWith(error);
      }
    });
  }

  #end(call: PendingCall): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #failLate(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const call of this.#calls) {
      if (call.endsAt > now) {
        this.#timer = setTimeout(() => this.#failLate(), call.endsAt - now);
        return;
      }
      this.#calls.delete(call);
      call.isLate = true;
      call.fail(this.#makeError());
    }
  }
}
