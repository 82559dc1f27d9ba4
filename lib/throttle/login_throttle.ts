import { canonicalEmail } from "../account/email.ts";
import type { User } from "../account/user.ts";
import { HashTimedOut } from "../credential/password_hasher.ts";
import { SECOND } from "../time.ts";
import type { ConcurrencyLimit } from "./concurrency_limit.ts";
import type { DeviceCookies } from "./device_cookie.ts";
import { KeyedMutex } from "./keyed_mutex.ts";
import { Overloaded } from "./overloaded.ts";
import type { ConsumeResult, Limit, RateLimits, Reservation } from "./rate_limit.ts";

/** For which account, from which network and in which browser a credential is presented. */
export interface AttemptContext {
  /** The e-mail address, as it was typed or as it is stored. */
  readonly email: string;
  readonly network: string;
  /** The device cookie, if the browser has one. */
  readonly deviceCookie: string | undefined;
}

/** The result of evaluating a credential. */
export type Outcome = { readonly ok: true; readonly user: User } | { readonly ok: false };

/** An attempt that was evaluated; or, when it was not, the seconds to wait before the next one. */
export type AttemptResult<O extends Outcome> =
  | {
    readonly evaluated: true;
    readonly outcome: O;
    /** Failures in a row under each limit: before a success, or with this failure. */
    readonly failures: readonly number[];
  }
  | { readonly evaluated: false; readonly retryAfter: number; readonly limit: Limit["kind"] };

/**
 * Every credential is evaluated through here: at most as many at once as can be hashed, and for one account
 * and from one network as many as the rate limits allow. An attempt is counted before it is evaluated.
 */
export class LoginThrottle {
  readonly #limits: RateLimits;
  readonly #devices: DeviceCookies;
  readonly #concurrency: ConcurrencyLimit;
  readonly #findUser: (email: string) => Promise<User | null>;
  readonly #mutex: KeyedMutex;

  /**
   * @param findUser Finds the user with an address in canonical form.
   * @param maxWait How long an attempt may wait for those before it, in milliseconds.
   */
  constructor(
    limits: RateLimits,
    devices: DeviceCookies,
    concurrency: ConcurrencyLimit,
    findUser: (email: string) => Promise<User | null>,
    maxWait: number,
  ) {
    this.#limits = limits;
    this.#devices = devices;
    this.#concurrency = concurrency;
    this.#findUser = findUser;
    this.#mutex = new KeyedMutex(maxWait);
  }

  /**
   * Evaluates a credential, unless there were too many failures. An account that does not exist is counted
   * like one that does.
   *
   * @throws {Overloaded} When too many attempts are under way.
   */
  async attempt<O extends Outcome>(
    context: AttemptContext,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const email = canonicalEmail(context.email) ?? context.email.trim();

    return await this.#limitConcurrency(context, email, async () => {
      const device = await this.#findDevice(context.deviceCookie, email);
      // In parallel, right logins would make each other wait: each is counted as a failure until it ends.
      return await this.#mutex.runExclusive(`account ${device} ${email}`, () => {
        const account: Limit = { kind: "account", name: email };
        if (device) return this.#attemptFromDevice(device, account, evaluate);
        return this.#evaluateWithin(
          [account, { kind: "network", name: context.network }],
          evaluate,
        );
      });
    });
  }

  /** Registers an account, unless too many were registered from this network. */
  async register<O extends Outcome>(
    context: AttemptContext,
    create: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    return await this.#limitConcurrency({ ...context, deviceCookie: undefined }, "", async () => {
      const reserved = await this.#consume([{ kind: "registration", name: context.network }]);
      if (!reserved.ok) return notEvaluated(reserved);
      const outcome = await this.#refundOnError(reserved, create);
      return { evaluated: true, outcome, failures: [] };
    });
  }

  /** Makes the device cookie for a user who logged in. */
  issueDeviceCookie(deviceCookie: string | undefined, user: User): Promise<string> {
    return this.#devices.issue(deviceCookie, user);
  }

  /** Clears the failures of an account whose credential was replaced. */
  async reset(email: string): Promise<void> {
    // The credential was replaced all the same; a count that cannot be cleared expires.
    await this.#limits.delete({ kind: "account", name: email }).catch(() => {});
  }

  /** Only the device's own failures make it wait: failures elsewhere must not lock the user out. */
  async #attemptFromDevice<O extends Outcome>(
    device: string,
    account: Limit,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const result = await this.#evaluateWithin([{ kind: "device", name: device }], evaluate);
    if (!result.evaluated) return result;

    // A failure counts for the account as well, until a success shows that it was the owner's.
    if (!result.outcome.ok) {
      return { ...result, failures: [...result.failures, await this.#limits.penalty(account)] };
    }
    const [own = 0] = result.failures;
    // The login succeeded all the same; a count that cannot be lowered expires.
    if (own > 0) await this.#limits.reward(account, own).catch(() => {});
    return result;
  }

  async #evaluateWithin<O extends Outcome>(
    limits: readonly [Limit, ...Limit[]],
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const reserved = await this.#consume(limits);
    if (!reserved.ok) return notEvaluated(reserved);

    const outcome = await this.#refundOnError(reserved, evaluate);
    if (!outcome.ok) return { evaluated: true, outcome, failures: [reserved.count] };
    // The login succeeded all the same; a count that cannot be cleared expires.
    await this.#limits.settle(reserved).catch(() => {});
    return { evaluated: true, outcome, failures: [reserved.count - 1] };
  }

  /** One at a time for each network: in parallel, they would only cause each other write conflicts. */
  #consume(limits: readonly [Limit, ...Limit[]]): Promise<ConsumeResult> {
    const { kind, name } = limits.at(-1) as Limit;
    return this.#mutex.runExclusive(`${kind} ${name}`, () => this.#limits.consume(limits));
  }

  /** An attempt that could not be evaluated does not count, unless its hash held up all others. */
  async #refundOnError<T>(reserved: Reservation, evaluate: () => Promise<T>): Promise<T> {
    try {
      return await evaluate();
    } catch (error) {
      if (error instanceof HashTimedOut) throw error;
      await this.#limits.refund(reserved).catch(() => {}); // perhaps the database is what failed
      throw error;
    }
  }

  async #limitConcurrency<T>(
    { network, deviceCookie }: AttemptContext,
    account: string,
    work: () => Promise<T>,
  ): Promise<T> {
    const release = this.#concurrency.acquire(network) ??
      (await this.#findDevice(deviceCookie, account)
        ? this.#concurrency.acquireReserved(account, network)
        : null);
    if (!release) throw new Overloaded("Cannot evaluate a credential: too many are under way");
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** The id of the device, if the user with this address logged in with it before. */
  async #findDevice(deviceCookie: string | undefined, email: string): Promise<string | null> {
    if (!this.#devices.looksValid(deviceCookie)) return null;
    const user = await this.#findUser(email);
    return user && await this.#devices.verify(deviceCookie, user);
  }
}

function notEvaluated({ wait, limit }: Extract<ConsumeResult, { ok: false }>) {
  return { evaluated: false, retryAfter: Math.ceil(wait / SECOND), limit: limit.kind } as const;
}
