import type { AuthorizationServer } from "oauth4webapi";
import { isHost, isLoopback } from "../http/host.ts";
import { unreachable } from "./failure.ts";
import { isTenantTemplateOf } from "./microsoft_tenants.ts";
import type { ProviderFailure } from "./provider.ts";

/** What a provider publishes about itself (OpenID Connect Discovery 1.0 §3). */
export interface ProviderMetadata {
  readonly ok: true;
  readonly server: AuthorizationServer;
  readonly authorizationEndpoint: string;
  readonly keysEndpoint: string;
}

/** Checks metadata: they name this issuer, to the letter, and every endpoint is encrypted. */
export function readMetadata(
  json: Readonly<Record<string, unknown>>,
  issuer: string,
): ProviderMetadata | ProviderFailure {
  if (json.issuer !== issuer && !isTenantTemplateOf(issuer, json.issuer)) {
    return unreachable("the metadata name another issuer");
  }
  const endpoints = [
    ...["authorization_endpoint", "token_endpoint", "jwks_uri"],
    ...json.userinfo_endpoint === undefined ? [] : ["userinfo_endpoint"],
  ];
  const unsafe = endpoints.find((name) => !isSafeEndpoint(json[name], issuer));
  if (unsafe) return unreachable(`the metadata have no safe ${unsafe}`);
  return {
    ok: true,
    server: { ...json, issuer: json.issuer as string },
    authorizationEndpoint: json.authorization_endpoint as string,
    keysEndpoint: json.jwks_uri as string,
  };
}

/** Whether a provider is on this machine, and may be asked without encryption. */
export function isLocalIssuer(issuer: string): boolean {
  const url = URL.parse(issuer);
  return url?.protocol === "http:" && isLoopback(url.hostname);
}

function isSafeEndpoint(endpoint: unknown, issuer: string): boolean {
  const url = typeof endpoint === "string" ? URL.parse(endpoint) : null;
  // It stands in a header: a host such as "a;b" would begin another directive there.
  if (!url || !isHost(url.host)) return false;
  return url.protocol === "https:" || (isLocalIssuer(issuer) && isLocalIssuer(url.href));
}
