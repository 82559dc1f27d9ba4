import type { ConsumeResult, Limit, RateLimits, Reservation } from "./rate_limit.ts";
import { SECOND } from "../time.ts";
import type { ConcurrencyLimit } from "./concurrency_limit.ts";
import { canonicalEmail } from "../account/email.ts";
import type { DeviceCookies } from "./device_cookie.ts";
import { HasherUnavailable } from "../credential/password_hasher.ts";
import type { User } from "../account/user.ts";

/** Who presents a credential: for which account, from which network, in which browser. */
export interface AttemptContext {
  /** The e-mail address, as it was typed or as it is. */
  readonly email: string;
  readonly network: string;
  /** The device cookie, if the browser has one. */
  readonly deviceCookie: string | undefined;
}

/** What evaluating a credential says. */
export type Outcome = { readonly ok: true; readonly user: User } | { readonly ok: false };

/** An attempt that was evaluated, or the seconds to wait before the next one. */
export type AttemptResult<O extends Outcome> =
  | {
    readonly evaluated: true;
    readonly outcome: O;
    /** How many were wrong in a row, by each count: before a right one, and with a wrong one. */
    readonly failures: readonly number[];
  }
  | { readonly evaluated: false; readonly retryAfter: number; readonly limit: Limit["kind"] };

/** Nobody waits for more than so many others of the same account. */
const MAX_WAITING = 8;

/**
 * The one door through which every credential is presented: at once as many as can be hashed, and of one
 * account and one network as many as the limits allow. An attempt is counted before it is evaluated.
 */
export class LoginThrottle {
  readonly #limits: RateLimits;
  readonly #devices: DeviceCookies;
  readonly #concurrency: ConcurrencyLimit;
  readonly #findUser: (email: string) => Promise<User | null>;
  readonly #longestWait: () => number;
  readonly #queues = new Map<string, { last: Promise<unknown>; length: number }>();

  /**
   * @param findUser Finds the user with an address, in canonical form.
   * @param longestWait For a turn, in milliseconds: behind a store that hangs it would be minutes.
   */
  constructor(
    limits: RateLimits,
    devices: DeviceCookies,
    turnstile: ConcurrencyLimit,
    findUser: (email: string) => Promise<User | null>,
    longestWait: () => number,
  ) {
    this.#limits = limits;
    this.#devices = devices;
    this.#concurrency = turnstile;
    this.#findUser = findUser;
    this.#longestWait = longestWait;
  }

