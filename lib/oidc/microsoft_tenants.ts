import type { JWTPayload } from "jose";
import type { AuthorizationServer } from "oauth4webapi";

/** The tenants of Microsoft share metadata with this issuer; a token has its tenant's id there. */
const TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0";

/** Whether the metadata of an issuer for many tenants may name this one instead. */
export function isTenantTemplateOf(issuer: string, named: unknown): boolean {
  return named === TEMPLATE && ["common", "organizations"].some((it) => issuer === issuerOf(it));
}

/** Whether a token comes from the issuer of these metadata, or from one of its tenants. */
export function isIssuerOf({ iss, tid }: JWTPayload, server: AuthorizationServer): boolean {
  if (server.issuer !== TEMPLATE) return iss === server.issuer;
  return typeof iss === "string" && isTenantIssuer(iss) && iss === issuerOf(String(tid));
}

/** The metadata for an answer: where many tenants share them, its own issuer is the answer's. */
export function serverOfAnswer(
  server: AuthorizationServer,
  answer: URLSearchParams,
): AuthorizationServer {
  const issuer = answer.get("iss") ?? "";
  return server.issuer === TEMPLATE && isTenantIssuer(issuer) ? { ...server, issuer } : server;
}

/** The keys that sign for an issuer: a key of one tenant signs for no other. */
export function keysOfIssuer<Key extends { readonly issuer?: unknown }>(
  keys: readonly Key[],
  issuer: unknown,
): Key[] {
  const isForeign = (keyIssuer: unknown) =>
    typeof keyIssuer === "string" && isTenantIssuer(keyIssuer) && keyIssuer !== issuer;
  return keys.filter((key) => !isForeign(key.issuer));
}

function issuerOf(tenant: string): string {
  return TEMPLATE.replace("{tenantid}", tenant);
}

function isTenantIssuer(issuer: string): boolean {
  return /^https:\/\/login\.microsoftonline\.com\/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\/v2\.0$/
    .test(issuer);
}
