import type { Context } from "hono";
import { nextAfterProof } from "./middleware/held_request.ts";
import type { SignInAnswer } from "./provider_sign_in.tsx";
import type { Services } from "./services.ts";

type Used = Pick<Services, "login" | "identities" | "signIn" | "heldRequests">;

/** Makes a login fresh, for somebody who logged in at their provider once more. */
export class IdentityProof {
  readonly #services: Used;

  constructor(services: Used) {
    this.#services = services;
  }

  /** Answers somebody who came back from a provider to prove who they are. */
  async finish(
    c: Context,
    { provider, transaction, identity }: SignInAnswer,
  ): Promise<Response> {
    const { login, identities, signIn, heldRequests } = this.#services;
    const [user, session] = await Promise.all([login.user(c), login.session(c)]);
    const isSame = session?.id === transaction.sessionId && user?.id === transaction.userId;
    if (!user || !isSame) return await signIn.problem(c, provider, "session_ended", transaction);
    const { userId } = await identities.find(identity.issuer, identity.subject);
    if (userId !== user.id) return await signIn.problem(c, provider, "other_identity", transaction);
    if (!identity.authenticatedAt) {
      return await signIn.problem(c, provider, "not_anew", transaction);
    }
    if (user.factors.length > 0 && !identity.provesFactor) {
      return c.redirect("/reauthenticate", 303);
    }

    const renewed = await login.reauthenticate(c, identity.provesFactor ? ["fed", "mfa"] : ["fed"]);
    if (!renewed) return c.redirect("/login", 303); // another browser ended it meanwhile
    await login.flash(c, "reauthenticated");
    const target = await nextAfterProof(heldRequests, renewed.id, transaction.next ?? undefined);
    return c.redirect(await login.takeNext(c, target), 303);
  }
}
