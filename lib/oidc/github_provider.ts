import type { AuthorizationServer } from "oauth4webapi";
import { SECOND } from "../time.ts";
import { askProvider, isObject, type ProviderAnswer } from "./bounded_fetch.ts";
import { readEmail, readName } from "./claims.ts";
import { CodeFlow } from "./code_flow.ts";
import { refused, unreachable } from "./failure.ts";
import { KeptAnswer } from "./kept_answer.ts";
import type {
  AuthorizationRequest,
  AuthorizationUrlResult,
  LogoutResult,
  LookResult,
  Provider,
  ProviderContext,
  ProviderFailure,
  ProviderMark,
  RedeemResult,
} from "./provider.ts";
import type { ProviderConfig } from "./provider_config.ts";

const MAX_LOOK_AGE = 10 * SECOND;

/** It publishes metadata for other uses; these are the parts that its OAuth apps go by. */
const server = {
  issuer: "https://github.com/login/oauth", // as in the parameter `iss` of its answers
  authorization_endpoint: "https://github.com/login/oauth/authorize",
  token_endpoint: "https://github.com/login/oauth/access_token",
} satisfies AuthorizationServer;

const api = "https://api.github.com";

/** GitHub, which speaks OAuth 2: its API says who somebody is. */
export class GithubProvider implements Provider {
  readonly name: string;
  readonly label: string;
  readonly mark: ProviderMark | null;
  readonly tellsAuthTime = false;
  readonly sendsLogouts = false;
  readonly #config: ProviderConfig;
  readonly #fetch: typeof globalThis.fetch;
  readonly #flow: CodeFlow;
  readonly #page: KeptAnswer<ProviderAnswer>;

  constructor(config: ProviderConfig, { fetch, now, redirectUri }: ProviderContext) {
    this.name = config.name;
    this.label = config.label;
    this.mark = config.mark;
    this.#config = config;
    this.#fetch = fetch;
    this.#flow = new CodeFlow(config, fetch, redirectUri);
    this.#page = new KeptAnswer(() => this.#askForPage(), now);
  }

  async look(): Promise<LookResult> {
    const page = await this.#page.get(MAX_LOOK_AGE);
    if (!page.ok) return page;
    return { ok: true, origins: ["https://github.com", ...this.#config.otherOrigins] };
  }

  async authorizationUrl(request: AuthorizationRequest): Promise<AuthorizationUrlResult> {
    const page = await this.#page.get(MAX_LOOK_AGE);
    if (!page.ok) return page;
    const url = await this.#flow.authorizationUrl(server.authorization_endpoint, request, {
      scope: "read:user user:email",
    });
    return { ok: true, url };
  }

  async redeem(answer: URLSearchParams, request: AuthorizationRequest): Promise<RedeemResult> {
    if (request.asksAnew) return refused("GitHub does not say when somebody logged in");
    const tokens = await this.#flow.redeem(server, answer, request);
    if (!tokens.ok) return tokens;

    const user = await this.#ask("/user", tokens.accessToken);
    if (!user.ok) return user;
    const { id, name, login } = isObject(user.json) ? user.json : {};
    if (!Number.isSafeInteger(id) || !(Number(id) > 0)) return unreachable("/user has no id");

    const emails = await this.#ask("/user/emails", tokens.accessToken);
    if (!emails.ok) return emails;
    return {
      ok: true,
      identity: {
        issuer: this.#config.issuer,
        subject: String(id),
        ...readEmail(primaryAddress(emails.json), true),
        name: readName(name ?? login),
        provesFactor: false,
        authenticatedAt: null,
        providerSession: null,
      },
    };
  }

  readLogout(): Promise<LogoutResult> {
    return Promise.resolve(refused("GitHub sends no logouts"));
  }

  async #ask(path: string, accessToken: string): Promise<ProviderAnswer | ProviderFailure> {
    const headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${accessToken}`,
    };
    const answer = await askProvider(
      path,
      this.#fetch,
      (request) => request(api + path, { headers }),
    );
    if (answer.ok && answer.status !== 200) return unreachable(`${path} answered ${answer.status}`);
    return answer;
  }

  /** Any answer of the page that asks people will do, such as the way to its login. */
  #askForPage(): Promise<ProviderAnswer | ProviderFailure> {
    return askProvider(
      "the authorization page",
      this.#fetch,
      (request) => request(server.authorization_endpoint, { method: "HEAD" }),
    );
  }
}

/** The primary address, where GitHub verified it. */
function primaryAddress(emails: unknown): unknown {
  const list: unknown[] = Array.isArray(emails) ? emails : [];
  return list.filter(isObject).find((it) => it.primary === true && it.verified === true)?.email;
}
