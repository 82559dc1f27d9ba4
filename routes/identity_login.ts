import type { Context } from "hono";
import { isPending, type User } from "../lib/account/user.ts";
import type { IdentityLookup } from "../lib/credential/identity.ts";
import type { Provider } from "../lib/oidc/provider.ts";
import type { FoundTicket } from "../lib/oidc/ticket.ts";
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
   * @param proved What they proved, and when.
   * @param greeting For somebody whose account was just made: its first login is fresh.
   */
  async logIn(
    c: Context,
    provider: Provider,
    { user, lookup }: KnownIdentity,
    proved: FoundTicket<ProvedSignIn>,
    greeting?: FlashWord,
  ): Promise<Response> {
    const { identity, isAnew, next, remember } = proved.value;
    const { login, identities, providerSessions, throttle, completeLogin, signIn, lastProvider } =
      this.#services;
    const { issuer } = identity;
    if (!await identities.noteUse(user, issuer, lookup, proved.createdAt)) {
      return signIn.problem(c, provider, "ended", { purpose: "login", next });
    }
    await providerSessions.note(identity, remember);
    const isKnownDevice = greeting !== undefined || throttle.knowsDevice(c, user);
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
}
