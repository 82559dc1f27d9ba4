import type { Limit, RateLimits, Reservation } from "../rate_limit.ts";
import type { Turnstile } from "../turnstile.ts";
import { canonicalEmail } from "./email.ts";
import type { KnownDevices } from "./known_device.ts";
import { HasherUnavailable } from "./password_hasher.ts";

/** Who presents a credential: for which account, from which network, in which browser. */
export interface Presenter {
  /** The e-mail address, as it was typed or as it is. */
  readonly email: string;
  readonly network: string;
  /** The device cookie, if the browser has one. */
  readonly deviceCookie: string | undefined;
}

/** The outcome of an attempt that was evaluated, or the seconds to wait before the next one. */
export type Attempted<Outcome> =
  | {
    readonly evaluated: true;
    readonly outcome: Outcome;
    /** Attempts in a row for this account, this one among them. */
    readonly count: number;
    /** After a success: the cookie by which the browser is known from now on. */
    readonly deviceCookie: string | null;
  }
  | { readonly evaluated: false; readonly retryAfter: number; readonly limit: Limit["kind"] };

/**
 * The one door through which every credential is presented: at once as many as can be hashed, and of one
 * account and one network as many as the limits allow. An attempt is counted before it is evaluated.
 */
export class Attempts {
  readonly #limits: RateLimits;
  readonly #devices: KnownDevices;
  readonly #turnstile: Turnstile;
  readonly #queues = new Map<string, Promise<void>>();

  constructor(limits: RateLimits, devices: KnownDevices, turnstile: Turnstile) {
    this.#limits = limits;
    this.#devices = devices;
    this.#turnstile = turnstile;
  }

  /**
   * Evaluates a credential, unless too many were wrong. Accounts that do not exist are counted alike.
   *
   * @throws {HasherUnavailable} At once, when too many are inside.
   */
  async present<Outcome extends { readonly ok: boolean }>(
    presenter: Presenter,
    evaluate: () => Promise<Outcome>,
  ): Promise<Attempted<Outcome>> {
    const { network, deviceCookie } = presenter;
    const name = canonicalEmail(presenter.email) ?? presenter.email.trim();
    const device = await this.#devices.recognise(deviceCookie, name);
    const account: Limit = { kind: "account", name };
    // A known browser is judged by its own tries only: others must not lock the owner out.
    const [judges, others]: Limit[][] = device
      ? [[{ kind: "device", name: `${device} ${name}` }], [account]]
      : [[account, { kind: "network", name: network }], []];

    return await this.#inside(device ?? network, device ? "known" : "unknown", () => {
      // One after the other: those still under way are counted, and must not make the next ones wait.
      return this.#inTurn(`${device} ${name}`, async () => {
        const reserved = await this.#limits.reserve(judges as Limit[], others);
        if (!reserved.ok) return waitFor(reserved.wait, reserved.limit);
        const outcome = await this.#evaluate(reserved, evaluate);
        if (outcome.ok) await this.#limits.forgive(reserved);
        return {
          evaluated: true,
          outcome,
          count: reserved.count,
          deviceCookie: outcome.ok ? await this.#devices.remember(deviceCookie, name) : null,
        };
      });
    });
  }

  /** Registers somebody, unless too many were registered from this network. */
  async register<Outcome extends { readonly ok: boolean }>(
    { email, network, deviceCookie }: Presenter,
    create: () => Promise<Outcome>,
  ): Promise<Attempted<Outcome>> {
    return await this.#inside(network, "unknown", async () => {
      const reserved = await this.#limits.reserve([{ kind: "registration", name: network }]);
      if (!reserved.ok) return waitFor(reserved.wait, reserved.limit);
      const outcome = await this.#evaluate(reserved, create);
      const name = canonicalEmail(email) ?? email.trim();
      return {
        evaluated: true,
        outcome,
        count: reserved.count,
        deviceCookie: outcome.ok ? await this.#devices.remember(deviceCookie, name) : null,
      };
    });
  }

  /** Begins anew for an account whose credential was replaced. */
  async forget(email: string): Promise<void> {
    await this.#limits.clear({ kind: "account", name: email });
  }

  /** An attempt that could not be evaluated was none. */
  async #evaluate<T>(reserved: Reservation, evaluate: () => Promise<T>): Promise<T> {
    try {
      return await evaluate();
    } catch (error) {
      await this.#limits.cancel(reserved).catch(() => {}); // the store may be what failed
      throw error;
    }
  }

  async #inside<T>(
    party: string,
    standing: "known" | "unknown",
    work: () => Promise<T>,
  ): Promise<T> {
    if (!this.#turnstile.enter(party, standing)) {
      throw new HasherUnavailable("Cannot hash now: too many are inside");
    }
    try {
      return await work();
    } finally {
      this.#turnstile.leave(party);
    }
  }

  async #inTurn<T>(queue: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(queue);
    const done = Promise.withResolvers<void>();
    this.#queues.set(queue, done.promise);
    await before;
    try {
      return await work();
    } finally {
      done.resolve();
      if (this.#queues.get(queue) === done.promise) this.#queues.delete(queue);
    }
  }
}

function waitFor(wait: number, { kind }: Limit) {
  return { evaluated: false, retryAfter: Math.ceil(wait / 1000), limit: kind } as const;
}
