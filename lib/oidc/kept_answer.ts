import { type Clock, SECOND } from "../time.ts";
import type { ProviderFailure } from "./provider.ts";

/** In milliseconds. */
const FAILURE_PAUSE = 5 * SECOND;

interface Dated<Value> {
  readonly value: Value;
  readonly at: Date;
}

/** One answer of a provider, kept for a while. Requests at the same time share one question. */
export class KeptAnswer<Answer extends { readonly ok: true }> {
  readonly #ask: () => Promise<Answer | ProviderFailure>;
  readonly #now: Clock;
  #answer: Dated<Answer> | null = null;
  #failure: Dated<ProviderFailure> | null = null;
  #pending: Promise<Answer | ProviderFailure> | null = null;

  constructor(ask: () => Promise<Answer | ProviderFailure>, now: Clock) {
    this.#ask = ask;
    this.#now = now;
  }

  /**
   * An answer of less than this age, in milliseconds; a failure does not replace one.
   *
   * @param pause How long nobody asks again after a failure, in milliseconds.
   */
  async get(maxAge: number, pause = FAILURE_PAUSE): Promise<Answer | ProviderFailure> {
    if (this.#answer && this.#age(this.#answer) < maxAge) return this.#answer.value;
    if (this.#failure && this.#age(this.#failure) < pause) return this.#failure.value;
    return await (this.#pending ??= this.#renew());
  }

  async #renew(): Promise<Answer | ProviderFailure> {
    const at = this.#now();
    try {
      const value = await this.#ask();
      if (value.ok) this.#answer = { value, at };
      this.#failure = value.ok ? null : { value, at: this.#now() };
      return value;
    } finally {
      this.#pending = null;
    }
  }

  #age({ at }: Dated<unknown>): number {
    return this.#now().getTime() - at.getTime();
  }
}
