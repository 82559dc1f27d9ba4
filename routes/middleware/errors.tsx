import type { Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { HasherUnavailable } from "../../lib/credential/hasher_unavailable.ts";
import { RecordCorrupt, StoreUnavailable } from "../../lib/kv/kv.ts";
import { errorFields } from "../../lib/log/log.ts";
import type { AttemptResult, Outcome } from "../../lib/throttle/login_throttle.ts";
import type { Limit } from "../../lib/throttle/rate_limit.ts";
import { Overloaded } from "../../lib/throttle/overloaded.ts";
import { ErrorPage } from "../../views/error.tsx";
import type { ErrorWord } from "../../views/text/en.ts";
import { barePage, currentPath } from "./page.tsx";
import { isForPrograms, problem } from "./problem.ts";

/** In seconds. */
const RETRY_AFTER = 5;

const statuses = {
  wrong_host: 400,
  not_found: 404,
  forbidden: 403,
  viewing: 403,
  cross_site: 403,
  embedded: 403,
  method_not_allowed: 405,
  too_large: 413,
  wrong_type: 415,
  incomplete: 422,
  headers_too_long: 431,
} as const;

/** Why a request is refused. */
export type Refusal = keyof typeof statuses;

/** A form from our own pages should never get these: the page shows the request id for a report. */
const refusedForms: readonly string[] = ["cross_site", "too_large", "wrong_type", "incomplete"];

/** Another site must not show who the user is, and nothing reads cookies that are too long. */
const withoutUser: readonly string[] = ["embedded", "wrong_host", "headers_too_long"];

/** Answers with the error page of a refusal; programs get a problem instead (RFC 9457). */
export async function refuse(c: Context, word: Refusal): Promise<Response> {
  const { text, requestId } = c.var;
  const status = statuses[word];
  if (isForPrograms(c)) return problem(c, { title: text.errors[word].title, status });
  const isForm = refusedForms.includes(word);
  const formPath = currentPath(c);
  const page = (
    <ErrorPage
      text={text}
      word={word}
      status={status}
      {...(isForm ? { requestId } : {})}
      {...(isForm && formPath !== "/" ? { again: formPath } : {})}
    />
  );
  const props = { title: text.errors[word].title, status };
  return withoutUser.includes(word)
    ? barePage(c, page, props)
    : await c.render(page, { ...props, isError: true });
}

/** What is said about a limit; about every other one it is "too many attempts". */
const tooManyWords: Readonly<Partial<Record<Limit["kind"], ErrorWord>>> = {
  registration: "too_many_registrations",
  totp: "too_many_codes",
  recovery_code: "too_many_codes",
  passkey: "too_many_passkeys",
};

/** Answers an attempt that the throttle refused; the page links to `retryPath`. */
export async function tooManyRequests(
  c: Context,
  { limit, retryAfter }: Extract<AttemptResult<Outcome>, { evaluated: false }>,
  retryPath: string = c.req.path,
): Promise<Response> {
  const { text, features } = c.var;
  const word = tooManyWords[limit] ?? "too_many";
  const resetPath = features.mail && word === "too_many" ? "/password-reset" : undefined;
  c.header("Retry-After", String(retryAfter));
  c.header("Cache-Control", "no-store");
  return await c.render(
    <ErrorPage
      text={text}
      word={word}
      status={429}
      retryAfter={retryAfter}
      again={retryPath}
      resetPath={resetPath}
    />,
    { title: text.errors[word].title, status: 429, isError: true },
  );
}

/** Errors after which it helps to try again. */
const outages = [StoreUnavailable, HasherUnavailable, Overloaded];

/** Gives the app its pages for unknown paths and for errors. */
export function handleErrors(app: Hono): void {
  app.notFound((c) => refuse(c, "not_found"));

  app.onError((error, c) => {
    // The route failed half way: its cookies must not reach the browser.
    c.header("Set-Cookie", undefined);
    if (error instanceof HTTPException && error.status === 400) return refuse(c, "wrong_type");
    if (outages.some((outage) => error instanceof outage)) {
      c.var.log("unavailable", errorFields(error));
      c.header("Retry-After", String(RETRY_AFTER));
      return serverError(c, 503, "unavailable");
    }
    if (error instanceof RecordCorrupt) {
      c.var.log("record_corrupt", { reason: error.kind, ...errorFields(error) });
    } else {
      c.var.log("request_failed", errorFields(error));
    }
    return serverError(c, 500, "server_error");
  });
}

function serverError(c: Context, status: 500 | 503, word: ErrorWord) {
  const { text, requestId } = c.var;
  c.header("Cache-Control", "no-store");
  if (isForPrograms(c)) return problem(c, { title: text.errors[word].title, status });
  return barePage(
    c,
    <ErrorPage
      text={text}
      word={word}
      status={status}
      again={currentPath(c)}
      requestId={requestId}
    />,
    { title: text.errors[word].title, status },
  );
}