  /**
   * Evaluates a credential, unless too many were wrong. Accounts that do not exist are counted alike.
   *
   * @throws {HasherUnavailable} At once, when too many are inside.
   */
  async attempt<O extends Outcome>(
    presenter: AttemptContext,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const name = canonicalEmail(presenter.email) ?? presenter.email.trim();
    const account: Limit = { kind: "account", name };
    const network: Limit = { kind: "network", name: presenter.network };

    return await this.#inside(presenter, name, async () => {
      const device = await this.#deviceOf(presenter.deviceCookie, name);
      // One after the other: those still under way are counted, and must not make the next ones wait.
      return await this.#inTurn(`account ${device} ${name}`, MAX_WAITING, async () => {
        if (!device) return await this.#judge([account, network], evaluate);
        // A known browser is judged by its own tries only: others must not lock the owner out.
        const attempted = await this.#judge([{ kind: "device", name: device }], evaluate);
        if (!attempted.evaluated) return attempted;
        if (attempted.outcome.ok) {
          await this.#reward(account, attempted.failures);
          return attempted;
        }
        return {
          ...attempted,
          failures: [...attempted.failures, await this.#limits.count(account)],
        };
      });
    });
  }

  /** Registers somebody, unless too many were registered from this network. */
  async register<O extends Outcome>(
    presenter: AttemptContext,
    create: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    return await this.#inside({ ...presenter, deviceCookie: undefined }, "", async () => {
      const name = presenter.network;
      const reserved = await this.#consume([{ kind: "registration", name }]);
      if (!reserved.ok) return waitFor(reserved.wait, reserved.limit);
      const outcome = await this.#evaluate(reserved, create);
      return { evaluated: true, outcome, failures: [] };
    });
  }

  /** The cookie by which a browser is known from now on to the user who logged in with it. */
  issueDeviceCookie(deviceCookie: string | undefined, user: User): Promise<string> {
    return this.#devices.issue(deviceCookie, user);
  }

  /** Begins anew for an account whose credential was replaced. */
  async reset(email: string): Promise<void> {
    // If it cannot be done the old count stands for its time: the credential was replaced all the same.
    await this.#limits.delete({ kind: "account", name: email }).catch(() => {});
  }

  /** The id of a browser in which the account's user logged in before. */
  async #deviceOf(deviceCookie: string | undefined, email: string): Promise<string | null> {
    if (!this.#devices.looksValid(deviceCookie)) return null;
    const user = await this.#findUser(email);
    return user && await this.#devices.verify(deviceCookie, user);
  }

  async #judge<O extends Outcome>(
    limits: readonly [Limit, ...Limit[]],
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const reserved = await this.#consume(limits);
    if (!reserved.ok) return waitFor(reserved.wait, reserved.limit);

    const outcome = await this.#evaluate(reserved, evaluate);
    if (!outcome.ok) return { evaluated: true, outcome, failures: [reserved.penalty] };
    // A count that cannot be taken back stands for its time; the credential was right all the same.
    await this.#limits.settle(reserved).catch(() => {});
    return { evaluated: true, outcome, failures: [reserved.penalty - 1] };
  }

  /** What was wrong in a known browser counts for the account as well, until it turns out to be the owner's. */
  async #reward(account: Limit, [own = 0]: readonly number[]): Promise<void> {
    if (own > 0) await this.#limits.reward(account, own).catch(() => {}); // as above
  }

  /** Those of one network take turns here, too: at once they would only get into each other's way. */
  #consume(limits: readonly [Limit, ...Limit[]]): Promise<ConsumeResult> {
    const { kind, name } = limits.at(-1) as Limit;
    return this.#inTurn(`${kind} ${name}`, Infinity, () => this.#limits.consume(limits));
  }

  /** An attempt that could not be evaluated was none. */
  async #evaluate<T>(reserved: Reservation, evaluate: () => Promise<T>): Promise<T> {
    try {
      return await evaluate();
    } catch (error) {
      await this.#limits.refund(reserved).catch(() => {}); // the store may be what failed
      throw error;
    }
  }

  async #inside<T>(
    { network, deviceCookie }: AttemptContext,
    account: string,
    work: () => Promise<T>,
  ): Promise<T> {
    const leave = this.#concurrency.acquire(network) ??
      (await this.#deviceOf(deviceCookie, account)
        ? this.#concurrency.acquireReserved(account, network)
        : null);
    if (!leave) throw new HasherUnavailable("Cannot hash now: too many are inside");
    try {
      return await work();
    } finally {
      leave();
    }
  }

  async #inTurn<T>(name: string, most: number, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(name) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length >= most) throw new HasherUnavailable("Cannot hash now: too many are in turn");
    this.#queues.set(name, queue);
    queue.length++;
    const before = queue.last;
    const done = Promise.withResolvers<void>();
    queue.last = before.then(() => done.promise);
    try {
      await inTime(before, this.#longestWait());
      return await work();
    } finally {
      done.resolve();
      if (--queue.length === 0) this.#queues.delete(name);
    }
  }
}

async function inTime(turn: Promise<unknown>, longestWait: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new HasherUnavailable("Cannot hash now: those before take too long")),
    longestWait,
  );
  try {
    await Promise.race([turn, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function waitFor(wait: number, { kind }: Limit) {
  return { evaluated: false, retryAfter: Math.ceil(wait / SECOND), limit: kind } as const;
}
