import * as oauth from "oauth4webapi";
import { type Clock, HOUR, SECOND } from "../time.ts";
import { askForObject, isObject } from "./bounded_fetch.ts";
import { readEmail, readName } from "./claims.ts";
import { CodeFlow } from "./code_flow.ts";
import { type Refusal, refused, unreachable } from "./failure.ts";
import { idTokenRules, readIdToken } from "./id_token.ts";
import { KeptAnswer } from "./kept_answer.ts";
import { logoutTokenRules, readLogoutToken } from "./logout_token.ts";
import { serverOfAnswer } from "./microsoft_tenants.ts";
import type {
  AuthorizationRequest,
  AuthorizationUrlResult,
  LogoutResult,
  LookResult,
  ProvedIdentity,
  Provider,
  ProviderContext,
  ProviderFailure,
  ProviderMark,
  RedeemResult,
} from "./provider.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { type ProviderMetadata, readMetadata } from "./provider_metadata.ts";
import { type ProviderKey, type ProviderKeys, TokenVerifier } from "./signed_token.ts";

/** How old metadata may be when somebody is sent to the provider: it has to answer now. */
const MAX_LOOK_AGE = 10 * SECOND;
/** How old they may be when somebody comes back. */
const MAX_METADATA_AGE = HOUR;

type Claims = Readonly<Record<string, unknown>>;

type ClaimsResult = { readonly ok: true; readonly claims: Claims } | ProviderFailure | Refusal;

/** A provider that speaks OpenID Connect; its metadata say where. */
export class OpenidProvider implements Provider {
  readonly name: string;
  readonly label: string;
  readonly mark: ProviderMark | null;
  readonly tellsAuthTime: boolean;
  readonly sendsLogouts = true;
  readonly #config: ProviderConfig;
  readonly #fetch: typeof globalThis.fetch;
  readonly #now: Clock;
  readonly #flow: CodeFlow;
  readonly #metadata: KeptAnswer<ProviderMetadata>;
  readonly #tokens: TokenVerifier;

  constructor(config: ProviderConfig, { fetch, now, redirectUri }: ProviderContext) {
    this.name = config.name;
    this.label = config.label;
    this.mark = config.mark;
    this.tellsAuthTime = config.tellsAuthTime;
    this.#config = config;
    this.#fetch = fetch;
    this.#now = now;
    this.#flow = new CodeFlow(config, fetch, redirectUri);
    this.#metadata = new KeptAnswer(() => this.#askForMetadata(), now);
    const keys = new KeptAnswer(() => this.#askForKeys(), now);
    this.#tokens = new TokenVerifier(keys, config.clientId, now);
  }

  async look(): Promise<LookResult> {
    const metadata = await this.#metadata.get(MAX_LOOK_AGE);
    if (!metadata.ok) return metadata;
    const { origin } = new URL(metadata.authorizationEndpoint);
    return { ok: true, origins: [...new Set([origin, ...this.#config.otherOrigins])] };
  }

  async authorizationUrl(request: AuthorizationRequest): Promise<AuthorizationUrlResult> {
    const metadata = await this.#metadata.get(MAX_LOOK_AGE);
    if (!metadata.ok) return metadata;
    const url = await this.#flow.authorizationUrl(metadata.authorizationEndpoint, request, {
      scope: "openid email profile",
      nonce: request.nonce,
      ...request.asksAnew ? { prompt: "login", max_age: "0" } : {},
    });
    return { ok: true, url };
  }

  async redeem(answer: URLSearchParams, request: AuthorizationRequest): Promise<RedeemResult> {
    const metadata = await this.#metadata.get(MAX_METADATA_AGE);
    if (!metadata.ok) return metadata;
    const server = serverOfAnswer(metadata.server, answer);

    const tokens = await this.#flow.redeem(server, answer, request);
    if (!tokens.ok) return tokens;
    if (tokens.idToken === null) return unreachable("the token endpoint gave no ID token");

    const verified = await this.#tokens.verify(tokens.idToken, server, idTokenRules);
    if (!verified.ok) return verified;
    const login = readIdToken(verified.claims, this.#config, request, this.#now());
    if (!login.ok) return login;

    const profile = await this.#completeClaims(server, verified.claims, tokens.accessToken);
    if (!profile.ok) return profile;
    return { ok: true, identity: { ...login.login, ...readProfile(profile.claims) } };
  }

  async readLogout(token: string): Promise<LogoutResult> {
    const metadata = await this.#metadata.get(MAX_METADATA_AGE);
    if (!metadata.ok) return metadata;
    const verified = await this.#tokens.verify(token, metadata.server, logoutTokenRules);
    return verified.ok ? readLogoutToken(verified.claims) : verified;
  }

  /** Asks for the address and the name that an ID token lacks. */
  async #completeClaims(
    server: oauth.AuthorizationServer,
    claims: Claims,
    accessToken: string,
  ): Promise<ClaimsResult> {
    const lacks = claims.email === undefined || claims.name === undefined;
    if (!lacks || server.userinfo_endpoint === undefined) return { ok: true, claims };
    const client = { client_id: this.#config.clientId };
    const answer = await askForObject(
      "userinfo",
      this.#fetch,
      (request) =>
        oauth.userInfoRequest(server, client, accessToken, this.#flow.requestOptions(request)),
    );
    if (!answer.ok) return answer;
    // Another token could have been put in the place of ours (OpenID Connect Core 1.0 §5.3.2).
    if (answer.object.sub !== claims.sub) return refused("userinfo is about somebody else");
    const { email, email_verified } = claims.email === undefined ? answer.object : claims;
    return { ok: true, claims: { email, email_verified, name: claims.name ?? answer.object.name } };
  }

  async #askForMetadata(): Promise<ProviderMetadata | ProviderFailure> {
    const { issuer } = this.#config;
    const answer = await askForObject(
      "the metadata",
      this.#fetch,
      (request) => oauth.discoveryRequest(new URL(issuer), this.#flow.requestOptions(request)),
    );
    return answer.ok ? readMetadata(answer.object, issuer) : answer;
  }

  async #askForKeys(): Promise<ProviderKeys | ProviderFailure> {
    const metadata = await this.#metadata.get(MAX_METADATA_AGE);
    if (!metadata.ok) return metadata;
    const answer = await askForObject(
      "the keys",
      this.#fetch,
      (request) => request(metadata.keysEndpoint, { headers: { accept: "application/json" } }),
    );
    if (!answer.ok) return answer;
    const { keys } = answer.object;
    const areKeys = Array.isArray(keys) && keys.every(isObject);
    return areKeys
      ? { ok: true, keys: keys as ProviderKey[] }
      : unreachable("the keys are no keys");
  }
}

function readProfile(
  { email, email_verified: verified, name }: Claims,
): Pick<ProvedIdentity, "email" | "emailVerified" | "name"> {
  return { ...readEmail(email, verified), name: readName(name) };
}
