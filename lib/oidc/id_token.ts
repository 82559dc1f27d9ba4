import type { JWTPayload } from "jose";
import { SECOND } from "../time.ts";
import { readIdentifier } from "./claims.ts";
import { refused } from "./failure.ts";
import type { AuthorizationRequest, ProvedIdentity, RedeemResult } from "./provider.ts";
import type { ProviderConfig, ProviderTrust } from "./provider_config.ts";
import { MAX_CLOCK_SKEW, type TokenRules } from "./signed_token.ts";

/** What an ID token has, besides what every token has. */
export const idTokenRules: TokenRules = { requiredClaims: ["sub", "nonce"] };

/** What an ID token says about a login: who somebody is, but not what they are called. */
export type IdTokenLogin = Omit<ProvedIdentity, "email" | "emailVerified" | "name">;

/** Reads a verified ID token, which has to answer this request (OpenID Connect Core 1.0 §3.1.3.7). */
export function readIdToken(
  claims: JWTPayload,
  { clientId, trust }: ProviderConfig,
  request: AuthorizationRequest,
  now: Date,
): { readonly ok: true; readonly login: IdTokenLogin } | Extract<RedeemResult, { ok: false }> {
  const subject = readIdentifier(claims.sub);
  if (subject === null) return refused("sub");
  if (claims.nonce !== request.nonce) return refused("nonce");
  if (!isAuthorizedParty(claims, clientId)) return refused("azp");
  const loggedInAt = readAuthTime(claims.auth_time, now);
  if (request.asksAnew && !isLoggedInSince(loggedInAt, request.startedAt)) {
    return { ok: false, reason: "not_anew", detail: "auth_time" };
  }
  const login: IdTokenLogin = {
    issuer: String(claims.iss),
    subject,
    provesFactor: provesTrustedFactor(claims, trust),
    authenticatedAt: request.asksAnew || trust.authTime ? loggedInAt : null,
    providerSession: readIdentifier(claims.sid),
  };
  return { ok: true, login };
}

/**
 * Whether somebody logged in at their provider since a request began: some providers ignore
 * `prompt=login` and `max_age=0`, and answer for an old login.
 */
export function isLoggedInSince(authenticatedAt: Date | null, startedAt: Date): boolean {
  if (authenticatedAt === null) return false;
  return authenticatedAt.getTime() >= startedAt.getTime() - MAX_CLOCK_SKEW;
}

/** A token for several parties has to say that it was made for us. */
function isAuthorizedParty({ aud, azp }: JWTPayload, clientId: string): boolean {
  const isShared = Array.isArray(aud) && aud.length > 1;
  return azp === clientId || (azp === undefined && !isShared);
}

/** When somebody logged in, at most now; null when the token does not say it, or says nonsense. */
function readAuthTime(claim: unknown, now: Date): Date | null {
  if (typeof claim !== "number" || !(claim >= 0)) return null;
  const time = claim * SECOND;
  if (time > now.getTime() + MAX_CLOCK_SKEW) return null;
  return new Date(Math.min(time, now.getTime()));
}

function provesTrustedFactor({ amr, acr }: JWTPayload, trust: ProviderTrust): boolean {
  const methods: unknown[] = Array.isArray(amr) ? amr : [];
  return trust.amr.some((it) => methods.includes(it)) || trust.acr.some((it) => it === acr);
}
