import type { Context } from "hono";
import type { Attempted, Attempts, Presenter } from "../lib/account/attempts.ts";
import { networkOf } from "../lib/client_address.ts";
import { freeTries, mostTries } from "../lib/tries.ts";
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
  async present<Outcome extends { readonly ok: boolean }>(
    c: Context,
    email: string,
    evaluate: () => Promise<Outcome>,
  ): Promise<Attempted<Outcome>> {
    const attempted = await this.#attempts.present(this.#presenter(c, email), evaluate);
    return this.#tell(c, attempted);
  }

  /** Creates an account with this address. */
  async register<Outcome extends { readonly ok: boolean }>(
    c: Context,
    email: string,
    create: () => Promise<Outcome>,
  ): Promise<Attempted<Outcome>> {
    return this.#tell(c, await this.#attempts.register(this.#presenter(c, email), create));
  }

  /** Begins anew for an account whose credential was replaced. */
  forget(email: string): Promise<void> {
    return this.#attempts.forget(email);
  }

  #presenter(c: Context, email: string): Presenter {
    const deviceCookie = this.#deviceCookie.read(c);
    return { email, network: networkOf(c.var.address), deviceCookie };
  }

  #tell<Outcome extends { readonly ok: boolean }>(
    c: Context,
    attempted: Attempted<Outcome>,
  ): Attempted<Outcome> {
    if (!attempted.evaluated) {
      const { limit, retryAfter } = attempted;
      c.var.log("excess_rate_limit_exceeded", { limit, retryAfter });
      return attempted;
    }
    const { outcome, count, deviceCookie } = attempted;
    if (deviceCookie) this.#deviceCookie.write(c, deviceCookie);
    if (!outcome.ok && count === freeTries) {
      c.var.log("authn_login_fail_max", { failures: count });
    }
    if (!outcome.ok && count === mostTries) {
      c.var.log("authn_login_lock", { failures: count });
    }
    return attempted;
  }
}
