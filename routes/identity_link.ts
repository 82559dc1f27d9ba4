import type { Context } from "hono";
import type { User } from "../lib/account/user.ts";
import { addWrites } from "../lib/kv/write.ts";
import type { LinkIdentityResult } from "../lib/credential/identity.ts";
import { newIdentity } from "../lib/credential/identity_record.ts";
import type { ProvedIdentity, Provider } from "../lib/oidc/provider.ts";
import { isOfLogin } from "../lib/oidc/transaction.ts";
import type { SignInAnswer } from "./provider_sign_in.tsx";
import type { Services } from "./services.ts";

type Used = Pick<Services, "login" | "activity" | "identities" | "signIn" | "mail">;

/** Links an account at a provider to the account of somebody who is logged in. */
export class IdentityLink {
  readonly #services: Used;

  constructor(services: Used) {
    this.#services = services;
  }

  /** Answers somebody who came back from a provider to link their account there. */
  async finish(
    c: Context,
    { provider, transaction, identity }: SignInAnswer,
  ): Promise<Response> {
    const { login, signIn } = this.#services;
    const [user, session] = await Promise.all([login.user(c), login.session(c)]);
    if (!user || !isOfLogin(transaction, user, session)) {
      return await signIn.problem(c, provider, "session_ended", transaction);
    }
    const result = await this.link(c, user, { provider, identity });
    if (!result.ok && result.reason !== "linked_already") {
      const word = result.reason === "gone" ? "session_ended" : result.reason;
      return await signIn.problem(c, provider, word, transaction);
    }
    await login.flash(c, result.ok ? "identity_linked" : "identity_linked_already");
    return c.redirect("/account/identities", 303);
  }

  /** Links it, wherever that was asked for, and tells the user by mail. */
  async link(
    c: Context,
    user: User,
    { provider, identity }: {
      readonly provider: Provider;
      readonly identity: Pick<ProvedIdentity, "issuer" | "subject" | "email">;
    },
  ): Promise<LinkIdentityResult> {
    const { identities, activity, mail } = this.#services;
    const proved = newIdentity(provider, identity);
    const result = await identities.link(user, proved, async (operation, changed) => {
      const linked = { issuer: proved.issuer, provider: provider.label };
      await activity.join(operation, c, user.id, "identity_linked", { name: provider.label });
      if (mail) addWrites(operation, mail.mails.identityLinked(c, changed, linked));
    });
    if (result.ok) c.var.log("authn_token_created", { reason: "identity" });
    return result;
  }
}
