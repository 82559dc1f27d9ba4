/** Beyond this, calls would only wait for each other; a refused one can come back sooner. */
const MAX_CALLS = 1000;
/** Late calls that have not ended: with as many, the database is away, and each more is a burden. */
const MAX_ABANDONED = 100;
/** How many deadlines apart calls are made then, to see whether it is back. */
const PROBE_INTERVAL = 5;

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
  /** Late calls that have not ended since the database was last in time. */
  readonly #abandoned = new Set<PendingCall>();
  #nextProbe = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(duration: number, makeError: () => Error) {
    this.duration = duration;
    this.#makeError = makeError;
  }

  /** How many calls are under way. */
  get underWay(): number {
    return this.#calls.size;
  }

  /**
   * Whether another call may begin. A late call goes on, although nobody waits for it: Deno sends it
   * to a remote database again and again until that answers. During an outage such calls would pile
   * up, so after a hundred only one now and then is made.
   */
  admits(): boolean {
    if (this.#calls.size >= MAX_CALLS) return false;
    if (this.#abandoned.size < MAX_ABANDONED) return true;
    const now = performance.now();
    if (now < this.#nextProbe) return false;
    this.#nextProbe = now + PROBE_INTERVAL * this.duration;
    return true;
  }

  /** Makes a call; it fails when its time is up. */
  run<T>(make: (call: Call) => Promise<T>): Promise<T> {
    return new Promise((resolve, fail) => {
      const call = { isLate: false, endsAt: performance.now() + this.duration, fail };
      this.#calls.add(call);
      this.#timer ??= setTimeout(() => this.#failLate(), this.duration);
      const succeed = (result: T) => {
        // Calls that are lost for good, such as those on a dead connection, are not waited for.
        if (!call.isLate) this.#abandoned.clear();
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
    this.#abandoned.delete(call);
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
      this.#abandoned.add(call);
      call.isLate = true;
      call.fail(this.#makeError());
    }
  }
}
