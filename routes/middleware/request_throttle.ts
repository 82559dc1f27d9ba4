import type { Context } from "hono";
import type { User } from "../../lib/account/user.ts";
import { ipv6BlockPrefix, networkPrefix } from "../../lib/http/client_address.ts";
import { FREE_ATTEMPTS, MAX_ATTEMPTS } from "../../lib/throttle/backoff.ts";
import type {
  Account,
  AttemptContext,
  AttemptResult,
  LoginThrottle,
  Outcome,
  PasskeyOutcome,
} from "../../lib/throttle/login_throttle.ts";
import type { MailThrottle } from "../../lib/throttle/mail_throttle.ts";
import type { FactorLimit } from "../../lib/throttle/rate_limit.ts";
import { SECOND } from "../../lib/time.ts";
import type { SiteCookie } from "./cookie.ts";

/**
 * Whether a mail may be sent. `capped`: too many went to this address. The page must not tell, so it
 * answers the same and writes a mail to nobody. `refused`: too many were asked for from this
 * network, whatever the address.
 */
export type MailAdmission =
  | { readonly verdict: "admitted" | "capped" }
  | { readonly verdict: "refused"; readonly retryAfter: number };

/** The login throttle for requests: it reads and sets the device cookie, and writes to the log. */
export class RequestThrottle {
  readonly #throttle: LoginThrottle;
  readonly #mailThrottle: MailThrottle;
  readonly #deviceCookie: SiteCookie;

  constructor(throttle: LoginThrottle, mailThrottle: MailThrottle, deviceCookie: SiteCookie) {
    this.#throttle = throttle;
    this.#mailThrottle = mailThrottle;
    this.#deviceCookie = deviceCookie;
  }

  /** Evaluates a credential for the account with this address; a success sets the device cookie. */
  async attempt<A extends Account, O extends Outcome>(
    c: Context,
    email: string,
    find: () => Promise<A>,
    evaluate: (account: A) => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const result = await this.#throttle.attempt(this.#contextOf(c), email, find, evaluate);
    return this.#conclude(c, result);
  }

  /** The same for a user who is logged in. */
  attemptByUser<O extends Outcome>(
    c: Context,
    user: User,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    return this.attempt(c, user.email, () => Promise.resolve({ user }), evaluate);
  }

  /** Evaluates a second factor of a user. */
  async attemptFactor<O extends Outcome>(
    c: Context,
    kind: FactorLimit,
    user: User,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const result = await this.#throttle.attemptFactor(this.#contextOf(c), kind, user, evaluate);
    logResult(c, result);
    return result;
  }

  /** Checks a passkey's answer, which claims to be this user's. */
  async attemptPasskey<O extends PasskeyOutcome>(
    c: Context,
    claimed: User | null,
    check: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const result = await this.#throttle.attemptPasskey(this.#contextOf(c), claimed, check);
    logResult(c, result, Infinity);
    return result;
  }

  /** Creates an account; a success sets the device cookie. */
  async register<O extends Outcome>(
    c: Context,
    create: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    return this.#conclude(c, await this.#throttle.register(this.#contextOf(c), create));
  }

  /** Does work that hashes, for somebody whose right to it was proved: nothing is counted. */
  withSlot<T>(c: Context, work: () => Promise<T>): Promise<T> {
    return this.#throttle.withSlot(this.#contextOf(c), work);
  }

  /** Counts a mail for this purpose to an address (in canonical form). */
  async mailAdmission(c: Context, purpose: string, email: string): Promise<MailAdmission> {
    const result = await this.#mailThrottle.consume(this.#contextOf(c), purpose, email);
    if (result.ok) return { verdict: "admitted" };
    const retryAfter = Math.ceil(result.wait / SECOND);
    c.var.log("excess_rate_limit_exceeded", { limit: result.limit.kind, retryAfter });
    return result.limit.kind === "mail"
      ? { verdict: "capped" }
      : { verdict: "refused", retryAfter };
  }

  #conclude<O extends Outcome>(c: Context, result: AttemptResult<O>): AttemptResult<O> {
    if (result.evaluated && result.outcome.ok) this.noteFirstFactor(c, result.outcome.user);
    logResult(c, result);
    return result;
  }

  /** Lets this browser be known for a user, unless a second factor is still to be proved. */
  noteFirstFactor(c: Context, user: User): void {
    if (user.factors.length === 0) this.setDeviceCookie(c, user);
  }

  /** Lets this browser be known for a user: after a login, and after a change of the password. */
  setDeviceCookie(c: Context, user: User): void {
    const cookie = this.#deviceCookie.read(c);
    this.#deviceCookie.write(c, this.#throttle.issueDeviceCookie(cookie, user));
  }

  /** Whether the user logged in with this browser before, for a login without an attempt. */
  knowsDevice(c: Context, user: User): boolean {
    return this.#throttle.knowsDevice(this.#deviceCookie.read(c), user);
  }

  #contextOf(c: Context): AttemptContext {
    const { address } = c.var;
    const deviceCookie = this.#deviceCookie.read(c);
    return { network: networkPrefix(address), ipv6Block: ipv6BlockPrefix(address), deviceCookie };
  }
}

/** @param locksAt This many failures lock. */
function logResult(
  c: Context,
  result: AttemptResult<Outcome>,
  locksAt: number = MAX_ATTEMPTS,
): void {
  if (!result.evaluated) {
    const { limit, retryAfter } = result;
    c.var.log("excess_rate_limit_exceeded", { limit, retryAfter });
    return;
  }
  if (result.outcome.ok) return;
  for (const failures of result.failures) {
    if (failures === FREE_ATTEMPTS) c.var.log("authn_login_fail_max", { failures });
    if (failures === locksAt) c.var.log("authn_login_lock", { failures });
  }
}
