import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";

/** A cookie of the app, with the same attributes as those of the package. */
export class SiteCookie {
  readonly #name: string;
  readonly #maxAge: number;
  /** Over plain http (localhost only) browsers may refuse a cookie with `Secure`. */
  readonly #secure: { secure: true; prefix: "host" } | { secure: false; prefix?: never };

  /** @param maxAge In seconds. */
  constructor(name: string, origin: string, maxAge: number) {
    const isSecure = origin.startsWith("https:");
    // Cookies do not tell ports apart: another app on localhost must not overwrite ours.
    this.#name = isSecure ? name : `${name}_${new URL(origin).port || "80"}`;
    this.#maxAge = maxAge;
    this.#secure = isSecure ? { secure: true, prefix: "host" } : { secure: false };
  }

  read(c: Context): string | undefined {
    return getCookie(c, this.#name, this.#secure.prefix);
  }

  write(c: Context, value: string): void {
    this.#set(c, value, this.#maxAge);
  }

  delete(c: Context): void {
    this.#set(c, "", 0);
  }

  #set(c: Context, value: string, maxAge: number): void {
    const attributes = { httpOnly: true, sameSite: "Lax", path: "/" } as const;
    setCookie(c, this.#name, value, { ...this.#secure, ...attributes, maxAge });
  }
}
