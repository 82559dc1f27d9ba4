import type { ProviderMark } from "./provider.ts";

/** How a provider is reached, and what of its word counts. */
export interface ProviderConfig {
  /** In URLs and settings, such as `google`. */
  readonly name: string;
  readonly label: string;
  readonly mark: ProviderMark | null;
  readonly kind: "openid" | "github";
  /** Its metadata is at `/.well-known/openid-configuration` below it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Origins that its own pages send people on to, besides the one it asks them at. */
  readonly otherOrigins: readonly string[];
  /** Whether it can say when somebody logged in there. */
  readonly tellsAuthTime: boolean;
  readonly trust: ProviderTrust;
}

/** What is believed of what a provider says about how somebody logged in there. */
export interface ProviderTrust {
  /** Values of `amr` that prove a second factor (RFC 8176). */
  readonly amr: readonly string[];
  /** Values of `acr` that do. */
  readonly acr: readonly string[];
  /** Whether a login is fresh as long as `auth_time` says. */
  readonly authTime: boolean;
}
