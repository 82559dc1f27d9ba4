import type { Clock } from "../time.ts";

/** Where people have an account already, and prove who they are: an OpenID provider, or GitHub. */
export interface Provider {
  /** In URLs and settings, such as `google`. */
  readonly name: string;
  /** What people call it, such as "Google". */
  readonly label: string;
  /** Whose mark its button shows; null for a provider without one. */
  readonly mark: ProviderMark | null;
  /** Whether it can say when somebody logged in there: without that nobody reauthenticates there. */
  readonly tellsAuthTime: boolean;
  /** Whether it may end sessions here by a back-channel logout. */
  readonly sendsLogouts: boolean;

  /** Whether it answers now, and the origins of the pages that it asks people on. */
  look(): Promise<LookResult>;
  /** The address that asks somebody who they are. */
  authorizationUrl(request: AuthorizationRequest): Promise<AuthorizationUrlResult>;
  /** Reads what came back, and asks the provider for what it stands for. */
  redeem(answer: URLSearchParams, request: AuthorizationRequest): Promise<RedeemResult>;
  /** Checks a token that ends sessions (OpenID Connect Back-Channel Logout 1.0 §2.6). */
  readLogout(token: string): Promise<LogoutResult>;
}

/** What the client of a provider needs besides its settings. */
export interface ProviderContext {
  readonly fetch: typeof globalThis.fetch;
  readonly now: Clock;
  readonly redirectUri: string;
}

export type ProviderMark = "google" | "microsoft" | "github" | "gitlab";

/** What one question to a provider is bound to. */
export interface AuthorizationRequest {
  /** Each at least 128 random bits, in base64url. */
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636. */
  readonly codeVerifier: string;
  /** Whether people have to log in there anew (`prompt=login`, `max_age=0`). */
  readonly asksAnew: boolean;
  /** When it was asked. */
  readonly startedAt: Date;
}

/**
 * Why a provider gave no answer that counts. `unreachable`: no connection, an error of its server,
 * an answer that is not what the standard says, or one that refuses us as its client. `too_slow`:
 * none within five seconds.
 */
export type ProviderFailure = {
  readonly ok: false;
  readonly reason: "unreachable" | "too_slow";
  /** For the log. */
  readonly detail: string;
};

export type LookResult =
  | { readonly ok: true; readonly origins: readonly string[] }
  | ProviderFailure;

export type AuthorizationUrlResult = { readonly ok: true; readonly url: string } | ProviderFailure;

export type RedeemResult =
  | { readonly ok: true; readonly identity: ProvedIdentity }
  | ProviderFailure
  /**
   * `denied`: the person, or the provider, said no. `refused`: a check of the answer failed.
   * `not_anew`: it does not say that they logged in anew, which was asked.
   */
  | {
    readonly ok: false;
    readonly reason: "denied" | "refused" | "not_anew";
    /** For the log: the word of the provider (`access_denied`), or the check that failed. */
    readonly detail: string;
  };

export type LogoutResult =
  | { readonly ok: true; readonly logout: ProviderLogout }
  | ProviderFailure
  | { readonly ok: false; readonly reason: "refused"; readonly detail: string };

/** Who somebody is at a provider. Only issuer and subject name them: addresses change hands. */
export interface ProvedIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** As the provider wrote it; null when it gave none that could be one. */
  readonly email: string | null;
  /** True only where the provider said `true`, and nothing else. */
  readonly emailVerified: boolean;
  /** Empty when the provider gave none. */
  readonly name: string;
  /** Whether the provider proved a second factor, where the settings say to believe it. */
  readonly provesFactor: boolean;
  /** When they logged in there, where it says so and the settings say to believe it, or it was asked. */
  readonly authenticatedAt: Date | null;
  /** The provider's own session, for a logout that names it; null when it has none. */
  readonly providerSession: string | null;
}

/** Whose sessions end; at least one of subject and provider session is there. */
export interface ProviderLogout {
  readonly issuer: string;
  readonly subject: string | null;
  readonly providerSession: string | null;
  /** Once used, it does nothing again. */
  readonly tokenId: string;
  /** From then on the token is refused for its age. */
  readonly expiresAt: Date;
}
