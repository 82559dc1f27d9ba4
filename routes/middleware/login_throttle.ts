import type { Context } from "hono";
import type { Attempted, Attempts, Outcome, Presenter } from "../../lib/throttle/login_throttle.ts";
import type { User } from "../../lib/account/user.ts";
import { networkOf } from "../../lib/http/client_address.ts";
import { freeTries, mostTries } from "../../lib/throttle/backoff.ts";
import type { SiteCookie } from "./cookie.ts";

/** Brings a request to the one door for credentials, and tells the browser and the log what came of it. */
export class AttemptDoor {
  readonly #attempts: Attempts;
  readonly #deviceCookie: SiteCookie;

  constructor(attempts: Attempts, deviceCookie: SiteCookie) {
    this.#attempts = attempts;
    this.#deviceCookie = deviceCookie;
  }

  /** Evaluates a credential for the account with this address. */
  async present<O extends Outcome>(
    c: Context,
    email: string,
    evaluate: () => Promise<O>,
  ): Promise<Attempted<O>> {
    const attempted = await this.#attempts.present(this.#presenter(c, email), evaluate);
    if (attempted.evaluated && attempted.outcome.ok) await this.know(c, attempted.outcome.user);
    return tell(c, attempted);
  }

  /** Creates an account with this address. What was tried before it was there does not stand against it. */
  async register<O extends Outcome>(
    c: Context,
    email: string,
    create: () => Promise<O>,
  ): Promise<Attempted<O>> {
    const attempted = await this.#attempts.register(this.#presenter(c, email), create);
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
    return this.#attempts.forget(email);
  }

  /** Makes the browser known for an account that was logged in to. */
  async know(c: Context, user: User): Promise<void> {
    const cookie = this.#deviceCookie.read(c);
    this.#deviceCookie.write(c, await this.#attempts.know(cookie, user));
  }

  #presenter(c: Context, email: string): Presenter {
    const deviceCookie = this.#deviceCookie.read(c);
    return { email, network: networkOf(c.var.address), deviceCookie };
  }
}

function tell<O extends Outcome>(c: Context, attempted: Attempted<O>): Attempted<O> {
  if (!attempted.evaluated) {
    const { limit, retryAfter } = attempted;
    c.var.log("excess_rate_limit_exceeded", { limit, retryAfter });
    return attempted;
  }
  const { outcome, failures } = attempted;
  for (const count of outcome.ok ? [] : failures) {
    if (count === freeTries) c.var.log("authn_login_fail_max", { failures: count });
    if (count === mostTries) c.var.log("authn_login_lock", { failures: count });
  }
  return attempted;
}
