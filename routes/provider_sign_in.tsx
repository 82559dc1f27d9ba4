import { safeNext } from "@latchkey/login";
import type { Context } from "hono";
import type {
  LookResult,
  ProvedIdentity,
  Provider,
  ProviderFailure,
  RedeemResult,
} from "../lib/oidc/provider.ts";
import type { Tickets } from "../lib/oidc/ticket.ts";
import {
  newTransaction,
  requestOf,
  type SignInPurpose,
  type Transaction,
} from "../lib/oidc/transaction.ts";
import { type ProviderProblem, ProviderProblemPage, StartPage } from "../views/login/with.tsx";
import { withNext } from "../views/with_next.ts";
import type { AskingBrowser } from "./middleware/asking_browser.ts";
import { tooManyRequests } from "./middleware/errors.tsx";
import { allowFormsTo } from "./middleware/headers.ts";
import type { NetworkLimit } from "./middleware/network_limit.ts";
import { isShown } from "./middleware/page.tsx";
import type { Services } from "./services.ts";

/** What a browser goes to a provider for, and what happens then. */
export interface SignInRequest {
  readonly purpose: SignInPurpose;
  readonly next?: string | undefined;
  readonly remember?: boolean;
}

/** What a provider answered to a question that this browser began. */
export interface SignInAnswer {
  readonly provider: Provider;
  readonly transaction: Transaction;
  readonly startedAt: Date;
  /** When the browser brought the answer. */
  readonly cameBackAt: Date;
  readonly identity: ProvedIdentity;
}

/** What of a request a problem page needs. */
interface ProblemRequest {
  readonly purpose: SignInPurpose;
  readonly next?: string | null | undefined;
}

const statuses: Partial<Record<ProviderProblem, 403 | 409 | 502 | 504>> = {
  unreachable: 502,
  too_slow: 504,
  suspended: 403,
  taken: 409,
  issuer_taken: 409,
  too_many: 409,
};

/** A longer parameter of an answer is none of a provider's. */
const MAX_PARAMETER_LENGTH = 4096;

interface Parts extends Pick<Services, "login" | "now"> {
  readonly transactions: Tickets<Transaction>;
  readonly browser: AskingBrowser;
  /** Each beginning writes a record, and anybody can begin. */
  readonly limit: NetworkLimit;
}

/** Sends people to a provider, and reads what they bring back, whatever it is for. */
export class ProviderSignIn {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The page with the one button that leads to the provider: its form goes to this very path. */
  async page(c: Context, provider: Provider, { purpose, next }: SignInRequest): Promise<Response> {
    const { text } = c.var;
    const look = await provider.look();
    if (!look.ok) return await this.#failed(c, provider, look, { purpose, next });
    allowFormsTo(c, look.origins);
    const { name, label, mark } = provider;
    return await c.render(
      <StartPage
        text={text}
        provider={{ name, label, mark }}
        purpose={purpose}
        action={c.req.path}
        host={new URL(look.origins[0] ?? "").host}
        next={next}
        hasRemember={purpose === "login"}
      />,
      { title: text.loginWith.purposes[purpose].title(label) },
    );
  }

  /** Begins: the browser leaves for the provider. */
  async begin(
    c: Context,
    provider: Provider,
    request: SignInRequest,
  ): Promise<Response> {
    const { login, transactions, browser, limit } = this.#parts;
    const retryAfter = limit.consume(c);
    if (retryAfter !== null) {
      return await tooManyRequests(c, { evaluated: false, limit: "network", retryAfter });
    }
    const look = await provider.look();
    if (!look.ok) return await this.#failed(c, provider, look, request);

    const { purpose, next, remember = false } = request;
    const session = await login.session(c);
    const transaction = newTransaction({
      provider: provider.name,
      purpose,
      browser: browser.remember(c),
      next: safeNext(next),
      remember,
      userId: session?.userId ?? null,
      sessionId: session?.id ?? null,
    });
    const { secret: state, ticket } = await transactions.issue(transaction);
    const asked = await provider.authorizationUrl(requestOf(ticket, state));
    return asked.ok ? c.redirect(asked.url, 303) : await this.#failed(c, provider, asked, request);
  }

  /** Reads the provider's answer in this request; a page when it does not count. */
  async finish(c: Context, provider: Provider): Promise<SignInAnswer | Response> {
    const { transactions, browser } = this.#parts;
    // An answer is used up: only a browser that shows the page may do that.
    if (!isShown(c)) return await this.problem(c, provider, "ended");
    const answer = new URL(c.req.url).searchParams;
    const state = answer.get("state") ?? undefined;
    // What another browser began, or another provider was asked, stays for them.
    const found = await transactions.find(state);
    const isTheirs = found?.value.provider === provider.name &&
      found.value.browser === browser.read(c);
    const isBounded = [...answer].every(([, it]) => it.length <= MAX_PARAMETER_LENGTH);
    if (state === undefined || !isTheirs || !isBounded || !await transactions.take(state)) {
      c.var.log("authn_login_fail", { reason: "provider_transaction" });
      return await this.problem(c, provider, "ended");
    }

    const { value: transaction, createdAt: startedAt } = found;
    const cameBackAt = this.#parts.now();
    const redeemed = await provider.redeem(answer, requestOf(found, state));
    if (redeemed.ok) {
      return { provider, transaction, startedAt, cameBackAt, identity: redeemed.identity };
    }
    return await this.#failed(c, provider, redeemed, transaction);
  }

  /**
   * A page that says what went wrong, and what to do.
   *
   * @param request What it went wrong with; a login unless it is given.
   * @param detail The provider's own word.
   */
  problem(
    c: Context,
    { name, label, mark }: Provider,
    word: ProviderProblem,
    { purpose, next }: ProblemRequest = { purpose: "login" },
    detail: string | null = null,
  ): Response | Promise<Response> {
    const { text } = c.var;
    return c.render(
      <ProviderProblemPage
        text={text}
        provider={{ name, label, mark }}
        word={word}
        purpose={purpose}
        again={withNext(startPath(name, purpose), next ?? undefined)}
        next={next ?? undefined}
        detail={detail}
      />,
      {
        title: text.loginWith.problems[word].title(label),
        status: statuses[word] ?? 400,
        isError: true,
      },
    );
  }

  #failed(
    c: Context,
    provider: Provider,
    { reason, detail }: Extract<LookResult | RedeemResult, { ok: false }>,
    request: ProblemRequest,
  ) {
    const fields = { provider: provider.name, error: detail };
    if (isOutage(reason)) c.var.log("provider_failed", { reason, ...fields });
    else c.var.log("authn_login_fail", { reason: `provider_${reason}`, ...fields });
    const shown = reason === "denied" ? detail : null;
    return this.problem(c, provider, reason, request, shown);
  }
}

/** The page with the button that begins. */
function startPath(name: string, purpose: SignInPurpose): string {
  switch (purpose) {
    case "login":
      return `/login/with/${name}`;
    case "link":
      return `/account/identities/${name}/link`;
    case "reauthenticate":
      return `/reauthenticate/with/${name}`;
  }
}

function isOutage(reason: string): reason is ProviderFailure["reason"] {
  return reason === "unreachable" || reason === "too_slow";
}
