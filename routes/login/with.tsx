import { type Context, Hono } from "hono";
import { isLoggedInSince } from "../../lib/oidc/id_token.ts";
import type { Provider } from "../../lib/oidc/provider.ts";
import { refuse } from "../middleware/errors.tsx";
import { form, text } from "../middleware/form.ts";
import type { SignInAnswer } from "../provider_sign_in.tsx";
import type { Services } from "../services.ts";

const path = "/login/with/:provider";

type Used = Pick<
  Services,
  | "login"
  | "guards"
  | "providers"
  | "signIn"
  | "identityLogin"
  | "identityLink"
  | "identityProof"
  | "provedSignIns"
  | "identityCookie"
>;

/** Sign-in with an account somewhere else (OpenID Connect Core 1.0, or GitHub's OAuth 2). */
export function loginWithRoutes(services: Used) {
  const { login, guards, providers, signIn, identityLogin, identityLink, identityProof } = services;
  const { provedSignIns, identityCookie } = services;
  const routes = new Hono();

  routes.get(path, guards.open, (c) => {
    const provider = providers.find(c.req.param("provider"));
    if (!provider) return refuse(c, "not_found");
    return signIn.page(c, provider, { purpose: "login", next: c.req.query("next") });
  });

  routes.post(
    path,
    form({ next: text.optional(), remember: text.optional() }, (c) => refuse(c, "incomplete")),
    (c) => {
      const provider = providers.find(c.req.param("provider"));
      if (!provider) return refuse(c, "not_found");
      const { next, remember } = c.req.valid("form");
      return signIn.begin(c, provider, { purpose: "login", next, remember: remember === "on" });
    },
  );

  // No guard: whoever comes back is judged by what they proved.
  routes.get(`${path}/callback`, async (c) => {
    const provider = providers.find(c.req.param("provider"));
    if (!provider) return await refuse(c, "not_found");
    const answer = await signIn.finish(c, provider);
    if (answer instanceof Response) return answer;
    switch (answer.transaction.purpose) {
      case "login":
        return await logIn(c, provider, answer);
      case "link":
        return await identityLink.finish(c, answer);
      case "reauthenticate":
        return await identityProof.finish(c, answer);
    }
  });

  async function logIn(c: Context, provider: Provider, answer: SignInAnswer): Promise<Response> {
    const { identity: { authenticatedAt, ...identity }, startedAt, cameBackAt, transaction } =
      answer;
    const { next, remember } = transaction;
    const isAnew = isLoggedInSince(authenticatedAt, startedAt);
    const known = await identityLogin.find(identity);
    const current = await login.user(c);
    const userId = current?.id ?? null;
    const proved = { provider: provider.name, identity, isAnew, next, remember, userId };
    const isOther = current !== null && current.id !== known?.user.id;
    if (known && !isOther) {
      return await identityLogin.logIn(c, provider, known, {
        proved,
        provedAt: cameBackAt,
      });
    }
    // Nobody is switched to another account, and no account is made, without being asked.
    identityCookie.write(c, (await provedSignIns.issue(proved)).secret);
    return c.redirect(`/login/with/${provider.name}/confirm`, 303);
  }

  return routes;
}
