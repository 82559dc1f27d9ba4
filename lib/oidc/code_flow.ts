import * as oauth from "oauth4webapi";
import { askProvider, type BoundedFetch, isObject, type ProviderAnswer } from "./bounded_fetch.ts";
import { type Refusal, refused, unreachable } from "./failure.ts";
import type { AuthorizationRequest, ProviderFailure, RedeemResult } from "./provider.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { isLocalIssuer } from "./provider_metadata.ts";

/** In UTF-16 units. */
const MAX_CODE_LENGTH = 4096;

/** These errors are about the provider's server (RFC 6749 §4.1.2.1); the others say no. */
const serverErrors = ["server_error", "temporarily_unavailable"];
/** These are about the settings (RFC 6749 §5.2): the person did nothing wrong. GitHub has its own. */
const clientErrors = ["invalid_client", "unauthorized_client", "incorrect_client_credentials"];

/** The tokens that a code was exchanged for. */
export interface Tokens {
  readonly ok: true;
  readonly accessToken: string;
  readonly idToken: string | null;
}

export type TokensResult = Tokens | Extract<RedeemResult, { readonly ok: false }>;

/** The authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636). */
export class CodeFlow {
  readonly #client: oauth.Client;
  readonly #clientSecret: string;
  readonly #redirectUri: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #isLocal: boolean;

  constructor(config: ProviderConfig, fetch: typeof globalThis.fetch, redirectUri: string) {
    this.#client = { client_id: config.clientId };
    this.#clientSecret = config.clientSecret;
    this.#redirectUri = redirectUri;
    this.#fetch = fetch;
    this.#isLocal = isLocalIssuer(config.issuer);
  }

  /** The address that asks somebody who they are. */
  async authorizationUrl(
    endpoint: string,
    request: AuthorizationRequest,
    parameters: Readonly<Record<string, string>>,
  ): Promise<string> {
    const url = new URL(endpoint);
    const all = {
      response_type: "code",
      client_id: this.#client.client_id,
      redirect_uri: this.#redirectUri,
      state: request.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(request.codeVerifier),
      code_challenge_method: "S256",
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Exchanges the code of an answer, which has to be this provider's, and to this request. */
  async redeem(
    server: oauth.AuthorizationServer,
    answer: URLSearchParams,
    { state, codeVerifier }: AuthorizationRequest,
  ): Promise<TokensResult> {
    const parameters = this.#readAnswer(server, answer, state);
    if (!(parameters instanceof URLSearchParams)) return parameters;
    const authentication = clientAuthentication(server, this.#clientSecret);
    const tokens = await askProvider(
      "the token endpoint",
      this.#fetch,
      (request) =>
        oauth.authorizationCodeGrantRequest(
          server,
          this.#client,
          authentication,
          parameters,
          this.#redirectUri,
          codeVerifier,
          this.requestOptions(request),
        ),
    );
    return tokens.ok ? readTokens(tokens) : tokens;
  }

  /** Options that send the library's requests through ours. */
  requestOptions(request: BoundedFetch) {
    return { [oauth.customFetch]: request, [oauth.allowInsecureRequests]: this.#isLocal };
  }

  #readAnswer(
    server: oauth.AuthorizationServer,
    answer: URLSearchParams,
    state: string,
  ): URLSearchParams | Extract<RedeemResult, { readonly ok: false }> {
    try {
      const parameters = oauth.validateAuthResponse(server, this.#client, answer, state);
      const [code = "", ...more] = parameters.getAll("code");
      const isOne = code !== "" && code.length <= MAX_CODE_LENGTH && more.length === 0;
      return isOne ? parameters : refused("the answer has not one code");
    } catch (error) {
      if (!(error instanceof oauth.AuthorizationResponseError)) return refused(messageOf(error));
      const word = errorWord(error.error);
      return serverErrors.includes(word)
        ? unreachable(word)
        : { ok: false, reason: "denied", detail: word };
    }
  }
}

/** Basic is the default of the standard; a provider that knows only the other one says so. */
function clientAuthentication(
  { token_endpoint_auth_methods_supported: methods }: oauth.AuthorizationServer,
  clientSecret: string,
): oauth.ClientAuth {
  const onlyPost = Array.isArray(methods) && methods.includes("client_secret_post") &&
    !methods.includes("client_secret_basic");
  return onlyPost ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret);
}

/** GitHub sends errors with the status 200. */
function readTokens({ status, json }: ProviderAnswer): Tokens | ProviderFailure | Refusal {
  if (!isObject(json)) return unreachable(`the token endpoint answered ${status} and no JSON`);
  if (json.error !== undefined) return readTokenError(errorWord(json.error));
  const { access_token: accessToken, token_type: type, id_token: idToken = null } = json;
  const isBearer = typeof type === "string" && type.toLowerCase() === "bearer";
  if (status !== 200 || !isBearer || !isToken(accessToken)) {
    return unreachable(`the token endpoint answered ${status} and no token`);
  }
  if (idToken !== null && !isToken(idToken)) return unreachable("the ID token is no text");
  return { ok: true, accessToken, idToken };
}

function readTokenError(word: string): ProviderFailure | Refusal {
  const detail = `the token endpoint: ${word}`;
  const isOutage = [...serverErrors, ...clientErrors].includes(word);
  return isOutage ? unreachable(detail) : refused(detail);
}

function isToken(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** The word of a provider for what went wrong (RFC 6749 §4.1.2.1), for the log. */
function errorWord(error: unknown): string {
  const isWord = typeof error === "string" && /^[\x20-\x7e]{1,100}$/.test(error);
  return isWord ? error : "an error without a word";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : "not readable";
}
