import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { newSecret } from "../../lib/keys.ts";
import { homePage, loginPage } from "./oidc_pages.ts";
import {
  providerAnn,
  providerBob,
  providerCarla,
  providerDora,
  providerNewcomer,
  type ProviderPerson,
} from "./oidc_people.ts";
import { ProviderRecords } from "./oidc_records.ts";

/** A site that people log in to with their account here. */
export interface ProviderClient {
  readonly id: string;
  readonly secret: string;
  readonly redirectUris: readonly string[];
  /** Where logouts are told. */
  readonly backchannelLogoutUri?: string;
}

interface ProviderOptions {
  readonly clients: readonly ProviderClient[];
  /** By default a free one. */
  readonly port?: number;
  /** In the issuer; by default `127.0.0.1`. */
  readonly hostname?: string;
  /** Where the address and the name stand; by default in the ID token. */
  readonly claimsIn?: "id_token" | "userinfo";
  /** How logouts reach a site that has no server; by default through the network. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response> | Response;
}

/** As much of `oidc-provider` as is used here; it brings no types. */
interface Library {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  on(event: "error", listen: (error: Error & { code?: string }) => void): void;
  /** Prints an error that is no answer to a request. */
  onerror(error: Error): void;
  interactionDetails(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Interaction>;
  /** Gives the address to go on at. */
  interactionResult(
    request: IncomingMessage,
    response: ServerResponse,
    result: Record<string, unknown>,
  ): Promise<string>;
  readonly Client: { find(id: string): Promise<unknown> };
  readonly Grant: new (grant: { accountId: string; clientId: string }) => {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  };
  readonly IdToken: new (claims: { sub: string }, issuing: { client: unknown; ctx: undefined }) => {
    mask: Record<string, null>;
    set(claim: string, value: unknown): void;
    issue(kind: { use: "logout" }): Promise<string>;
  };
}

interface Interaction {
  readonly params: { readonly client_id: string };
  readonly session?: { readonly uid: string };
}

interface GrantContext {
  readonly oidc: {
    readonly provider: Library;
    readonly session: { readonly accountId: string };
    readonly client: { readonly clientId: string };
  };
}

const scope = "openid email profile";

/** Starts a real OpenID provider on this machine. It lives in real time. */
export async function startOidcProvider(options: ProviderOptions): Promise<OidcProvider> {
  const { hostname = "127.0.0.1", port = 0 } = options;
  const ready = Promise.withResolvers<OidcProvider>();
  // Somebody may ask as soon as it listens.
  const server = createServer(async (request, response) => {
    (await ready.promise).answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname.replace(/^\[(.*)\]$/, "$1"), resolve);
  });
  const issuer = `http://${hostname}:${(server.address() as AddressInfo).port}`;
  const records = new ProviderRecords();
  const people = new Map(
    [providerAnn, providerBob, providerCarla, providerDora].map((it) => [it.subject, it]),
  );
  const library = await makeLibrary(issuer, options, records, people).catch((error) => {
    server.close();
    throw error;
  });
  const provider = new OidcProvider(server, issuer, library, records, people, options);
  ready.resolve(provider);
  return provider;
}

/** A real OpenID provider, which lets everybody in who names somebody. */
export class OidcProvider implements AsyncDisposable {
  readonly issuer: string;
  /** Who has an account, by subject. */
  readonly people: Map<string, ProviderPerson>;
  readonly #server: Server;
  readonly #library: Library;
  readonly #answerOthers: ReturnType<Library["callback"]>;
  readonly #records: ProviderRecords;
  readonly #options: ProviderOptions;

  constructor(
    server: Server,
    issuer: string,
    library: Library,
    records: ProviderRecords,
    people: Map<string, ProviderPerson>,
    options: ProviderOptions,
  ) {
    this.issuer = issuer;
    this.people = people;
    this.#server = server;
    this.#library = library;
    this.#records = records;
    this.#options = options;
    library.on("error", (error) => {
      if (error.code !== "ECONNRESET") library.onerror(error); // somebody closed the connection
    });
    this.#answerOthers = library.callback();
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request, response).catch((error) => {
      response.writeHead(error instanceof Error && error.name === "SessionNotFound" ? 400 : 500);
      response.end(String(error));
    });
  }

