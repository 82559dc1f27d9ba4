import { loginUrl } from "@latchkey/login";
import type { Context } from "hono";
import type { User } from "../lib/account/user.ts";
import { linkedProviders } from "../lib/oidc/linked_provider.ts";
import type { Provider } from "../lib/oidc/provider.ts";
import { isOfLogin } from "../lib/oidc/transaction.ts";
import { finishProof } from "./finish_proof.ts";
import type { SignInAnswer } from "./provider_sign_in.tsx";
import type { Services } from "./services.ts";

type Used = Pick<
  Services,
  | "login"
  | "identities"
  | "providers"
  | "providerSessions"
  | "signIn"
  | "heldRequests"
  | "config"
>;

/** Makes a login fresh, for somebody who logged in at their provider once more. */
export class IdentityProof {
  readonly #services: Used;

  constructor(services: Used) {
    this.#services = services;
  }

  /** Where a user can log in once more to prove who they are, and the provider says when. */
  async providersOf({ id, identities: issuers }: User): Promise<readonly Provider[]> {
    if (issuers.length === 0) return [];
    const { identities, providers, config } = this.#services;
    const linked = await identities.list(id);
    return linkedProviders(linked, config.providers)
      .filter((it) => it.tellsAuthTime)
      .flatMap(({ name }) => providers.find(name) ?? []);
  }

  /** Answers somebody who came back from a provider to prove who they are. */
  async finish(
    c: Context,
    { provider, transaction, identity }: SignInAnswer,
  ): Promise<Response> {
    const { login, identities, providerSessions, signIn } = this.#services;
    const [user, session] = await Promise.all([login.user(c), login.session(c)]);
    if (!user || !session || !isOfLogin(transaction, user, session)) {
      return await signIn.problem(c, provider, "session_ended", transaction);
    }
    const { userId } = await identities.find(identity.issuer, identity.subject);
    if (userId !== user.id) return await signIn.problem(c, provider, "other_identity", transaction);
    // The provider may have begun another session, and its logout may name nothing else.
    await providerSessions.note(identity, session.seriesId !== null);
    // A provider's session may be as old as the login that is not fresh any more (SEC-K11).
    if (!identity.authenticatedAt) {
      return await signIn.problem(c, provider, "not_anew", transaction);
    }
    const next = transaction.next ?? undefined;
    if (user.factors.length > 0 && !identity.provesFactor) {
      return c.redirect(loginUrl("/reauthenticate", next), 303);
    }
    const methods = identity.provesFactor ? ["fed", "mfa"] as const : ["fed"] as const;
    return await finishProof(c, methods, next, this.#services);
  }
}
