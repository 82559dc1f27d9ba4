import { addToCommit } from "@latchkey/login/kv";
import { type Context, Hono } from "hono";
import type { User } from "../../lib/account/user.ts";
import type { UnlinkIdentityResult } from "../../lib/credential/identity.ts";
import { worthlessProofs } from "../../lib/credential/second_factor.ts";
import { addWrites } from "../../lib/kv/write.ts";
import { linkedLabel, linkedProvider } from "../../lib/oidc/linked_provider.ts";
import { IdentitiesPage, type LinkedIdentity } from "../../views/account/identities.tsx";
import { refuse } from "../middleware/errors.tsx";
import { form, text } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const path = "/account/identities";

type Used = Pick<
  Services,
  | "login"
  | "activity"
  | "guards"
  | "identities"
  | "providers"
  | "signIn"
  | "throttle"
  | "mail"
  | "now"
  | "config"
>;

/** Links accounts at providers, and unlinks them: also those of a provider that is gone by now. */
export function identitiesRoutes(services: Used) {
  const { login, guards, identities, providers, signIn, throttle, activity, mail, now, config } =
    services;
  const routes = new Hono();

  routes.get(path, guards.fresh, (c) => page(c, c.var.user));

  routes.get(`${path}/:provider/link`, guards.fresh, (c) => {
    const provider = providers.find(c.req.param("provider"));
    return provider ? signIn.page(c, provider, { purpose: "link" }) : refuse(c, "not_found");
  });

  routes.post(`${path}/:provider/link`, guards.freshAtPage, (c) => {
    const provider = providers.find(c.req.param("provider"));
    return provider ? signIn.begin(c, provider, { purpose: "link" }) : refuse(c, "not_found");
  });

  routes.post(
    `${path}/:provider/unlink`,
    guards.fresh,
    form({ issuer: text }, (c) => refuse(c, "incomplete")),
    async (c) => {
      const { user } = c.var;
      const name = c.req.param("provider");
      const linked = (await linkedOf(user))
        .find(({ provider, issuer }) => {
          return provider.name === name && issuer === c.req.valid("form").issuer;
        });
      // Its form was sent twice, or another browser was faster.
      if (!linked) return c.redirect(path, 303);
      const unlinked = await unlink(c, user, linked);
      if (!unlinked.ok && unlinked.reason === "last_way_in") {
        return await page(c, user, "last_way_in");
      }
      if (!unlinked.ok) return c.redirect(path, 303);
      c.var.log("authn_token_revoked", { reason: "identity" });
      throttle.setDeviceCookie(c, unlinked.user);
      await login.flash(c, "identity_unlinked");
      return c.redirect(path, 303);
    },
  );

  /** This session lives on; every other one ends. */
  async function unlink(
    c: Context,
    user: User,
    { issuer, provider }: LinkedIdentity,
  ): Promise<UnlinkIdentityResult> {
    let result: UnlinkIdentityResult = { ok: false, reason: "gone" };
    await login.renew(c, [], async (sessionChange) => {
      result = await identities.unlink(user, issuer, async (operation, changed) => {
        addToCommit(operation, await sessionChange(changed, worthlessProofs(changed)));
        await activity.join(operation, c, user.id, "identity_unlinked", { name: provider.label });
        if (mail) addWrites(operation, mail.mails.identityUnlinked(c, changed, provider.label));
      });
      return result.ok ? result.user : null;
    });
    return result;
  }

  /** The identities of a user, under the names that their providers have by now. */
  async function linkedOf({ id }: User): Promise<readonly LinkedIdentity[]> {
    return (await identities.list(id)).map((identity) => {
      const { name, mark } = linkedProvider(identity, config.providers) ??
        { name: identity.provider, mark: null };
      return {
        ...identity,
        provider: { name, mark, label: linkedLabel(identity, config.providers) },
      };
    });
  }

  async function page(c: Context, user: User, problem?: "last_way_in") {
    const { text, features } = c.var;
    const linked = await linkedOf(user);
    const linkable = features.providers.filter(({ name }) => {
      return !linked.some(({ provider }) => provider.name === name);
    });
    return c.render(
      <IdentitiesPage
        text={text}
        features={features}
        now={now()}
        linked={linked}
        linkable={linkable}
        problem={problem}
      />,
      { title: text.identities.title, status: problem && 409 },
    );
  }

  return routes;
}
