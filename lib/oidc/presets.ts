import type { ProviderMark } from "./provider.ts";
import type { ProviderTrust } from "./provider_config.ts";

/** The part of a provider's settings that its preset gives. */
export interface Preset {
  readonly label: string;
  readonly mark: ProviderMark | null;
  readonly kind: "openid" | "github";
  /** Null where settings name it. */
  readonly issuer: string | null;
  /** Whether `OIDC_<NAME>_ISSUER` may name another one. */
  readonly takesIssuer: boolean;
  readonly otherOrigins: readonly string[];
  readonly tellsAuthTime: boolean;
  readonly trust: ProviderTrust;
}

export const noTrust: ProviderTrust = { amr: [], acr: [], authTime: false };

/** The providers that need no more than a client id and a secret, by name. */
export const presets: ReadonlyMap<string, Preset> = new Map<string, Preset>([
  ["google", {
    label: "Google",
    mark: "google",
    kind: "openid",
    issuer: "https://accounts.google.com",
    takesIssuer: false,
    otherOrigins: [],
    tellsAuthTime: false, // its ID tokens have no `auth_time`
    trust: noTrust,
  }],
  ["microsoft", {
    label: "Microsoft",
    mark: "microsoft",
    kind: "openid",
    issuer: null, // by its tenant
    takesIssuer: false,
    otherOrigins: ["https://login.live.com"], // where personal accounts log in
    tellsAuthTime: false, // `auth_time` is an optional claim there
    trust: noTrust,
  }],
  ["github", {
    label: "GitHub",
    mark: "github",
    kind: "github",
    issuer: "https://github.com",
    takesIssuer: false,
    otherOrigins: [],
    tellsAuthTime: false,
    trust: noTrust,
  }],
  ["gitlab", {
    label: "GitLab",
    mark: "gitlab",
    kind: "openid",
    issuer: "https://gitlab.com",
    takesIssuer: true,
    otherOrigins: [],
    tellsAuthTime: true,
    trust: noTrust,
  }],
  ["dev", {
    label: "Dev",
    mark: null,
    kind: "openid",
    issuer: null, // beside the site
    takesIssuer: true,
    otherOrigins: [],
    tellsAuthTime: true,
    // A newcomer sees what a trusted provider is good for; production refuses it.
    trust: { amr: ["mfa"], acr: [], authTime: true },
  }],
]);

/** The client of the local provider, which nothing but development knows. */
export const developmentClient = { id: "latchkey", secret: "a-secret-of-development-only" };

/** Any other OpenID provider, whose issuer is a setting. */
export function unknownPreset(name: string): Preset {
  return {
    label: (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("-", " "),
    mark: null,
    kind: "openid",
    issuer: null,
    takesIssuer: true,
    otherOrigins: [],
    tellsAuthTime: true, // a provider has to, where `max_age` was sent (OpenID Connect Core 1.0 §2)
    trust: noTrust,
  };
}

/** The issuer of a tenant of Microsoft; null if it is none. */
export function microsoftIssuer(tenant: string): string | null {
  const isTenant = tenant === "common" || tenant === "organizations" ||
    /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(tenant);
  const id = tenant === "consumers" ? "9188040d-6c67-4c5b-b112-36a304b66dad" : tenant;
  if (!isTenant && tenant !== "consumers") return null;
  return `https://login.microsoftonline.com/${id}/v2.0`;
}
