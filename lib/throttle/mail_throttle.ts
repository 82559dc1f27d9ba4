import type { Source } from "./concurrency_limit.ts";
import { KeyedMutex } from "./keyed_mutex.ts";
import type { ConsumeResult, RateLimits } from "./rate_limit.ts";

/**
 * Bounds the mails that strangers can cause: for one address and purpose, and from one network. An
 * address without an account is counted like one that has an account.
 */
export class MailThrottle {
  readonly #limits: RateLimits;
  readonly #counting: KeyedMutex;

  /** @param deadline Of one call of the database, in milliseconds. */
  constructor(limits: RateLimits, deadline: number) {
    this.#limits = limits;
    this.#counting = new KeyedMutex(1.5 * deadline);
  }

  /**
   * Counts a mail, unless there were too many. Too many for the address cost what a mail costs.
   *
   * @param email The address, in canonical form.
   */
  consume(source: Source, purpose: string, email: string): Promise<ConsumeResult> {
    const { network, ipv6Block } = source;
    // One at a time for each network: in parallel, they would only cause write conflicts.
    return this.#counting.runExclusive(network, () =>
      this.#limits.consume([
        { kind: "mail", name: `${purpose} ${email}` },
        { kind: "mail_network", name: network },
        ...ipv6Block === null ? [] : [{ kind: "mail_ipv6_block" as const, name: ipv6Block }],
      ]));
  }
}
