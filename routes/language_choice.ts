import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { preferredLanguage } from "../lib/language.ts";
import type { Text } from "../views/text/en.ts";
import { languages } from "../views/text/languages.ts";

const oneYear = 365 * 24 * 60 * 60;

/** The sentences in the language that was chosen on our pages, or else in the one the browser asks for. */
export function readText(c: Context, origin: string): Text {
  const { prefix } = cookieKind(origin);
  const chosen = findText(getCookie(c, "language", prefix));
  if (chosen) return chosen;
  const header = c.req.header("accept-language") ?? "";
  return findText(preferredLanguage(header, languages.map(({ lang }) => lang))) ?? languages[0];
}

export function findText(lang: string | null | undefined): Text | undefined {
  return languages.find((text) => text.lang === lang);
}

/** Keeps the choice in the browser: it costs no KV operation, and holds before and after a login. */
export function keepLanguage(c: Context, origin: string, { lang }: Text): void {
  setCookie(c, "language", lang, {
    ...cookieKind(origin),
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    maxAge: oneYear,
  });
  c.header("Cache-Control", "private, no-store");
}

/** Over plain http, on localhost only, browsers refuse a cookie with the prefix. */
function cookieKind(origin: string) {
  return origin.startsWith("https:") ? { secure: true, prefix: "host" } as const : {};
}
