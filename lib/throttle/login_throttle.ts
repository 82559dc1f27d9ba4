import { canonicalEmail } from "../account/email_address.ts";
import type { User } from "../account/user.ts";
import { HashTimedOut } from "../credential/hasher_unavailable.ts";
import type { Write } from "../kv/write.ts";
import { SECOND } from "../time.ts";
import type { ConcurrencyLimit, Source } from "./concurrency_limit.ts";
import type { DeviceCookies } from "./device_cookie.ts";
import { FREE_ATTEMPTS } from "./backoff.ts";
import { KeyedMutex } from "./keyed_mutex.ts";
import { Overloaded } from "./overloaded.ts";
import type { ConsumeResult, FactorLimit, Limit, RateLimits, Reservation } from "./rate_limit.ts";

/** From where and in which browser a credential is presented. */
export interface AttemptContext extends Source {
  /** The device cookie, if the browser has one. */
  readonly deviceCookie: string | undefined;
}

/** The account that a credential is presented for; without a user where the address has none. */
export interface Account {
  readonly user: User | null;
}

/** The result of evaluating a credential. */
export type Outcome = { readonly ok: true; readonly user: User } | { readonly ok: false };

/** The result of checking a passkey's answer. */
export type PasskeyOutcome =
  | { readonly ok: true; readonly user: User }
  /** `owner`: whose passkey it is, where a stranger could not have made the answer up. */
  | { readonly ok: false; readonly owner: User | null };

/** An attempt that was evaluated; or, when it was not, the seconds to wait before the next one. */
export type AttemptResult<O extends Outcome> =
  | {
    readonly evaluated: true;
    readonly outcome: O;
    /** Failures in a row under each limit: before a success, or with this failure. */
    readonly failures: readonly number[];
    /** Whether the user logged in with this browser before. */
    readonly isKnownDevice: boolean;
    /** Counts a mail about a new browser, in a login's commit; null when there were too many. */
    readonly newBrowserCount: Write | null;
  }
  | { readonly evaluated: false; readonly retryAfter: number; readonly limit: Limit["kind"] };

/**
 * Every credential is evaluated through here: at most as many at once as can be hashed, and for one
 * account and from one network as many as the rate limits allow. An attempt is counted before it is
 * evaluated.
 */
export class LoginThrottle {
  readonly #limits: RateLimits;
  readonly #devices: DeviceCookies;
  readonly #concurrency: ConcurrencyLimit;
  readonly #counting: KeyedMutex;
  readonly #evaluation: KeyedMutex;

  /** @param deadline Of one call of the database, in milliseconds. */
  constructor(
    limits: RateLimits,
    devices: DeviceCookies,
    concurrency: ConcurrencyLimit,
    deadline: number,
  ) {
    this.#limits = limits;
    this.#devices = devices;
    this.#concurrency = concurrency;
    this.#counting = new KeyedMutex(1.5 * deadline);
    // Longer, because each before it needs a hash: a person's browsers may all log in at once.
    this.#evaluation = new KeyedMutex(5 * deadline);
  }

