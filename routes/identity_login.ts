import type { Context } from "hono";
import { isPending, type User } from "../lib/account/user.ts";
import type { IdentityLookup } from "../lib/credential/identity.ts";
import type { Provider } from "../lib/oidc/provider.ts";
import type { ProvedSignIn } from "../lib/oidc/transaction.ts";
import type { FlashWord } from "../views/text/en.ts";
import type { Services } from "./services.ts";

/** Whose account an identity opens. */
export interface KnownIdentity {
  readonly user: User;
  /** Read before the user was. */
  readonly lookup: IdentityLookup;
}

type Used = Pick<
  Services,
  | "login"
  | "accounts"
  | "registrations"
  | "activity"
  | "emailTokens"
  | "mail"
  | "identities"
  | "providerSessions"
  | "throttle"
  | "completeLogin"
  | "signIn"
  | "lastProvider"
>;

/** Logs in somebody whose identity is linked to an account. */
export class IdentityLogin {
  readonly #services: Used;

  constructor(services: Used) {
    this.#services = services;
  }

  /** Null when no account has the identity. */
  async find({ issuer, subject }: ProvedSignIn["identity"]): Promise<KnownIdentity | null> {
    const { identities, accounts } = this.#services;
    const lookup = await identities.find(issuer, subject);
    const user = lookup.userId === null ? null : await accounts.find(lookup.userId);
    return user && { user, lookup };
  }

  /**
   * @param greeting For somebody whose account was just made: its first login is fresh.
   */
  async logIn(
    c: Context,
    provider: Provider,
    found: KnownIdentity,
    { proved, provedAt }: { readonly proved: ProvedSignIn; readonly provedAt: Date },
    greeting?: FlashWord,
  ): Promise<Response> {
    const { identity, isAnew, next, remember } = proved;
    const { login, identities, providerSessions, throttle, completeLogin, signIn, lastProvider } =
      this.#services;
    const { issuer } = identity;
    const confirmed = await this.#confirmByLink(c, found.user);
    const { user, lookup } = confirmed ? await this.find(identity) ?? found : found;
    if (!await identities.noteUse(user, issuer, lookup, provedAt)) {
      return signIn.problem(c, provider, "ended", { purpose: "login", next });
    }
    await providerSessions.note(identity, remember);
    const isFirst = greeting !== undefined || confirmed;
    const isKnownDevice = isFirst || throttle.knowsDevice(c, user);
    lastProvider.write(c, provider.name);
    if (user.active && !isPending(user)) throttle.noteFirstFactor(c, user);
    const answer = await completeLogin(c, user, {
      methods: identity.provesFactor ? ["fed", "mfa"] : ["fed"],
      issuer,
      freshness: isAnew || greeting ? "fresh" : "not_fresh",
      remember,
      failures: 0,
      isKnownDevice,
      newBrowserMail: { verdict: "free" },
      next: next ?? undefined,
      ...greeting ? { greeting } : {},
    });
    if (answer) return answer;
    await login.reportFailure(c, "suspended", user.id);
    return await signIn.problem(c, provider, "suspended", { purpose: "login", next });
  }

  /**
   * Confirms the address of somebody who opened the mailed link in this browser before: with it, the
   * identity is as good as the password of another registration. False when there is nothing to do.
   */
  async #confirmByLink(c: Context, user: User): Promise<boolean> {
    const { login, mail, emailTokens, registrations, activity } = this.#services;
    if (!mail || !isPending(user)) return false;
    const link = await emailTokens.find("verify_email", mail.mailedLink.read(c));
    if (link?.userId !== user.id) return false;
    const event = await activity.record(c, user.id, "email_verified");
    if (!await registrations.confirm(link, event)) return false;
    mail.mailedLink.forget(c);
    await login.flash(c, "email_verified");
    c.var.log("user_updated", { userId: user.id, reason: "email_verified" });
    return true;
  }
}
