import type { Context } from "hono";
import type { User } from "../../lib/account/user.ts";
import { networkPrefix } from "../../lib/http/client_address.ts";
import { FREE_ATTEMPTS, MAX_ATTEMPTS } from "../../lib/throttle/backoff.ts";
import type {
  AttemptContext,
  AttemptResult,
  LoginThrottle,
  Outcome,
} from "../../lib/throttle/login_throttle.ts";
import type { SiteCookie } from "./cookie.ts";

/** The login throttle for requests: it reads and sets the device cookie, and writes to the log. */
export class RequestThrottle {
  readonly #throttle: LoginThrottle;
  readonly #deviceCookie: SiteCookie;

  constructor(throttle: LoginThrottle, deviceCookie: SiteCookie) {
    this.#throttle = throttle;
    this.#deviceCookie = deviceCookie;
  }

  /** Evaluates a credential for the account with this address; a success sets the device cookie. */
  async attempt<O extends Outcome>(
    c: Context,
    email: string,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const result = await this.#throttle.attempt(this.#contextOf(c, email), evaluate);
    if (result.evaluated && result.outcome.ok) await this.#setDeviceCookie(c, result.outcome.user);
    logResult(c, result);
    return result;
  }

  /** Creates an account with this address; failures from before it existed are cleared. */
  async register<O extends Outcome>(
    c: Context,
    email: string,
    create: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const result = await this.#throttle.register(this.#contextOf(c, email), create);
    if (result.evaluated && result.outcome.ok) {
      await this.credentialReplaced(c, result.outcome.user);
    }
    logResult(c, result);
    return result;
  }

  /** Clears the failures of an account that has a new credential, and sets a device cookie for it. */
  async credentialReplaced(c: Context, user: User): Promise<void> {
    await this.reset(user.email);
    await this.#setDeviceCookie(c, user);
  }

  /** Clears the failures of an account. */
  reset(email: string): Promise<void> {
    return this.#throttle.reset(email);
  }

  async #setDeviceCookie(c: Context, user: User): Promise<void> {
    const cookie = this.#deviceCookie.read(c);
    this.#deviceCookie.write(c, await this.#throttle.issueDeviceCookie(cookie, user));
  }

  #contextOf(c: Context, email: string): AttemptContext {
    const deviceCookie = this.#deviceCookie.read(c);
    return { email, network: networkPrefix(c.var.address), deviceCookie };
  }
}

function logResult(c: Context, result: AttemptResult<Outcome>): void {
  if (!result.evaluated) {
    const { limit, retryAfter } = result;
    c.var.log("excess_rate_limit_exceeded", { limit, retryAfter });
    return;
  }
  if (result.outcome.ok) return;
  for (const failures of result.failures) {
    if (failures === FREE_ATTEMPTS) c.var.log("authn_login_fail_max", { failures });
    if (failures === MAX_ATTEMPTS) c.var.log("authn_login_lock", { failures });
  }
}