  /**
   * Evaluates a credential, unless there were too many failures. An account that does not exist is
   * counted like one that does.
   *
   * @param email The email address, as it was typed or as it is stored.
   * @param find Finds the account, at the same cost when there is none.
   * @throws {Overloaded} When too many attempts are under way.
   */
  async attempt<A extends Account, O extends Outcome>(
    context: AttemptContext,
    email: string,
    find: () => Promise<A>,
    evaluate: (account: A) => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const { deviceCookie } = context;
    let release = this.#concurrency.acquire(context);
    try {
      // Beyond the shared slots, ask the database only for a browser that may get a reserved one.
      if (!release && !this.#devices.looksValid(deviceCookie)) throw tooManyUnderWay();
      const account = await find();
      const device = this.#devices.verify(deviceCookie, account.user);
      const name = accountName(account, email);
      if (device) release ??= this.#concurrency.acquireReserved(name, context);
      if (!release) throw tooManyUnderWay();

      // Parallel right logins would make each other wait: each counts as a failure until it ends.
      return await this.#evaluation.runExclusive(`account ${device} ${name}`, () => {
        const limit: Limit = { kind: "account", name };
        const work = () => evaluate(account);
        return device
          ? this.#attemptFromDevice(device, limit, work)
          : this.#attemptFromNewBrowser(context, limit, work);
      });
    } finally {
      release?.();
    }
  }

  /**
   * Evaluates a second factor of a user, unless there were too many failures of this factor: a
   * right password does not clear them. Another change of the user's factors begins a new count: an
   * app that is set up again must not wait because of codes that were wrong for the former one.
   */
  async attemptFactor<O extends Outcome>(
    context: AttemptContext,
    kind: FactorLimit,
    user: User,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const name = `user ${user.id} ${user.factorChange}`;
    return await this.#evaluation.runExclusive(`${kind} ${name}`, () => {
      const limits = sourceLimits(context, "network", "ipv6_block");
      return this.#evaluateWithin([{ kind, name }, ...limits], evaluate);
    });
  }

  /**
   * Checks a passkey's answer, which claims to be this user's. Only its network is limited: nobody
   * can guess a signature, so refused answers never keep the owner's own passkey out.
   */
  async attemptPasskey<O extends PasskeyOutcome>(
    context: AttemptContext,
    claimed: User | null,
    check: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const own = claimed ? passkeyLimit(claimed) : undefined;
    const reserved = await this.#consume(sourceLimits(context, "network", "ipv6_block"), own);
    // The network has to wait: the page speaks of its passkey, not of passwords.
    if (!reserved.ok) return { ...notEvaluated(reserved), limit: "passkey" };

    const outcome = await this.#refundOnError(reserved, check);
    const result = {
      evaluated: true,
      outcome,
      isKnownDevice: false,
      newBrowserCount: null,
    } as const;
    if (!outcome.ok) {
      const { owner } = outcome;
      return {
        ...result,
        failures: owner ? [await this.#limits.penalty(passkeyLimit(owner))] : [],
      };
    }
    // The login succeeded all the same; a count that cannot be lowered expires.
    await this.#limits.refund(reserved).catch(() => {});
    const failures = reserved.untold;
    if (own && failures > 0) await this.#limits.clear(own).catch(() => {});
    return { ...result, failures: [failures] };
  }

  /** Registers an account, unless too many were registered from this network. */
  async register<O extends Outcome>(
    source: Source,
    create: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    return await this.withSlot(source, async () => {
      const limits = sourceLimits(source, "registration", "registration_ipv6_block");
      const reserved = await this.#consume(limits);
      if (!reserved.ok) return notEvaluated(reserved);
      const outcome = await this.#refundOnError(reserved, create);
      return {
        evaluated: true,
        outcome,
        failures: [],
        isKnownDevice: false,
        newBrowserCount: null,
      };
    });
  }

  /**
   * Does work that hashes, for somebody whose right to it was proved: nothing is counted.
   *
   * @throws {Overloaded} When too many attempts are under way.
   */
  async withSlot<T>(source: Source, work: () => Promise<T>): Promise<T> {
    const release = this.#concurrency.acquire(source);
    if (!release) throw tooManyUnderWay();
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** Whether the user logged in with this browser before. */
  knowsDevice(deviceCookie: string | undefined, user: User): boolean {
    return this.#devices.verify(deviceCookie, user) !== null;
  }

  /** Makes the device cookie for a user who logged in. */
  issueDeviceCookie(deviceCookie: string | undefined, user: User): string {
    return this.#devices.issue(deviceCookie, user);
  }

  /** Only the device's own failures make it wait: failures elsewhere must not lock the user out. */
  async #attemptFromDevice<O extends Outcome>(
    device: string,
    account: Limit,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const reserved = await this.#consume([{ kind: "device", name: device }], account);
    const evaluated = await this.#evaluateReserved(reserved, evaluate);
    if (!evaluated.evaluated || !reserved.ok) return evaluated;
    const result = { ...evaluated, isKnownDevice: true, newBrowserCount: null };

    // A failure counts for the account as well, until a success shows that it was the owner's.
    if (!result.outcome.ok) {
      return { ...result, failures: [...result.failures, await this.#limits.penalty(account)] };
    }
    const [own = 0] = result.failures;
    // The login succeeded all the same; a count that cannot be lowered expires.
    if (own > 0) await this.#limits.reward(account, own).catch(() => {});
    if (reserved.untold >= FREE_ATTEMPTS) await this.#limits.setTold(account).catch(() => {});
    return { ...result, failures: [own, reserved.untold] };
  }

  /** The mails about new browsers that the user got are read along, at no round trip. */
  async #attemptFromNewBrowser<O extends Outcome>(
    context: AttemptContext,
    account: Limit,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const limits = sourceLimits(context, "network", "ipv6_block");
    const mails: Limit = { kind: "new_browser", name: account.name };
    const reserved = await this.#consume([account, ...limits], mails);
    return await this.#evaluateReserved(reserved, evaluate);
  }

  async #evaluateWithin<O extends Outcome>(
    limits: readonly [Limit, ...Limit[]],
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    return await this.#evaluateReserved(await this.#consume(limits), evaluate);
  }

  async #evaluateReserved<O extends Outcome>(
    reserved: ConsumeResult,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    if (!reserved.ok) return notEvaluated(reserved);

    const outcome = await this.#refundOnError(reserved, evaluate);
    const { oneMore: newBrowserCount } = reserved;
    const result = { evaluated: true, outcome, isKnownDevice: false, newBrowserCount } as const;
    if (!outcome.ok) return { ...result, failures: [reserved.count] };
    // The login succeeded all the same; a count that cannot be cleared expires.
    await this.#limits.settle(reserved).catch(() => {});
    return { ...result, failures: [reserved.count - 1] };
  }

  /** One at a time for each network: in parallel, they would only cause write conflicts. */
  #consume(limits: readonly [Limit, ...Limit[]], readOnly?: Limit): Promise<ConsumeResult> {
    const { kind, name } = limits.at(-1) as Limit;
    const consume = () => this.#limits.consume(limits, readOnly);
    return this.#counting.runExclusive(`${kind} ${name}`, consume);
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
}

/**
 * Failures belong to a user's epoch: a new password, or one that was marked as compromised, starts
 * a new count. So does a new account at an address that was tried before.
 */
function accountName({ user }: Account, email: string): string {
  return user
    ? `user ${user.id} ${user.epoch}`
    : `address ${canonicalEmail(email) ?? email.trim()}`;
}

function passkeyLimit({ id }: User): Limit {
  return { kind: "passkey", name: `user ${id}` };
}

function sourceLimits(
  { network, ipv6Block }: Source,
  networkKind: Limit["kind"],
  ipv6BlockKind: Limit["kind"],
): [Limit, ...Limit[]] {
  const limit: Limit = { kind: networkKind, name: network };
  return ipv6Block === null ? [limit] : [limit, { kind: ipv6BlockKind, name: ipv6Block }];
}

function tooManyUnderWay(): Overloaded {
  return new Overloaded("Cannot evaluate a credential: too many are under way");
}

function notEvaluated({ wait, limit }: Extract<ConsumeResult, { ok: false }>) {
  return { evaluated: false, retryAfter: Math.ceil(wait / SECOND), limit: limit.kind } as const;
}
