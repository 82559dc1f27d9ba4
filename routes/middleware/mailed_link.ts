import type { Context } from "hono";
import { canonicalEmail } from "../../lib/account/email_address.ts";
import type { FoundToken } from "../../lib/account/email_token.ts";
import { MINUTE, SECOND } from "../../lib/time.ts";
import { SiteCookie } from "./cookie.ts";

/**
 * Takes the token of a mailed link out of the address: a cookie keeps it for the page that asks
 * what to do. Opening a link changes nothing, because mail scanners open links too.
 */
export class MailedLink {
  readonly #cookie: SiteCookie;

  constructor(origin: string) {
    this.#cookie = new SiteCookie("mailed", origin, 15 * MINUTE / SECOND);
  }

  /** Keeps the token of this request's path, and goes on to the page. */
  open(c: Context, page: string): Response {
    const token = c.req.param("token") ?? "";
    if (/^[\w.-]{1,100}$/.test(token)) this.#cookie.write(c, token);
    else this.#cookie.delete(c);
    c.header("Referrer-Policy", "no-referrer");
    c.header("Cache-Control", "private, no-store");
    return c.redirect(page, 303);
  }

  /** The token that was opened last. */
  read(c: Context): string | undefined {
    return this.#cookie.read(c);
  }

  /** Forgets the token: it was used. */
  forget(c: Context): void {
    this.#cookie.delete(c);
  }
}

/**
 * Whether a form stood on the page of this link: another tab may have opened another link since.
 *
 * @param email The address in the form; one without it counts as the link's.
 */
export function isFormOf({ record }: FoundToken, email: string | undefined): boolean {
  return email === undefined || canonicalEmail(email) === record.email;
}
