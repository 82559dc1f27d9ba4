import { safeNext } from "@latchkey/login";
import type { Context, MiddlewareHandler } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { can } from "../../lib/account/role.ts";
import type { Features } from "../../views/features.ts";
import type { FlashMessage } from "../../views/flash.ts";
import { Layout } from "../../views/layout.tsx";
import type { FlashWord, Text } from "../../views/text/en.ts";
import type { Services } from "../services.ts";

const mailboxPath = "/dev/mailbox";

interface PageProps {
  title: string;
  /** 200 unless it is given. */
  status?: ContentfulStatusCode | undefined;
  /** An error page leaves the flash messages to the next page. */
  isError?: true;
}

declare module "hono" {
  interface ContextVariableMap {
    /** The sentences in the visitor's language. */
    text: Text;
    /** The site's own origin. */
    origin: string;
    /** What pages may link to. */
    features: Features;
    /** The page of the mailbox; null outside development. */
    mailboxPath: string | null;
  }
  interface ContextRenderer {
    (content: JSX.Element, props: PageProps): Promise<Response>;
  }
}

/** Sets `c.var.text`, and `c.render`, which puts a page into the layout. */
export function pageRenderer(
  { login, viewAs, language, config, mailbox }: Pick<
    Services,
    "login" | "viewAs" | "language" | "config" | "mailbox"
  >,
): MiddlewareHandler {
  const features: Features = {
    mail: config.mail !== null,
    loginByMail: config.loginByMail,
    providers: config.providers.map(({ name, label, mark }) => ({ name, label, mark })),
  };
  return async (c, next) => {
    c.set("text", language.read(c));
    c.set("origin", login.origin);
    c.set("features", features);
    c.set("mailboxPath", mailbox ? mailboxPath : null);
    c.setRenderer(async (content, { title, status, isError }) => {
      const text = c.get("text");
      const user = await login.user(c);
      const viewed = await viewAs.current(c);
      const messages = !isError && isShown(c) ? await login.takeFlashes(c) : [];
      const flashes = messages.map(({ text }) => readFlash(text));
      const answer = await c.html(
        <Layout
          text={text}
          title={title}
          user={user}
          viewed={viewed}
          isStaff={user !== null && can(user, "users.read")}
          flashes={flashes}
          currentPath={currentPath(c)}
          mailboxPath={c.get("mailboxPath")}
        >
          {content}
        </Layout>,
        status,
      );
      return inLanguage(answer, text);
    });
    await next();
  };
}

/** A page in the layout without the user: for errors, because loading the user may have failed. */
export async function barePage(c: Context, content: JSX.Element, { title, status }: PageProps) {
  const text = c.get("text");
  const answer = await c.html(
    <Layout
      text={text}
      title={title}
      user={undefined}
      flashes={[]}
      currentPath={currentPath(c)}
      mailboxPath={c.get("mailboxPath")}
    >
      {content}
    </Layout>,
    status,
  );
  return inLanguage(answer, text);
}

/** Reads a message as it is kept: its word, and perhaps a number after a space. */
function readFlash(kept: string): FlashMessage {
  const [word, count] = kept.split(" ");
  return { word: word as FlashWord, count: Number(count) };
}

/** The flash message of a guard. A refused form gets another one: it is held, or was not saved. */
export function guardMessage(word: string, c: Context): FlashWord {
  if (["GET", "HEAD"].includes(c.req.method)) {
    return c.get("mustEnrol") && word === "reauthenticate_first"
      ? "reauthenticate_to_enrol"
      : word as FlashWord;
  }
  if (word === "log_in_first") return "sent_too_late";
  return c.get("isHeld") ? "sent_held" : "sent_not_fresh";
}

/**
 * Says which language a page is in. `login.middleware` adds `Vary: Cookie` where the user was
 * loaded.
 */
function inLanguage(answer: Response, { lang }: Text): Response {
  answer.headers.set("Content-Language", lang);
  answer.headers.set("Vary", "Accept-Language");
  return answer;
}

/** Whether the visitor will see the answer: not with HEAD, as a part of a page, or in advance. */
export function isShown(c: Context): boolean {
  const isDocument = (c.req.header("sec-fetch-dest") ?? "document") === "document";
  const purposes = ["sec-purpose", "purpose", "x-moz"].map((name) => c.req.header(name) ?? "");
  const isPrefetch = purposes.some((it) => it.toLowerCase().includes("prefetch"));
  return c.req.method !== "HEAD" && isDocument && !isPrefetch;
}

const plainPath = /^\/(?!\/)[\w/-]*$/;

/**
 * The path and query of the page the user sees: for a form, the page that holds it; else "/". The
 * page is compared with the site's own origin, because a proxy may rewrite the `Host` header.
 */
export function currentPath(c: Context): string {
  if (c.req.method === "GET") {
    const path = c.req.url.slice(c.req.url.indexOf("/", 8));
    // safeNext refuses "//host", which would lead to another site. Most paths need no parser.
    return plainPath.test(path) ? path : safeNext(path) ?? "/";
  }
  const page = URL.parse(c.req.header("referer") ?? "");
  return page?.origin === c.get("origin") && safeNext(page.pathname + page.search) || "/";
}
