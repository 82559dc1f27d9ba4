import type { Level } from "./events.ts";

/** Where the lines of the log go. */
export interface LogOutput {
  /** Takes one line, and never waits; false when there is no room for it. */
  write(line: string, level: Level): boolean;
  /** Waits until every line is out, but not longer than the deadline, in milliseconds. */
  flush(deadline: number): Promise<void>;
}

/** In milliseconds. */
const BATCH_INTERVAL = 100;
/** In UTF-16 units, which are bytes for nearly all lines. */
const MAX_QUEUE_LENGTH = 2 ** 20;

/** As `Deno.stdout`: writes some of the bytes, and says how many. */
interface Target {
  write(bytes: Uint8Array): Promise<number>;
}

const encoder = new TextEncoder();

/**
 * Queues lines and writes them in batches. Nobody waits for a write, so a full disk or a pipe that
 * nobody reads stops no request: lines stay in the queue while there is room, and are tried again
 * with the next line.
 */
export class LogWriter implements LogOutput {
  #target: Target;
  #lines: string[] = [];
  /** The rest of a batch that has been taken from the queue. */
  #batch = new Uint8Array();
  /** The length of the lines. */
  #queued = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #draining: Promise<void> | null = null;

  constructor(target: Target) {
    this.#target = target;
  }

  write(line: string, level: Level): boolean {
    const length = line.length + 1;
    const hasRoom = this.#queued + this.#batch.length + length <= MAX_QUEUE_LENGTH;
    if (hasRoom) {
      this.#lines.push(line);
      this.#queued += length;
    }
    if (level === "error" || level === "critical") void this.#drain();
    else this.#timer ??= setTimeout(() => this.#drain(), BATCH_INTERVAL);
    return hasRoom;
  }

  async flush(deadline: number): Promise<void> {
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadline);
    await Promise.race([this.#drain(), tooLate]);
    clearTimeout(timer);
  }

  /** Writes the queue until it is empty or a write fails; one write at a time keeps the order. */
  #drain(): Promise<void> {
    this.#stopTimer();
    this.#draining ??= this.#writeAll();
    return this.#draining;
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // so that `#draining` is set first, and unset at the end
    try {
      while (this.#batch.length > 0 || this.#lines.length > 0) {
        if (this.#batch.length === 0) this.#batch = this.#takeLines();
        const written = await this.#target.write(this.#batch);
        if (written === 0) break;
        this.#batch = this.#batch.subarray(written);
      }
    } catch {
      // The rest of the batch is kept for the next time.
    } finally {
      this.#draining = null;
    }
  }

  #takeLines(): Uint8Array<ArrayBuffer> {
    this.#stopTimer();
    const text = this.#lines.join("\n") + "\n";
    this.#lines = [];
    this.#queued = 0;
    return encoder.encode(text);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** For Deno Deploy, whose log is what the console gets. */
export const consoleOutput: LogOutput = {
  write(line) {
    // deno-lint-ignore no-console
    console.log(line);
    return true;
  },
  flush: () => Promise.resolve(),
};
