import type { JWTPayload } from "jose";
import { SECOND } from "../time.ts";
import { isObject } from "./bounded_fetch.ts";
import { readIdentifier } from "./claims.ts";
import { refused } from "./failure.ts";
import type { LogoutResult } from "./provider.ts";
import { MAX_CLOCK_SKEW, MAX_TOKEN_AGE, type TokenRules } from "./signed_token.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** What a logout token has, besides what every token has: its type, so that no other passes. */
export const logoutTokenRules: TokenRules = {
  typ: "logout+jwt",
  requiredClaims: ["jti", "events"],
};

/** Reads a verified logout token (OpenID Connect Back-Channel Logout 1.0 §2.6). */
export function readLogoutToken(claims: JWTPayload): LogoutResult {
  if (!isLogout(claims.events)) return refused("events");
  if ("nonce" in claims) return refused("nonce"); // or an ID token could pass for it
  const subject = readIdentifier(claims.sub);
  const providerSession = readIdentifier(claims.sid);
  const isWrong = (claim: unknown, read: string | null) => claim !== undefined && read === null;
  if (isWrong(claims.sub, subject)) return refused("sub");
  if (isWrong(claims.sid, providerSession)) return refused("sid");
  if (subject === null && providerSession === null) return refused("neither sub nor sid");
  const tokenId = readIdentifier(claims.jti);
  if (tokenId === null) return refused("jti");
  return {
    ok: true,
    logout: {
      issuer: String(claims.iss),
      subject,
      providerSession,
      tokenId,
      expiresAt: endOf(claims),
    },
  };
}

function isLogout(events: unknown): boolean {
  return isObject(events) && Object.keys(events).length === 1 && isObject(events[EVENT]);
}

/** When the token is refused for its age at the latest. */
function endOf({ exp = 0, iat = 0 }: JWTPayload): Date {
  return new Date(Math.min(exp * SECOND, iat * SECOND + MAX_TOKEN_AGE) + MAX_CLOCK_SKEW);
}
