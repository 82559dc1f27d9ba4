import { safeNext } from "@latchkey/login";
import type { Context } from "hono";
import { newId } from "../../lib/keys.ts";
import { decodeBase64Url, encodeBase64Url } from "../../lib/login/bytes.ts";
import { MINUTE, SECOND } from "../../lib/time.ts";
import type { Seal } from "../../lib/seal.ts";
import { SiteCookie } from "./cookie.ts";

/** Which account a browser wants to log in to by a link, and where it goes then. */
export interface RequestedLogin {
  /** In canonical form. */
  readonly email: string;
  readonly next: string | null;
  /** Random: with it each request has a code of its own. */
  readonly codeSalt: string;
}

const context = "login request";
/** A longer one would not fit into a cookie. */
const MAX_NEXT_LENGTH = 2048;

/**
 * Keeps, in the browser that asks for a link to log in, what it asked for. The cookie is sealed:
 * an address is nothing to leave readable in a browser.
 */
export class LoginRequest {
  readonly #cookie: SiteCookie;
  readonly #seal: Seal;

  constructor(origin: string, seal: Seal) {
    this.#cookie = new SiteCookie("login_request", origin, 10 * MINUTE / SECOND);
    this.#seal = seal;
  }

  /** @param next As it came with the request. */
  remember(c: Context, email: string, next: string | undefined): RequestedLogin {
    const safe = safeNext(next);
    const fitting = safe && safe.length <= MAX_NEXT_LENGTH ? safe : null;
    const request = { email, next: fitting, codeSalt: newId() };
    this.#cookie.write(c, encodeBase64Url(this.#seal.seal(JSON.stringify(request), context)));
    return request;
  }

  /** What this browser asked for in the last minutes, if anything. */
  read(c: Context): RequestedLogin | null {
    const sealed = decodeBase64Url(this.#cookie.read(c) ?? "");
    const opened = sealed && this.#seal.open(sealed, context);
    return opened ? JSON.parse(opened) : null; // only `remember` can have sealed it
  }

  forget(c: Context): void {
    this.#cookie.delete(c);
  }
}
