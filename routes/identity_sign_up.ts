import type { Context } from "hono";
import { canonicalEmail } from "../lib/account/email_address.ts";
import type { IdentityRegistration } from "../lib/account/identity_registrations.ts";
import { isPending, type User } from "../lib/account/user.ts";
import { newIdentity } from "../lib/credential/identity_record.ts";
import type { Provider } from "../lib/oidc/provider.ts";
import type { ProvedSignIn } from "../lib/oidc/transaction.ts";
import { logCreated } from "./middleware/log.ts";
import { registrationMails } from "./registration_mails.ts";
import type { WaitingAttempt } from "./factor_proof.ts";
import type { Services } from "./services.ts";

export type IdentitySignUpResult =
  | { readonly ok: true; readonly user: User }
  /** `linked`: the same form, sent twice. `mail_sent`: whether or not the address was free. */
  | { readonly ok: false; readonly reason: "linked" | "mail_sent" | "email_taken" }
  | { readonly ok: false; readonly reason: "too_many"; readonly waits: WaitingAttempt };

interface NewAccount {
  readonly provider: Provider;
  readonly proved: ProvedSignIn;
  /** In canonical form. */
  readonly name: string;
  /** As typed, where the provider verified none. */
  readonly email: string | undefined;
}

type Used = Pick<
  Services,
  "login" | "identityRegistrations" | "pendingLogins" | "throttle" | "activity" | "mail"
>;

/** Makes accounts for people whom a provider proved. They have no password. */
export class IdentitySignUp {
  readonly #services: Used;

  constructor(services: Used) {
    this.#services = services;
  }

  async create(c: Context, account: NewAccount): Promise<IdentitySignUpResult> {
    const { throttle, mail } = this.#services;
    const { name, proved } = account;
    const verified = verifiedAddress(proved);
    const email = verified ?? canonicalEmail(account.email ?? "") ?? "";
    const proof = verified !== null ? "provider" : mail ? "link" : "none";
    const registration = { name, email, lang: c.var.text.lang, proof } as const;
    const attempt = await throttle.register(c, () => this.#register(c, account, registration));
    return attempt.evaluated ? attempt.outcome : { ok: false, reason: "too_many", waits: attempt };
  }

  /** No success while the address is to be confirmed: it would set a device cookie. */
  async #register(
    c: Context,
    { provider, proved }: NewAccount,
    registration: IdentityRegistration,
  ): Promise<IdentitySignUpResult> {
    const { identityRegistrations, throttle, mail } = this.#services;
    const isMailed = registration.proof === "link";
    const prepared = mail && isMailed
      ? await registrationMails(c, registration.email, mail, throttle)
      : { ok: true, mails: this.#noMails(c) } as const;
    if (!prepared.ok) {
      const waits = { evaluated: false, limit: "registration", ...prepared } as const;
      return { ok: false, reason: "too_many", waits };
    }
    const identity = newIdentity(provider, proved.identity);
    const result = await identityRegistrations.register(registration, identity, prepared.mails);
    if (result.ok) logCreated(c, result);
    const replaced = result.ok ? result.replaced : null;
    if (replaced && !isPending(replaced)) await this.#endLogins(c, replaced);
    if (!result.ok && result.reason === "linked") return { ok: false, reason: "linked" };
    return isMailed ? { ok: false, reason: "mail_sent" } : result;
  }

  /** An account that is not to be confirmed begins its timeline. */
  #noMails(c: Context) {
    return {
      waiting: "gives_way",
      created: ({ id }: User) => this.#services.activity.record(c, id, "registered"),
      taken: () => [],
    } as const;
  }

  /** Of the account that gave way: without their user they grant nothing, but they would be left. */
  async #endLogins(c: Context, { id }: User): Promise<void> {
    const { pendingLogins, login } = this.#services;
    await pendingLogins.deleteAll(id);
    await login.forgetUser(c, id);
  }
}

/** In canonical form; null when the provider gave none, or did not verify it. */
export function verifiedAddress(
  { identity: { email, emailVerified } }: Pick<ProvedSignIn, "identity">,
): string | null {
  return emailVerified ? canonicalEmail(email ?? "") : null;
}
