import type { Context } from "hono";
import type {
  AttemptContext,
  AttemptResult,
  LoginThrottle,
  Outcome,
} from "../../lib/throttle/login_throttle.ts";
import type { User } from "../../lib/account/user.ts";
import { networkPrefix } from "../../lib/http/client_address.ts";
import { FREE_ATTEMPTS, MAX_ATTEMPTS } from "../../lib/throttle/backoff.ts";
import type { SiteCookie } from "./cookie.ts";

/** Brings a request to the one door for credentials, and tells the browser and the log what came of it. */
export class RequestThrottle {
  readonly #throttle: LoginThrottle;
  readonly #deviceCookie: SiteCookie;

  constructor(attempts: LoginThrottle, deviceCookie: SiteCookie) {
    this.#throttle = attempts;
    this.#deviceCookie = deviceCookie;
  }

  /** Evaluates a credential for the account with this address. */
  async attempt<O extends Outcome>(
    c: Context,
    email: string,
    evaluate: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const attempted = await this.#throttle.attempt(this.#context(c, email), evaluate);
    if (attempted.evaluated && attempted.outcome.ok) await this.know(c, attempted.outcome.user);
    return tell(c, attempted);
  }

  /** Creates an account with this address. What was tried before it was there does not stand against it. */
  async register<O extends Outcome>(
    c: Context,
    email: string,
    create: () => Promise<O>,
  ): Promise<AttemptResult<O>> {
    const attempted = await this.#throttle.register(this.#context(c, email), create);
    if (attempted.evaluated && attempted.outcome.ok) await this.renew(c, attempted.outcome.user);
    return tell(c, attempted);
  }

  /** Begins anew for an account with a new credential: this browser is known for it. */
  async renew(c: Context, user: User): Promise<void> {
    await this.forget(user.email);
    await this.know(c, user);
  }

  /** Forgets what was tried with an account. */
  forget(email: string): Promise<void> {
    return this.#throttle.reset(email);
  }

  /** Makes the browser known for an account that was logged in to. */
  async know(c: Context, user: User): Promise<void> {
    const cookie = this.#deviceCookie.read(c);
    this.#deviceCookie.write(c, await this.#throttle.issueDeviceCookie(cookie, user));
  }

  #context(c: Context, email: string): AttemptContext {
    const deviceCookie = this.#deviceCookie.read(c);
    return { email, network: networkPrefix(c.var.address), deviceCookie };
  }
}

function tell<O extends Outcome>(c: Context, attempted: AttemptResult<O>): AttemptResult<O> {
  if (!attempted.evaluated) {
    const { limit, retryAfter } = attempted;
    c.var.log("excess_rate_limit_exceeded", { limit, retryAfter });
    return attempted;
  }
  const { outcome, failures } = attempted;
  for (const count of outcome.ok ? [] : failures) {
    if (count === FREE_ATTEMPTS) c.var.log("authn_login_fail_max", { failures: count });
    if (count === MAX_ATTEMPTS) c.var.log("authn_login_lock", { failures: count });
  }
  return attempted;
}
