import { safeNext } from "@latchkey/login";
import type { Context, MiddlewareHandler } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Layout } from "../../views/layout.tsx";
import type { FlashWord, Text } from "../../views/text/en.ts";
import type { Services } from "../services.ts";

interface PageProps {
  title: string;
  /** 200 unless it is given. */
  status?: ContentfulStatusCode | undefined;
}

declare module "hono" {
  interface ContextVariableMap {
    /** The sentences in the visitor's language. */
    text: Text;
  }
  interface ContextRenderer {
    (content: JSX.Element, props: PageProps): Promise<Response>;
  }
}

/** Sets `c.var.text`, and `c.render`, which puts a page into the layout. */
export function pageRenderer(
  { login, language }: Pick<Services, "login" | "language">,
): MiddlewareHandler {
  return async (c, next) => {
    c.set("text", language.read(c));
    c.setRenderer(async (content, { title, status }) => {
      const user = await login.user(c);
      const flashes = (await login.takeFlashes(c)).map(({ text }) => text as FlashWord);
      setLanguageHeaders(c);
      return c.html(
        <Layout
          text={c.var.text}
          title={title}
          user={user}
          flashes={flashes}
          currentPath={currentPath(c)}
        >
          {content}
        </Layout>,
        status,
      );
    });
    await next();
  };
}

/** A page in the layout without the user: for errors, because loading the user may have failed. */
export function barePage(c: Context, content: JSX.Element, { title, status }: PageProps) {
  setLanguageHeaders(c);
  return c.html(
    <Layout
      text={c.var.text}
      title={title}
      user={undefined}
      flashes={[]}
      currentPath={currentPath(c)}
    >
      {content}
    </Layout>,
    status,
  );
}

/** The flash message of a guard. A refused form gets another one: nothing was saved. */
export function guardMessage(word: string, c: Context): FlashWord {
  if (["GET", "HEAD"].includes(c.req.method)) return word as FlashWord;
  return word === "log_in_first" ? "sent_too_late" : "sent_not_fresh";
}

/** `login.middleware` adds `Vary: Cookie` where the user was loaded. */
function setLanguageHeaders(c: Context): void {
  c.header("Content-Language", c.var.text.lang);
  c.header("Vary", "Accept-Language");
}

/** The path and query of the page the user sees: for a form, the page that holds it; else "/". */
export function currentPath(c: Context): string {
  const requested = new URL(c.req.url);
  const page = c.req.method === "GET" ? requested : URL.parse(c.req.header("referer") ?? "");
  // safeNext refuses "//host", which would lead to another site.
  return page?.host === requested.host && safeNext(page.pathname + page.search) || "/";
}
