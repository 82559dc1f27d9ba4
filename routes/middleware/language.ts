import type { Context } from "hono";
import { preferredLanguage } from "../../lib/http/accept_language.ts";
import type { Text } from "../../views/text/en.ts";
import { languages } from "../../views/text/languages.ts";
import { SiteCookie } from "./cookie.ts";

const oneYear = 365 * 24 * 60 * 60; // in seconds
/** Enough for every browser; more are somebody's play. */
const MAX_KNOWN_HEADERS = 500;
const tags = languages.map(({ lang }) => lang);

/** The visitor's language, in a cookie: it costs no KV operation and outlives logins. */
export class LanguageChoice {
  readonly #cookie: SiteCookie;
  /** What `Accept-Language` headers ask for: browsers send few different ones. */
  readonly #known = new Map<string, Text>();

  constructor(origin: string) {
    this.#cookie = new SiteCookie("language", origin, oneYear);
  }

  /** The sentences in the chosen language, else in the best one of `Accept-Language`. */
  read(c: Context): Text {
    return find(this.#cookie.read(c)) ?? this.#preferred(c.req.header("accept-language") ?? "");
  }

  #preferred(header: string): Text {
    const known = this.#known.get(header);
    if (known) return known;
    const text = find(preferredLanguage(header, tags)) ?? languages[0];
    if (this.#known.size === MAX_KNOWN_HEADERS) this.#known.clear();
    this.#known.set(header, text);
    return text;
  }

  /** Keeps the choice; does nothing for an unknown language. */
  keep(c: Context, lang: string): void {
    if (!find(lang)) return;
    this.#cookie.write(c, lang);
    c.header("Cache-Control", "private, no-store");
  }
}

function find(lang: string | null | undefined): Text | undefined {
  return languages.find((text) => text.lang === lang);
}
