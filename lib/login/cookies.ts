import { parseToken, type Token } from "./token.ts";

/** A cookie of ours. */
export type CookieName = "session" | "remember" | "flash" | "next";

/** A cookie to set: without `maxAge` (seconds) it ends with the browser. Null: to delete. */
export type CookieChange = { readonly value: string; readonly maxAge?: number } | null;

/** Reads a cookie: absent (undefined), readable, or there and not readable (null). */
export type ReadCookie = (name: CookieName) => string | null | undefined;

/** The cookies of one request, and what its answer does to them: at most one change for each. */
export class Cookies {
  readonly #read: ReadCookie;
  readonly #changes = new Map<CookieName, CookieChange>();
  #accessed = false;

  constructor(read: ReadCookie) {
    this.#read = read;
  }

  /** Whether anybody looked: then the answer depends on the cookies. */
  get accessed(): boolean {
    return this.#accessed;
  }

  /** What the answer sets and deletes. */
  get changes(): ReadonlyMap<CookieName, CookieChange> {
    return this.#changes;
  }

  /** The cookie as the browser sent it. */
  get(name: CookieName): string | null | undefined {
    this.#accessed = true;
    return this.#read(name);
  }

  /** The token of a cookie; what is not one is deleted. */
  token(name: "session" | "remember"): Token | null {
    const value = this.get(name);
    if (value === undefined) return null;
    const token = value === null ? null : parseToken(value);
    if (!token) this.delete(name);
    return token;
  }

  set(name: CookieName, value: string, maxAge?: number): void {
    this.#accessed = true;
    this.#changes.set(name, maxAge === undefined ? { value } : { value, maxAge });
  }

  /** Deletes a cookie that the browser has; one it does not have is left alone. */
  delete(name: CookieName): void {
    if (this.get(name) === undefined) this.#changes.delete(name);
    else this.#changes.set(name, null);
  }

  isDeleted(name: CookieName): boolean {
    return this.#changes.get(name) === null;
  }
}
