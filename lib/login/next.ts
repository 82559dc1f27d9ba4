/** Longer addresses are not worth coming back to. */
const MAX_NEXT_LENGTH = 2048;

/** An origin nobody can have (RFC 2606): only text that is relative stays on it. */
const nowhere = "https://next.invalid";

/**
 * The part of a `next` value that is safe to redirect to, or null.
 *
 * Safe means: whatever a browser makes of the answer stays on this origin. Only relative references
 * count; the answer is normalised as a browser would, so what was checked is what is followed.
 * Pages in `avoid` (the login page, the logout page) are refused, because coming back to them would
 * loop or log out.
 *
 * @param next The value as it came with the request, decoded once.
 * @param avoid Paths that are never a place to come back to.
 * @returns Path, query and fragment, beginning with a single `/`.
 * @see WHATWG URL Standard; ASVS 5.0 V3.7.2
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { safeNext } from "@latchkey/login";
 *
 * assert(safeNext("/profile?tab=2") === "/profile?tab=2");
 * assert(safeNext("//evil.test") === null);
 * assert(safeNext("/\\evil.test") === null);
 * assert(safeNext("/logout", ["/logout"]) === null);
 * ```
 */
export function safeNext(
  next: string | null | undefined,
  avoid: readonly string[] = [],
): string | null {
  if (!next || next.length > MAX_NEXT_LENGTH) return null;
  // Browsers drop or turn these before they look at the address, so two readers could disagree.
  // deno-lint-ignore no-control-regex
  if (/[\u0000-\u001f\u007f\\]|^\s|\s$/.test(next)) return null;
  if (/^[a-z][a-z0-9+.-]*:/i.test(next) || next.startsWith("//")) return null;

  if (!URL.canParse(next, nowhere + "/")) return null; // the first Node 20 has no URL.parse
  const url = new URL(next, nowhere + "/");
  if (url.origin !== nowhere) return null;
  // "/.//evil.test" is on this origin and its path is "//evil.test", which is not.
  if (url.pathname.startsWith("//")) return null;
  // A router decodes before it compares: "/%6cogout" is the logout page.
  if (avoid.includes(url.pathname) || avoid.includes(decode(url.pathname))) return null;
  return url.pathname + url.search + url.hash;
}

/**
 * The address of the login page that leads back to `next` afterwards.
 *
 * An existing query and fragment of the page are kept, a former `next` is replaced. When both share
 * scheme and host, or the page has none, only path and query of `next` are passed on; a fragment
 * never is.
 *
 * @param page Where to log in: a path, or an absolute URL of another site.
 * @param next The refused address; without it the page's own address is the answer.
 * @param field The name of the query field.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loginUrl } from "@latchkey/login";
 *
 * assert(loginUrl("/login", "/profile?a=1") === "/login?next=%2Fprofile%3Fa%3D1");
 * ```
 */
export function loginUrl(page: string, next?: string | null, field: string = "next"): string {
  if (!next) return page;
  const pageUrl = new URL(page, nowhere);
  const pageIsRelative = pageUrl.origin === nowhere;
  const nextUrl = URL.canParse(next) ? new URL(next) : null;
  const reduced = nextUrl !== null && (pageIsRelative || pageUrl.origin === nextUrl.origin)
    ? nextUrl.pathname + nextUrl.search
    : (next.split("#")[0] as string);

  pageUrl.searchParams.set(field, reduced);
  return pageIsRelative ? pageUrl.pathname + pageUrl.search + pageUrl.hash : pageUrl.href;
}

/** Where the logins of a site lead: to its own pages, and not in circles. */
export class NextPages {
  readonly #origin: string;
  readonly #excluded: Set<string>;

  constructor(origin: string, excluded: readonly string[] = []) {
    this.#origin = origin;
    this.#excluded = new Set(excluded);
  }

  /** Excludes the pages where one logs in. */
  exclude(...pages: readonly (string | null)[]): void {
    for (const page of pages) {
      if (page !== null) this.#excluded.add(new URL(page, this.#origin).pathname);
    }
  }

  /** The part of a `next` value that is safe to redirect to, or null. */
  safe(next: string | null | undefined): string | null {
    return safeNext(next, [...this.#excluded]);
  }
}

/**
 * The path and query of a request's URL as they came: the host may be one that no URL parser
 * accepts.
 */
export function requestedPath(url: string): string | undefined {
  return /^[a-z]+:\/\/[^/]*(\/[^#]*)/i.exec(url)?.[1];
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