  /** Logs somebody out, and tells the sites that they logged in to: what these answered. */
  async logOut({ subject }: ProviderPerson): Promise<number[]> {
    const statuses: number[] = [];
    for (const [id, { accountId, authorizations = {} }] of this.#records.list("Session")) {
      if (accountId !== subject) continue;
      await this.#records.of("Session").destroy(id);
      for (const client of this.#options.clients) {
        const sid = authorizations[client.id]?.sid;
        if (!sid || !client.backchannelLogoutUri) continue;
        statuses.push(await this.#tell(client, await this.logoutToken(client, subject, sid)));
      }
    }
    return statuses;
  }

  /** The token that tells a site that somebody logged out. */
  async logoutToken({ id }: ProviderClient, subject: string, sid?: string): Promise<string> {
    const client = await this.#library.Client.find(id);
    const token = new this.#library.IdToken({ sub: subject }, { client, ctx: undefined });
    token.mask = { sub: null };
    token.set("events", { "http://schemas.openid.net/event/backchannel-logout": {} });
    token.set("jti", newSecret());
    if (sid) token.set("sid", sid);
    return await token.issue({ use: "logout" });
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #tell({ backchannelLogoutUri = "" }: ProviderClient, token: string): Promise<number> {
    const send = this.#options.fetch ?? fetch;
    const response = await send(backchannelLogoutUri, {
      method: "POST",
      body: new URLSearchParams({ logout_token: token }),
      redirect: "manual",
    });
    await response.body?.cancel();
    return response.status;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", this.issuer);
    if (pathname.startsWith("/interaction/")) return await this.#askWho(request, response);
    if (pathname === "/" && request.method === "GET") {
      const subjects = this.#records.list("Session").map(([, { accountId }]) => accountId);
      return show(response, homePage([...this.people.values()].filter(isIn(subjects))));
    }
    if (pathname === "/log-out" && request.method === "POST") {
      const person = this.people.get((await form(request)).get("subject") ?? "");
      if (person) await this.logOut(person);
      return void response.writeHead(303, { location: "/" }).end();
    }
    this.#answerOthers(request, response);
  }

  async #askWho(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params, session } = await this.#library.interactionDetails(request, response);
    if (request.method !== "POST") {
      return show(response, loginPage(this.people.values(), params.client_id));
    }
    const person = this.#chosen(await form(request));
    const result = person
      ? { login: { accountId: person.subject, amr: person.amr } }
      : { error: "access_denied", error_description: "They did not want to tell" };
    const location = await this.#library.interactionResult(request, response, result);
    if (person && session) this.#records.clearSession(session.uid, person.subject);
    response.writeHead(303, { location }).end();
  }

  #chosen(fields: URLSearchParams): ProviderPerson | null {
    const email = fields.get("email")?.trim().slice(0, 254);
    if (email) {
      const known = [...this.people.values()].find(({ claims }) => claims.email === email);
      const person = known ?? providerNewcomer(email);
      this.people.set(person.subject, person);
      return person;
    }
    return this.people.get(fields.get("subject") ?? "") ?? null;
  }
}

async function makeLibrary(
  issuer: string,
  { clients, claimsIn = "id_token" }: ProviderOptions,
  records: ProviderRecords,
  people: ReadonlyMap<string, ProviderPerson>,
): Promise<Library> {
  // This file of the package, and not its main one, says nothing about the runtime.
  const { Provider } = await import("oidc-provider/lib/provider.js");
  const port = new URL(issuer).port; // cookies know no ports
  return new Provider(issuer, {
    adapter: records.of,
    clients: clients.map((client) => ({
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: client.redirectUris,
      ...client.backchannelLogoutUri
        ? {
          backchannel_logout_uri: client.backchannelLogoutUri,
          backchannel_logout_session_required: true,
        }
        : {},
    })),
    findAccount: (_context: unknown, subject: string) => {
      const person = people.get(subject);
      const claims = () => ({ sub: subject, ...person?.claims });
      return person && { accountId: subject, claims };
    },
    // Nobody is asked whether the site may know: they were asked who they are.
    loadExistingGrant: async ({ oidc: { provider, session, client } }: GrantContext) => {
      const { accountId } = session;
      const grant = new provider.Grant({ accountId, clientId: client.clientId });
      grant.addOIDCScope(scope);
      await grant.save();
      return grant;
    },
    scopes: scope.split(" "),
    claims: {
      openid: ["sub", "auth_time", "amr", "acr", "sid"],
      email: ["email", "email_verified"],
      profile: ["name"],
    },
    conformIdTokenClaims: claimsIn === "userinfo",
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: false },
    },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    jwks: { keys: [await signingKey()] },
    cookies: {
      keys: [newSecret()],
      names: {
        session: `provider_session_${port}`,
        interaction: `provider_interaction_${port}`,
        resume: `provider_resume_${port}`,
      },
    },
    ttl: { Session: 86_400, Grant: 86_400, Interaction: 3600, AccessToken: 600, IdToken: 600 },
    renderError: (context: { type: string; body: string }, out: { error: string }) => {
      context.type = "txt";
      context.body = JSON.stringify(out);
    },
  });
}

/** The key that providers sign with, of this process. */
let key: Promise<JsonWebKey> | null = null;

function signingKey(): Promise<JsonWebKey> {
  key ??= crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
    true,
    ["sign", "verify"],
  ).then(async ({ privateKey }) => {
    const { kty, n, e, d, p, q, dp, dq, qi } = await crypto.subtle.exportKey("jwk", privateKey);
    return { kty, n, e, d, p, q, dp, dq, qi, alg: "RS256", use: "sig" } as JsonWebKey;
  });
  return key;
}

function isIn(subjects: readonly (string | undefined)[]) {
  return ({ subject }: ProviderPerson) => subjects.includes(subject);
}

function show(response: ServerResponse, page: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
}

async function form(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await text(request));
}
