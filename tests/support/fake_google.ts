import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Page } from "playwright-core";
import { readProviderConfigs } from "../../lib/oidc/provider_config.ts";
import type { BrowserServer } from "./browser_server.ts";
import { metadataOf } from "./example_provider.ts";

const issuer = "https://accounts.google.com";
const clientId = "latchkey.example";

/** Every provider whose mark we have, and one without. Only Google is there to be asked. */
export const fakeProviders = readProviderConfigs(
  {
    OIDC_PROVIDERS: "google,microsoft,github,gitlab,acme",
    OIDC_GOOGLE_CLIENT_ID: clientId,
    OIDC_GOOGLE_CLIENT_SECRET: "secret",
    OIDC_MICROSOFT_CLIENT_ID: clientId,
    OIDC_MICROSOFT_CLIENT_SECRET: "secret",
    OIDC_MICROSOFT_TENANT: "common",
    OIDC_GITHUB_CLIENT_ID: clientId,
    OIDC_GITHUB_CLIENT_SECRET: "secret",
    OIDC_GITLAB_CLIENT_ID: clientId,
    OIDC_GITLAB_CLIENT_SECRET: "secret",
    OIDC_ACME_CLIENT_ID: clientId,
    OIDC_ACME_CLIENT_SECRET: "secret",
    OIDC_ACME_ISSUER: "https://id.acme.example",
  },
  { origin: "http://localhost" },
  (problem) => {
    throw new Error(problem);
  },
);

/** Who somebody is at Google. */
export interface GoogleAccount {
  readonly sub: string;
  readonly name?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly auth_time?: number;
  /** Their session there; the real one names none. */
  readonly sid?: string;
}

/** Google, as far as our server asks it. Browsers need not go there to come back. */
export class FakeGoogle {
  /** Whether our server reaches it. */
  isUp = true;
  /** What each code stands for. */
  readonly #idTokens = new Map<string, string>();
  readonly #key: CryptoKeyPair;

  private constructor(key: CryptoKeyPair) {
    this.#key = key;
  }

  static async create(): Promise<FakeGoogle> {
    return new FakeGoogle(await generateKeyPair("RS256", { extractable: true }));
  }

  /** For the world, whose only server elsewhere it is. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    if (!this.isUp || origin !== issuer) throw new TypeError("There is nothing");
    switch (pathname) {
      case "/.well-known/openid-configuration":
        return Response.json(metadataOf(issuer));
      case "/keys": {
        const key = await exportJWK(this.#key.publicKey);
        return Response.json({ keys: [{ ...key, kid: "1", alg: "RS256" }] });
      }
      default: {
        const code = new URLSearchParams(await request.text()).get("code") ?? "";
        return Response.json({
          access_token: "token",
          token_type: "Bearer",
          id_token: this.#idTokens.get(code),
        });
      }
    }
  };

  /** Sends the form of a page that leads to Google, and comes back as this account. */
  async signIn(
    page: Page,
    server: BrowserServer,
    account: GoogleAccount,
    path = "/login/with/google",
  ): Promise<void> {
    const asked = await this.#ask(page, server, path);
    await page.goto(await this.agree(asked, account, server.world.now));
  }

  /** What it would tell the site of a logout; the real one tells nothing. */
  async logoutToken({ sub, sid }: GoogleAccount, now: Date): Promise<string> {
    const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
    return await new SignJWT({ sid, events })
      .setProtectedHeader({ alg: "RS256", kid: "1", typ: "logout+jwt" })
      .setIssuer(issuer)
      .setAudience(clientId)
      .setSubject(sub)
      .setJti("logout-1")
      .setIssuedAt(now)
      .setExpirationTime(new Date(now.getTime() + 60_000))
      .sign(this.#key.privateKey);
  }

  /** Somebody agrees there: the path that their browser comes back to. */
  async agree(
    asked: URLSearchParams,
    { sub, ...claims }: GoogleAccount,
    now: Date,
  ): Promise<string> {
    const idToken = await new SignJWT({ ...claims, nonce: asked.get("nonce") })
      .setProtectedHeader({ alg: "RS256", kid: "1" })
      .setIssuer(issuer)
      .setAudience(clientId)
      .setSubject(sub)
      .setIssuedAt(now)
      .setExpirationTime(new Date(now.getTime() + 60_000))
      .sign(this.#key.privateKey);
    const code = `code-${this.#idTokens.size}`;
    this.#idTokens.set(code, idToken);
    return callback({ code, state: asked.get("state") ?? "" });
  }

  /** The same, but says no there. */
  async refuse(page: Page, server: BrowserServer, path = "/login/with/google"): Promise<void> {
    const asked = await this.#ask(page, server, path);
    await page.goto(callback({ error: "access_denied", state: asked.get("state") ?? "" }));
  }

  /** What the site asks Google in the browser's name. */
  async #ask(page: Page, { origin }: BrowserServer, path: string): Promise<URLSearchParams> {
    const answer = await page.request.post(path, {
      form: { next: "/account" },
      headers: { origin },
      maxRedirects: 0,
    });
    return new URL(answer.headers().location ?? "").searchParams;
  }
}

function callback(answer: Record<string, string>): string {
  return `/login/with/google/callback?${new URLSearchParams(answer)}`;
}
