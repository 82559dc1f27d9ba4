import type { LoginEvent } from "./events.ts";
import type { SessionProtection } from "./protection.ts";
import type { Clock } from "./clock.ts";
import type { Lifetimes, SessionLimits } from "./lifetimes.ts";
import type { AuthMethod, LoginUser } from "./session.ts";
import type { SessionStore, StoreChange } from "./store.ts";

/** The pages that guards redirect to, and their messages: for the whole site, or one area. */
export interface AreaOptions<Context> {
  /** Where a guest is sent: a path or a URL; null answers 401 instead. */
  readonly loginPage: string | null;
  /** Where a user whose login is not fresh is sent; null answers 401 instead. */
  readonly reauthenticatePage: string | null;
  /** Flashed on the way to the login page; null flashes nothing. */
  readonly loginMessage?: string | null;
  /** Flashed on the way to the reauthentication page; null flashes nothing. */
  readonly reauthenticateMessage?: string | null;
  /** The category of `loginMessage`; by default `message`. */
  readonly loginMessageCategory?: string;
  /** The category of `reauthenticateMessage`; by default `message`. */
  readonly reauthenticateMessageCategory?: string;
  /** Answers instead of {@link Login.required} when nobody is logged in. */
  readonly unauthorized?: (c: Context) => Response | Promise<Response>;
  /** Answers instead of {@link Login.fresh} when the login is not fresh. */
  readonly reauthenticationNeeded?: (c: Context) => Response | Promise<Response>;
}

/** What a user presented at login, and how long it lasts. */
export interface StartOptions {
  /** How the user authenticated (RFC 8176), such as `["pwd"]`. */
  readonly methods: readonly AuthMethod[];
  /** The OpenID provider that vouched for the user, as its issuer: see `endSessionsFrom`. */
  readonly issuer?: string;
  /** Remember this browser: true for the usual time, or milliseconds. */
  readonly remember?: boolean | number;
  /** `"not_fresh"` for an old or weak credential: `login.fresh` then asks for another. */
  readonly freshness?: "fresh" | "not_fresh";
  /** Log the user in although `active` is false; guards still refuse them. */
  readonly allowInactive?: boolean;
  /** Records of your own that the same commit writes, such as a mail about this login. */
  readonly extraChange?: StoreChange;
}

/** The options of a login. `Context` is the framework's context of a request. */
export interface Options<U extends LoginUser, Context> extends AreaOptions<Context> {
  /** Where sessions are kept. */
  readonly store: SessionStore;
  /**
   * Finds a user by id, while the session is read: anybody can make up an id. An error that it
   * throws fails the request, if the cookie is genuine.
   */
  readonly loadUser: (id: string) => Promise<U | null>;
  /**
   * Finds the user of a request that no cookie authenticates, such as by an API key in a header.
   * The user holds for this request only, gets no session and no cookie, and is never fresh. See
   * {@link bearerToken}.
   */
  readonly requestLoader?: (request: Request, c: Context) => Promise<U | null>;
  /**
   * Requests whose cookies count for nothing, so that only `requestLoader` can name their user: those
   * with an `Authorization` header, so that a refused token is never replaced by a cookie. By default
   * there are none.
   */
  readonly ignoreCookies?: (c: Context) => boolean;
  /** Secret keys of 32 random bytes or more, or base64 of them: the first signs, all verify. */
  readonly keys: readonly (Uint8Array | string)[];
  /**
   * The site's own origin. On https the cookies are `__Host-…; Secure`; plain http is for localhost
   * only, where some browsers refuse such cookies.
   */
  readonly origin: string;
  /** How long sessions, freshness and remember cookies last, in milliseconds. */
  readonly lifetimes: Lifetimes;
  /**
   * Shorter limits for some users, such as administrators, from the next request on; null for none.
   * `idle` has to be more than `lifetimes.seen`.
   */
  readonly limits?: (user: U) => SessionLimits | null;
  /** What happens when the fingerprint of a session's browser changes. */
  readonly protection: SessionProtection;
  /**
   * The text that the fingerprint is made from; by default the user agent without version numbers,
   * and without the network address, which a phone changes all day.
   */
  readonly fingerprint?: (c: Context) => string;
  /** Tells the time. */
  readonly now: Clock;
  /** Answers 403 to a user whom {@link Login.allowed} refuses; by default problem+json (RFC 9457). */
  readonly forbidden?: (c: Context) => Response | Promise<Response>;
  /** Where a user is sent from a page for guests, and after login. */
  readonly homePage: string;
  /** Paths that a login never returns to, such as the logout page. */
  readonly excludeFromNext?: readonly string[];
  /** Where the refused path is kept until the login: in the page's query (default), or a cookie. */
  readonly nextIn?: "query" | "cookie";
  /** Translates a guard's message for this request; null flashes nothing. */
  readonly translate?: (message: string, c: Context) => string | null;
  /**
   * Whether using a session extends its remember cookie. By default a browser is remembered for a
   * fixed time, whatever it does.
   */
  readonly extendRemember?: boolean;
  /** The network a request comes from, shortened, to be shown in the list of sessions. */
  readonly network?: (c: Context) => string | null;
  /** The names of the cookies, without `__Host-`; on http://localhost the port is added to them. */
  readonly cookieNames?: Partial<Record<"session" | "remember" | "flash" | "next", string>>;
  /** Listens to events. An error that the listener throws is reported, and fails no request. */
  readonly events?: {
    /** Called once for each event, before the answer is sent. */
    readonly listen: (event: LoginEvent<U>, c: Context) => void | Promise<void>;
    /** Called with the listener's error, or one about an operation not awaited or too late. */
    readonly report: (error: unknown) => void;
  };
}
