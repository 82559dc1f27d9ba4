import type { Login } from "@latchkey/login";
import type { Context, MiddlewareHandler } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { User } from "../lib/account/user.ts";
import { Layout } from "../views/layout.tsx";
import { en, type FlashWord, type Text } from "../views/text/en.ts";

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
export function pages(login: Login<User>): MiddlewareHandler {
  return async (c, next) => {
    c.set("text", en);
    c.setRenderer(async (content, { title }) => {
      const visitor = await login.user(c);
      const flashes = (await login.takeFlashes(c)).map(({ text }) => text as FlashWord);
      return c.html(
        <Layout text={c.var.text} title={title} visitor={visitor} flashes={flashes}>
          {content}
        </Layout>,
      );
    });
    await next();
  };
}

/** A page that looks at nobody, for when looking may be what failed. */
export function barePage(c: Context, content: JSX.Element, { title }: PageProps) {
  return c.html(
    <Layout text={c.var.text} title={title} visitor={undefined} flashes={[]}>
      {content}
    </Layout>,
  );
}
