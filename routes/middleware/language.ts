import type { Context } from "hono";
import { preferredLanguage } from "../../lib/http/accept_language.ts";
import { memo } from "../../lib/login/memo.ts";
import type { Text } from "../../views/text/en.ts";
import { languages } from "../../views/text/languages.ts";
import { SiteCookie } from "./cookie.ts";

const oneYear = 365 * 24 * 60 * 60; // in seconds
/** Browsers send far less; the rest of a longer header is not read. */
const MAX_HEADER_LENGTH = 512;
const tags = languages.map(({ lang }) => lang);

/** The visitor's language, in a cookie: it costs no KV operation and outlives logins. */
export class LanguageChoice {
  readonly #cookie: SiteCookie;

  constructor(origin: string) {
    this.#cookie = new SiteCookie("language", origin, oneYear);
  }

  /** The sentences in the chosen language, else in the best one of `Accept-Language`. */
  read(c: Context): Text {
    return find(this.#cookie.read(c)) ??
      preferred((c.req.header("accept-language") ?? "").slice(0, MAX_HEADER_LENGTH));
  }

  /** The chosen language, as a tag; undefined when none was chosen in this browser. */
  chosen(c: Context): string | undefined {
    return find(this.#cookie.read(c))?.lang;
  }

  /** Keeps the choice; false, and nothing done, for an unknown language. */
  keep(c: Context, lang: string): boolean {
    if (!find(lang)) return false;
    this.#cookie.write(c, lang);
    c.header("Cache-Control", "private, no-store");
    return true;
  }
}

/** The best language for an `Accept-Language` header; browsers send few different ones. */
const preferred = memo(
  (header: string) => find(preferredLanguage(header, tags)) ?? languages[0],
  500,
);

function find(lang: string | null | undefined): Text | undefined {
  return languages.find((text) => text.lang === lang);
}
