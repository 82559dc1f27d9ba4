import type { Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { AttemptResult, Outcome } from "../../lib/throttle/login_throttle.ts";
import { HasherUnavailable } from "../../lib/credential/password_hasher.ts";
import { StoreUnavailable } from "../../lib/kv/kv.ts";
import { errorFields } from "../../lib/log/log.ts";
import { ErrorPage } from "../../views/error.tsx";
import type { ErrorWord } from "../../views/text/en.ts";
import { barePage, currentPath } from "./page.tsx";

/** How long a browser should wait before it asks again, in seconds. */
const retryAfter = 5;

/** Each refusal has one page. */
const statuses = {
  not_found: 404,
  cross_site: 403,
  embedded: 403,
  method_not_allowed: 405,
  too_large: 413,
  wrong_type: 415,
  incomplete: 422,
} as const;

/** Those where people did nothing unusual, and a report would help: a form of ours was not taken. */
const worthReporting: readonly string[] = ["cross_site", "too_large", "wrong_type", "incomplete"];

/** Answers with the page of a refusal. */
export async function refuse(c: Context, word: keyof typeof statuses): Promise<Response> {
  const { text, requestId } = c.var;
  const about: { requestId?: string; again?: string } = worthReporting.includes(word)
    ? { requestId }
    : {};
  c.status(statuses[word]);
  const form = currentPath(c); // what was sent may be sent from there again
  if (about.requestId && form !== "/") about.again = form;
  const page = <ErrorPage text={text} word={word} status={statuses[word]} {...about} />;
  const props = { title: text.errors[word].title };
  // Whoever embeds a page is not shown who is logged in, and does not use up their messages.
  return word === "embedded" ? barePage(c, page, props) : await c.render(page, props);
}

/** Answers whoever has to wait before the next attempt; `again` is where it can be made. */
export async function tooManyRequests(
  c: Context,
  { limit, retryAfter }: Extract<AttemptResult<Outcome>, { evaluated: false }>,
  again: string = c.req.path,
): Promise<Response> {
  const { text } = c.var;
  const word = limit === "registration" ? "too_many_registrations" : "too_many";
  c.status(429);
  c.header("Retry-After", String(retryAfter));
  c.header("Cache-Control", "no-store");
  return await c.render(
    <ErrorPage text={text} word={word} status={429} retryAfter={retryAfter} again={again} />,
    { title: text.errors[word].title },
  );
}

/** Makes the app answer what is not there, and what went wrong, with pages of its own. */
export function answerErrors(app: Hono): void {
  app.notFound((c) => refuse(c, "not_found"));

  app.onError((error, c) => {
    // Whatever the route wanted to tell the browser, it is not so: above all, no cookie changes.
    c.header("Set-Cookie", undefined);
    if (error instanceof HTTPException && error.status === 400) return refuse(c, "wrong_type");
    if (error instanceof StoreUnavailable || error instanceof HasherUnavailable) {
      c.var.log("unavailable", errorFields(error));
      c.header("Retry-After", String(retryAfter));
      return fail(c, 503, "unavailable");
    }
    c.var.log("request_failed", errorFields(error));
    return fail(c, 500, "broken");
  });
}

function fail(c: Context, status: 500 | 503, word: ErrorWord) {
  const { text, requestId } = c.var;
  c.status(status);
  c.header("Cache-Control", "no-store");
  return barePage(
    c,
    <ErrorPage
      text={text}
      word={word}
      status={status}
      again={currentPath(c)}
      requestId={requestId}
    />,
    { title: text.errors[word].title },
  );
}
