import { type Clock, SECOND } from "../time.ts";
import { KeyedMutex } from "./keyed_mutex.ts";
import { API_REQUESTS, type RateLimits } from "./rate_limit.ts";

/** What is left to an API token; times are in seconds, rounded up. */
export type ApiQuota =
  | { readonly ok: true; readonly remaining: number; readonly resetsIn: number }
  | { readonly ok: false; readonly resetsIn: number };

/** Bounds the requests of each API token, whatever networks they come from. */
export class ApiThrottle {
  readonly #limits: RateLimits;
  readonly #now: Clock;
  readonly #counting: KeyedMutex;

  /** @param deadline Of one call of the database, in milliseconds. */
  constructor(limits: RateLimits, now: Clock, deadline: number) {
    this.#limits = limits;
    this.#now = now;
    this.#counting = new KeyedMutex(1.5 * deadline);
  }

  /** Counts a request of a token, which has proved to be one. */
  consume(tokenId: string): Promise<ApiQuota> {
    // One at a time for each token: in parallel, they would only cause write conflicts.
    return this.#counting.runExclusive(tokenId, async () => {
      const counted = await this.#limits.consume([{ kind: "api_token", name: tokenId }]);
      if (!counted.ok) return { ok: false, resetsIn: Math.ceil(counted.wait / SECOND) };
      const end = counted.consumed[0]?.after.value?.expiresAt ?? this.#now();
      const resetsIn = Math.ceil((end.getTime() - this.#now().getTime()) / SECOND);
      return { ok: true, remaining: API_REQUESTS - counted.count, resetsIn };
    });
  }
}
