import type { Context } from "hono";
import { newSecret } from "../../lib/keys.ts";
import { DAY, SECOND } from "../../lib/time.ts";
import { SiteCookie } from "./cookie.ts";

/**
 * Recognises the browser that asked for a mail: it keeps a random secret. A link that this browser
 * asked for asks it for less than others.
 */
export class AskingBrowser {
  readonly #cookie: SiteCookie;

  constructor(origin: string) {
    this.#cookie = new SiteCookie("asked", origin, DAY / SECOND);
  }

  /** The browser's secret, if it has one. */
  read(c: Context): string | undefined {
    const secret = this.#cookie.read(c);
    return secret && /^[\w-]{43}$/.test(secret) ? secret : undefined;
  }

  /** The browser's secret; it gets one if it has none. */
  remember(c: Context): string {
    const secret = this.read(c) ?? newSecret();
    this.#cookie.write(c, secret);
    return secret;
  }
}
