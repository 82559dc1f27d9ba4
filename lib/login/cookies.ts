import { parseToken, type Token } from "./token.ts";

/** A cookie of ours. */
export type CookieName = "session" | "remember" | "flash" | "next";

/** A cookie to set: without `maxAge` (seconds) it ends with the browser. Null: to delete. */
export type CookieChange = { readonly value: string; readonly maxAge?: number } | null;

/** How a site writes its cookies. */
export interface CookieForm {
  /** The full names of the cookies. */
  readonly names: Readonly<Record<CookieName, string>>;
  /**
   * Their attributes, also when they are deleted: a browser deletes a `__Host-` cookie only with
   * those that it was set with.
   */
  readonly attributes: {
    readonly httpOnly: boolean;
    readonly sameSite: "Lax";
    readonly path: string;
    readonly secure: boolean;
  };
}

/** The form of the cookies of a site at an origin; `own` are its words for their names. */
export function cookieForm(
  origin: URL,
  own: Partial<Record<CookieName, string>> = {},
): CookieForm {
  const secure = origin.protocol === "https:";
  const fullName = (name: CookieName) =>
    secure
      ? `__Host-${own[name] ?? name}`
      // Cookies do not tell ports apart: another app on localhost must not overwrite ours.
      : `${own[name] ?? name}_${origin.port || "80"}`;
  return {
    names: {
      session: fullName("session"),
      remember: fullName("remember"),
      flash: fullName("flash"),
      next: fullName("next"),
    },
    attributes: { httpOnly: true, sameSite: "Lax", path: "/", secure },
  };
}

/** Whether a `Cookie` header has a cookie, also with a value that no cookie may have. */
export function isSent(header: string, fullName: string): boolean {
  return header.split(";").some((pair) => pair.split("=")[0]?.trim() === fullName);
}

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

  /** What an answer of this status sets and deletes. */
  changesFor(status: number): [CookieName, CookieChange][] {
    const changes = [...this.#changes];
    if (status < 500) return changes;
    // A failing answer deletes no cookie: an outage must not log anybody out. But the browser gets
    // a renewed token, because the former one proves nothing.
    return changes.filter(([name, it]) =>
      it !== null && (name === "session" || name === "remember")
    );
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
