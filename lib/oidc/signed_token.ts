import type { JWK, JWTPayload, JWTVerifyOptions } from "jose";
import type { AuthorizationServer } from "oauth4webapi";
import { type Clock, MINUTE, SECOND } from "../time.ts";
import { type Refusal, refused } from "./failure.ts";
import type { KeptAnswer } from "./kept_answer.ts";
import { isIssuerOf, keysOfIssuer } from "./microsoft_tenants.ts";
import type { ProviderFailure } from "./provider.ts";

/** How far a provider's clock may be off, in milliseconds. */
export const MAX_CLOCK_SKEW = 60 * SECOND;
/** How old a token may be, in milliseconds. */
export const MAX_TOKEN_AGE = 10 * MINUTE;
/** In UTF-16 units. */
const MAX_TOKEN_LENGTH = 32 * 1024;

/** How long keys are believed, and how old they are before an unknown key makes us ask again. */
const KEYS_LIFETIME = 5 * MINUTE;
const MIN_KEYS_AGE = MINUTE;

/** With a symmetric algorithm, whoever knows the public key could sign; with `none`, anybody. */
const algorithms = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "Ed25519", "EdDSA"],
];

/** Headers that bring a key, or lead to one (RFC 7515 §4.1). */
const foreignKeys = ["jwk", "jku", "x5u", "x5c"];

/** The public keys of a provider; Microsoft's may say whose tokens they sign. */
export interface ProviderKeys {
  readonly ok: true;
  readonly keys: readonly ProviderKey[];
}

export type ProviderKey = JWK & { readonly issuer?: unknown };

export type TokenResult =
  | { readonly ok: true; readonly claims: JWTPayload }
  | ProviderFailure
  | Refusal;

/** What a kind of token has to have. */
export type TokenRules = Pick<JWTVerifyOptions, "typ"> & {
  readonly requiredClaims: string[];
};

/** Checks what the tokens of a provider have in common: signature, issuer, audience, times. */
export class TokenVerifier {
  readonly #keys: KeptAnswer<ProviderKeys>;
  readonly #clientId: string;
  readonly #now: Clock;

  constructor(keys: KeptAnswer<ProviderKeys>, clientId: string, now: Clock) {
    this.#keys = keys;
    this.#clientId = clientId;
    this.#now = now;
  }

  async verify(
    token: string,
    server: AuthorizationServer,
    rules: TokenRules,
  ): Promise<TokenResult> {
    if (token.length > MAX_TOKEN_LENGTH) return refused("the token is too long");
    const kept = await this.#keys.get(KEYS_LIFETIME);
    const result = await this.#verifyWith(kept, token, server, rules);
    if (result !== "unknown_key") return result;
    // Anybody can send such a token, also while the provider fails.
    const newer = await this.#keys.get(MIN_KEYS_AGE, MIN_KEYS_AGE);
    const second = await this.#verifyWith(newer, token, server, rules);
    return second === "unknown_key" ? refused("no key of the provider fits the token") : second;
  }

  async #verifyWith(
    kept: ProviderKeys | ProviderFailure,
    token: string,
    server: AuthorizationServer,
    rules: TokenRules,
  ): Promise<TokenResult | "unknown_key"> {
    if (!kept.ok) return kept;
    const { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } = await import(
      "jose"
    );
    try {
      // Keys come from the issuer alone: a token that brings one, or says where one is, is none.
      if (foreignKeys.some((name) => name in decodeProtectedHeader(token))) return refused("key");
      const own = keysOfIssuer(kept.keys, decodeJwt(token).iss);
      const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: own }), {
        ...rules,
        algorithms: algorithmsOf(server),
        audience: this.#clientId,
        clockTolerance: MAX_CLOCK_SKEW / SECOND,
        currentDate: this.#now(),
        maxTokenAge: MAX_TOKEN_AGE / SECOND,
        requiredClaims: ["iss", "aud", "iat", "exp", ...rules.requiredClaims],
      });
      return isIssuerOf(payload, server) ? { ok: true, claims: payload } : refused("iss");
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return "unknown_key";
      return refused(String(error).slice(0, 200));
    }
  }
}

/** Those that the provider names; RS256 when it names none (OpenID Connect Discovery 1.0 §3). */
function algorithmsOf(server: AuthorizationServer): string[] {
  const named: unknown = server.id_token_signing_alg_values_supported ?? ["RS256"];
  return algorithms.filter((it) => Array.isArray(named) && named.includes(it));
}
