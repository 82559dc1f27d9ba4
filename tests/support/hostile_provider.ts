import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { AuthorizationRequest, LogoutResult, Provider } from "../../lib/oidc/provider.ts";
import type { ProviderConfig } from "../../lib/oidc/provider_config.ts";
import { createProviders } from "../../lib/oidc/providers.ts";

type Claims = Record<string, unknown>;

type Handler = (request: Request) => Response | Promise<Response>;

/** A key that the provider signs with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** What a test asks the client, unless it is about something else. */
export const clientId = "latchkey-test";
export const state = "state-of-this-browser-0000000000";

/** A test with a provider whose answers it spoils. */
export function hostileTest(
  name: string,
  run: (provider: HostileProvider) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using provider = await HostileProvider.start();
    await run(provider);
  });
}

/** A small OpenID provider. It is right in everything that a test does not spoil. */
export class HostileProvider implements AsyncDisposable {
  readonly issuer: string;
  /** Added to the metadata; a member that is undefined is left out. */
  metadata: Claims = {};
  /** What it publishes, and signs with: the last one. */
  keys: SigningKey[] = [];
  /** Answers in place of the right ones, by path. */
  readonly answers = new Map<string, Handler>();
  /** The paths that were asked for. */
  readonly asked: string[] = [];
  /** The last form that came to the token endpoint, and its `Authorization`. */
  lastForm: URLSearchParams = new URLSearchParams();
  lastAuthorization: string | null = null;
  /** What the token endpoint gives for a code. */
  idToken: string | null = null;
  userinfo: Claims = {};
  /** The time that the client goes by; it stands still. */
  now: Date = new Date();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #hanging = new AbortController();

  private constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
    this.issuer = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  static async start(): Promise<HostileProvider> {
    const provider = new HostileProvider();
    provider.keys = [await newKey("ES256")];
    return provider;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hanging.abort();
    await this.#server.shutdown();
  }

  /** Our client of this provider. */
  client(config: Partial<ProviderConfig> = {}, fetch = globalThis.fetch): Provider {
    const providers = createProviders([{ ...this.config, ...config }], {
      fetch,
      now: () => this.now,
      origin: "http://localhost:8000",
    });
    return providers.list()[0] as Provider;
  }

  get config(): ProviderConfig {
    return {
      name: "hostile",
      label: "Hostile",
      mark: null,
      kind: "openid",
      issuer: this.issuer,
      clientId,
      clientSecret: "s3cret/with:odd+characters",
      otherOrigins: [],
      tellsAuthTime: true,
      trust: { amr: [], acr: [], authTime: false },
    };
  }

  /** What our side keeps of a sign-in. */
  request(values: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
    return {
      state,
      nonce: "nonce-of-this-browser-0000000000",
      codeVerifier: "verifier-of-this-browser-0000000000000000000",
      asksAnew: false,
      startedAt: this.now,
      ...values,
    };
  }

  pass(milliseconds: number): void {
    this.now = new Date(this.now.getTime() + milliseconds);
  }

  count(path: string): number {
    return this.asked.filter((it) => it === path).length;
  }

  /** Never answers, until the end of the test. */
  readonly hang: Handler = () =>
    new Promise((resolve) => {
      this.#hanging.signal.addEventListener("abort", () => resolve(new Response()));
    });

  /** Answers with headers and a beginning, and never ends. */
  readonly hangInBody: Handler = () => {
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode("{"));
        this.#hanging.signal.addEventListener("abort", () => controller.error());
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  };

  /** What an ID token and a logout token both say. */
  #claims(seconds: number): Claims {
    const iat = Math.floor(this.now.getTime() / 1000);
    return { iss: this.issuer, sub: "ann-at-hostile", aud: clientId, iat, exp: iat + seconds };
  }

  idClaims(claims: Claims = {}): Claims {
    return {
      ...this.#claims(300),
      nonce: this.request().nonce,
      email: "ann@example.com",
      email_verified: true,
      name: "Ann",
      ...claims,
    };
  }

  logoutClaims(claims: Claims = {}): Claims {
    return {
      ...this.#claims(120),
      jti: "logout-1",
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
      ...claims,
    };
  }

  /** Signs claims; one that is undefined is left out. */
  async sign(
    claims: Claims,
    header: Claims = {},
    key: SigningKey = this.keys.at(-1) as SigningKey,
  ): Promise<string> {
    const { kid, alg, privateKey } = key;
    return await new SignJWT(JSON.parse(JSON.stringify(claims)))
      .setProtectedHeader({ alg, kid, ...header })
      .sign(privateKey, { crit: { b64: true, unknown: true } });
  }

  signLogout(claims: Claims = {}, header: Claims = {}): Promise<string> {
    return this.sign(this.logoutClaims(claims), { typ: "logout+jwt", ...header });
  }

  /** Lets somebody come back with a right answer, and this ID token. */
  async redeem(
    token: string | Claims = {},
    { config, request, answer = {} }: {
      readonly config?: Partial<ProviderConfig>;
      readonly request?: Partial<AuthorizationRequest>;
      readonly answer?: Record<string, string>;
    } = {},
  ): ReturnType<Provider["redeem"]> {
    this.idToken = typeof token === "string" ? token : await this.sign(this.idClaims(token));
    const parameters = new URLSearchParams({ code: "a-code", state, ...answer });
    return await this.client(config).redeem(parameters, this.request(request));
  }

  async logout(token: string | Claims): Promise<LogoutResult> {
    const signed = typeof token === "string" ? token : await this.signLogout(token);
    return await this.client().readLogout(signed);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    this.asked.push(pathname);
    const body = await request.text();
    const spoiled = this.answers.get(pathname);
    if (spoiled) return await spoiled(request);
    switch (pathname) {
      case "/.well-known/openid-configuration":
        return Response.json(this.#metadata());
      case "/keys":
        return Response.json({ keys: this.keys.map((key) => key.publicJwk) });
      case "/token":
        this.lastForm = new URLSearchParams(body);
        this.lastAuthorization = request.headers.get("authorization");
        return Response.json({
          access_token: "an-access-token",
          token_type: "Bearer",
          id_token: this.idToken,
        });
      case "/userinfo":
        return Response.json(this.userinfo);
    }
    return new Response("Nothing here", { status: 404 });
  }

  #metadata(): Claims {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/keys`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      ...this.metadata,
    };
  }
}

let keysMade = 0;

/** A key pair of an algorithm, under a new id. */
export async function newKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${++keysMade}`;
  return {
    kid,
    alg,
    privateKey,
    publicJwk: { ...await exportJWK(publicKey), kid, alg, use: "sig" },
  };
}
