import { bearerToken } from "@latchkey/login";
import type { Context } from "hono";
import type { User } from "../../lib/account/user.ts";
import type { ApiTokens, TokenRefusal } from "../../lib/credential/api_token.ts";
import type { ApiToken, Scope } from "../../lib/credential/api_token_record.ts";
import type { ApiThrottle } from "../../lib/throttle/api_throttle.ts";
import { API_REQUESTS, API_WINDOW } from "../../lib/throttle/rate_limit.ts";
import { SECOND } from "../../lib/time.ts";
import { isForPrograms, problem } from "./problem.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** What the token of this request allows; absent where a session authenticates it. */
    scopes?: readonly string[];
    /** The token that authenticates this request. */
    apiToken?: ApiToken;
    /** Why the token of this request proves nobody. */
    tokenRefusal?: TokenRefusal;
  }
}

const details: Readonly<Record<TokenRefusal, string>> = {
  malformed: "This is no API token: one has lk_ and 92 letters and digits.",
  checksum: "The token has a typing error: its checksum is wrong.",
  unknown: "The token is unknown: perhaps it was revoked.",
  expired: "The token has ended on its day.",
  ended: "The token has ended: its user was logged out everywhere.",
};

/**
 * Whether a program presents a token to the API. Its cookies count for nothing then, so another site
 * cannot send such a request in somebody's name.
 */
export function hasToken(c: Context): boolean {
  return isForPrograms(c) && /^bearer(?: |$)/i.test(c.req.header("authorization") ?? "");
}

/** The user of a request with an API token; null without one, or when it proves nobody. */
export async function loadByToken(
  c: Context,
  apiTokens: Pick<ApiTokens, "authenticate">,
): Promise<User | null> {
  if (!hasToken(c)) return null;
  const found = await apiTokens.authenticate(bearerToken(c.req.raw) ?? "");
  if (!found.ok) {
    c.set("tokenRefusal", found.reason);
    return null;
  }
  c.set("apiToken", found.token);
  c.set("scopes", found.token.scopes);
  return found.user;
}

/** The answer to a token that proves nobody, came too often, or lacks the scope; null otherwise. */
export async function refuseToken(
  c: Context,
  scope: Scope,
  throttle: Pick<ApiThrottle, "consume">,
): Promise<Response | null> {
  const { tokenRefusal, apiToken, scopes } = c.var;
  if (tokenRefusal) {
    c.var.log("api_token_refused", { reason: tokenRefusal });
    c.header("WWW-Authenticate", 'Bearer error="invalid_token"'); // RFC 6750 §3.1
    return problem(c, { title: "Unauthorized", status: 401, detail: details[tokenRefusal] });
  }
  if (!apiToken) return null;

  const quota = await throttle.consume(apiToken.id);
  setQuota(c, quota.ok ? quota.remaining : 0, quota.resetsIn);
  if (!quota.ok) {
    const { resetsIn: retryAfter } = quota;
    c.var.log("excess_rate_limit_exceeded", { limit: "api_token", retryAfter });
    c.header("Retry-After", String(retryAfter));
    return problem(c, { title: "Too many requests", status: 429 });
  }
  if (scopes?.includes(scope)) return null;
  c.var.log("authz_fail", { reason: "scope" });
  c.header("WWW-Authenticate", `Bearer error="insufficient_scope", scope="${scope}"`);
  const detail = `The token lacks the scope ${scope}.`;
  return problem(c, { title: "Forbidden", status: 403, detail });
}

/** draft-ietf-httpapi-ratelimit-headers-10 */
function setQuota(c: Context, remaining: number, resetsIn: number): void {
  c.header("RateLimit-Policy", `"token";q=${API_REQUESTS};w=${API_WINDOW / SECOND}`);
  c.header("RateLimit", `"token";r=${remaining};t=${resetsIn}`);
}
