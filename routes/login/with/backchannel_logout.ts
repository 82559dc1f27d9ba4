import { type Context, Hono } from "hono";
import type { Provider, ProviderLogout } from "../../../lib/oidc/provider.ts";
import { NetworkLimit } from "../../middleware/network_limit.ts";
import { providerLogoutPath } from "../../middleware/security.ts";
import type { Services } from "../../services.ts";

/** For each network: every token costs a check of its signature. */
const MAX_PER_MINUTE = 600;

type Used = Pick<
  Services,
  | "login"
  | "accounts"
  | "identities"
  | "pendingLogins"
  | "providers"
  | "providerSessions"
  | "usedLogoutTokens"
  | "now"
>;

/**
 * Ends somebody's sessions when they log out at the provider that vouched for them (OpenID Connect
 * Back-Channel Logout 1.0). The provider's server calls: only its token counts, and no cookie.
 */
export function backchannelLogoutRoutes(services: Used) {
  const { login, accounts, identities, pendingLogins, providers, now } = services;
  const { providerSessions, usedLogoutTokens } = services;
  const routes = new Hono();

  routes.post(providerLogoutPath, new NetworkLimit(MAX_PER_MINUTE, now).middleware, async (c) => {
    const provider = providers.find(c.req.param("provider"));
    if (!provider?.sendsLogouts) return c.json({ error: "invalid_request" }, 404);
    // Other fields are ignored (§2.5).
    const [token, ...more] = new URLSearchParams(await c.req.text()).getAll("logout_token");
    if (token === undefined || more.length > 0) return refuse(c, provider, "not one logout_token");
    const read = await provider.readLogout(token);
    if (!read.ok && read.reason === "refused") return refuse(c, provider, read.detail);
    if (!read.ok) {
      const { reason, detail } = read;
      c.var.log("provider_failed", { provider: provider.name, reason, error: detail });
      return c.json({ error: "temporarily_unavailable" }, 400); // §2.8 knows no other status
    }
    const { logout } = read;
    if (await usedLogoutTokens.has(logout)) return refuse(c, provider, "used before");
    await endLogins(c, logout);
    await usedLogoutTokens.add(logout); // last: a logout that failed may be sent again
    return c.body(null, 200);
  });

  /** What began without this provider goes on. */
  async function endLogins(c: Context, logout: ProviderLogout): Promise<void> {
    const { issuer } = logout;
    const subject = await subjectOf(logout);
    const { userId } = subject === null ? { userId: null } : await identities.find(issuer, subject);
    const user = userId === null ? null : await accounts.find(userId);
    if (!user) return;
    // First what waits. A login that is completed at this very moment counts as a later one.
    try {
      await identities.noteLogout(user, issuer);
    } finally { // also where that record cannot be read
      await pendingLogins.endFrom(user.id, issuer);
      await login.endSessionsFrom(c, user, issuer);
    }
  }

  async function subjectOf({ issuer, subject, providerSession }: ProviderLogout) {
    if (subject !== null || providerSession === null) return subject;
    return await providerSessions.findSubject(issuer, providerSession);
  }

  return routes;
}

function refuse(c: Context, { name }: Provider, detail: string): Response {
  c.var.log("provider_logout_refused", { provider: name, error: detail });
  return c.json({ error: "invalid_request" }, 400);
}
