import { createHash } from "node:crypto";
import type { Context } from "hono";
import { newSecret } from "../../lib/keys.ts";
import { SECOND } from "../../lib/time.ts";
import { SiteCookie } from "./cookie.ts";

/**
 * Recognises the browser that asked for a mail, or began a sign-in at a provider: it keeps a random
 * secret. Both methods give the digest, which is all that is kept.
 */
export class AskingBrowser {
  readonly #cookie: SiteCookie;

  /** @param lifetime In milliseconds. */
  constructor(cookie: "asked" | "oidc", origin: string, lifetime: number) {
    this.#cookie = new SiteCookie(cookie, origin, lifetime / SECOND);
  }

  /** Undefined for a browser that asked for nothing. */
  read(c: Context): string | undefined {
    const secret = this.#read(c);
    return secret && digestOf(secret);
  }

  /** A browser without a secret gets one. */
  remember(c: Context): string {
    const secret = this.#read(c) ?? newSecret();
    this.#cookie.write(c, secret);
    return digestOf(secret);
  }

  #read(c: Context): string | undefined {
    const secret = this.#cookie.read(c);
    return secret && /^[\w-]{43}$/.test(secret) ? secret : undefined;
  }
}

function digestOf(secret: string): string {
  return createHash("sha256").update(`browser:${secret}`).digest("base64url");
}
