import type { Clock } from "../time.ts";
import type { AttemptCount, Decision, Rule } from "./backoff.ts";

/** Beyond this many names the one that came first is forgotten. */
const MAX_NAMES = 10_000;

/** Counts requests in the memory of this process, where a KV operation would cost too much. */
export class MemoryLimit {
  readonly #rule: Rule;
  readonly #now: Clock;
  readonly #counts = new Map<string, AttemptCount>();

  constructor(rule: Rule, now: Clock) {
    this.#rule = rule;
    this.#now = now;
  }

  /** Counts a request under this name, such as a network, if the rule allows it. */
  consume(name: string): Decision {
    const decision = this.#rule(this.#counts.get(name) ?? null, this.#now());
    if (decision.ok) {
      this.#counts.delete(name); // so that it becomes the newest
      this.#counts.set(name, decision.next);
      const [oldest = name] = this.#counts.keys();
      if (this.#counts.size > MAX_NAMES) this.#counts.delete(oldest);
    }
    return decision;
  }
}
