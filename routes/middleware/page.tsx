import { type Login, safeNext } from "@latchkey/login";
import type { Context, MiddlewareHandler } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { User } from "../../lib/account/user.ts";
import { Layout } from "../../views/layout.tsx";
import type { FlashWord, Text } from "../../views/text/en.ts";
import type { LanguageChoice } from "./language.ts";

interface PageProps {
  title: string;
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

/** Gives every route `c.var.text`, and `c.render` that puts a page into the layout. */
export function pages(login: Login<User>, choice: LanguageChoice): MiddlewareHandler {
  return async (c, next) => {
    c.set("text", choice.read(c));
    c.setRenderer(async (content, { title }) => {
      const visitor = await login.user(c);
      const flashes = (await login.takeFlashes(c)).map(({ text }) => text as FlashWord);
      nameLanguage(c);
      return c.html(
        <Layout
          text={c.var.text}
          title={title}
          user={visitor}
          flashes={flashes}
          currentPath={currentPath(c)}
        >
          {content}
        </Layout>,
      );
    });
    await next();
  };
}

/** A page that looks at nobody, for when looking may be what failed. */
export function barePage(c: Context, content: JSX.Element, { title }: PageProps) {
  nameLanguage(c);
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
  );
}

/** What a guard says: who sent a form that it refused is told that nothing was saved. */
export function guardMessage(word: string, c: Context): FlashWord {
  if (["GET", "HEAD"].includes(c.req.method)) return word as FlashWord;
  return word === "log_in_first" ? "sent_too_late" : "sent_not_fresh";
}

/** Says what a cache has to know. That the cookies count as well is said by whoever looks at them. */
function nameLanguage(c: Context): void {
  c.header("Content-Language", c.var.text.lang);
  c.header("Vary", "Accept-Language");
}

/** Where somebody is, to be led back to: the answer to a form has no address, its form has. */
export function currentPath(c: Context): string {
  const asked = new URL(c.req.url);
  const page = c.req.method === "GET" ? asked : URL.parse(c.req.header("referer") ?? "");
  // An address of two slashes would lead to another site.
  return page?.host === asked.host && safeNext(page.pathname + page.search) || "/";
}
