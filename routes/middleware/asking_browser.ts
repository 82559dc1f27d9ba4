import { createHash } from "node:crypto";
import type { Context } from "hono";
import { newSecret } from "../../lib/keys.ts";
import { DAY, SECOND } from "../../lib/time.ts";
import { SiteCookie } from "./cookie.ts";

/**
 * Recognises the browser that asked for a mail: it keeps a random secret. A link that this browser
 * asked for asks it for less than others. Both methods give the digest, which is all that is kept.
 */
export class AskingBrowser {
  readonly #cookie: SiteCookie;

  constructor(origin: string) {
    this.#cookie = new SiteCookie("asked", origin, DAY / SECOND);
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
