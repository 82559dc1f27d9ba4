import type { LoginEvent } from "./events.ts";
import { isProtection, type SessionProtection } from "./protection.ts";
import { type Clock, SECOND } from "./clock.ts";
import type { Lifetimes, LoginUser } from "./session.ts";
import type { SessionStore } from "./store.ts";
import { MAX_REMEMBER } from "./request_auth.ts";

/** The pages that guards redirect to, and their messages: for the whole site, or for one area of it. */
export interface AreaOptions {
  /** Where a visitor who is not logged in is sent: a path or a URL; null answers 401 instead. */
  readonly loginPage: string | null;
  /** Where a user whose login is not fresh is sent; null answers 401 instead. */
  readonly reauthenticatePage: string | null;
  /** Flashed on the way to the login page; null flashes nothing. */
  readonly loginMessage?: string | null;
  /** Flashed on the way to the reauthentication page; null flashes nothing. */
  readonly reauthenticateMessage?: string | null;
}

/** The options of a login. `Context` is the framework's context of a request. */
export interface Options<U extends LoginUser, Context> extends AreaOptions {
  /** Where sessions are kept. */
  readonly store: SessionStore;
  /**
   * Finds a user by id, while the session is read, so that it costs no round trip of its own. An error
   * that it throws fails the request.
   */
  readonly loadUser: (id: string) => Promise<U | null>;
  /**
   * Finds the user of a request that authenticates itself, such as by an API key in a header, when no
   * session and no remember cookie did. The user holds for this request only, has no session, gets no
   * cookie and is never fresh. See {@link bearerToken}.
   */
  readonly requestLoader?: (request: Request) => Promise<U | null>;
  /** Secret keys of 32 bytes or more: the first makes new values, all of them verify old ones. */
  readonly keys: readonly Uint8Array[];
  /**
   * The site's own origin. On https the cookies are `__Host-…; Secure`; plain http is for localhost
   * only, where some browsers refuse such cookies.
   */
  readonly origin: string;
  /** How long sessions, freshness and remember cookies last, in milliseconds. */
  readonly lifetimes: Lifetimes;
  /** What happens when the fingerprint of a session's browser changes. */
  readonly protection: SessionProtection;
  /**
   * The text that the fingerprint is made from; by default the user agent without its version numbers.
   * It leaves out the network address on purpose: a phone changes it all day.
   */
  readonly fingerprint?: (c: Context) => string;
  /** Tells the time. */
  readonly now: Clock;
  /** Where a user who is logged in already is sent from a page for visitors, and after login. */
  readonly homePage: string;
  /** Paths that a login never returns to, such as the logout page. */
  readonly excludeFromNext?: readonly string[];
  /** Where the refused path is kept until the login: in the login page's query (default), or a cookie. */
  readonly nextIn?: "query" | "cookie";
  /** Translates a guard's message for this request; null flashes nothing. */
  readonly translate?: (message: string, c: Context) => string | null;
  /** Answers instead of {@link Login.required} when nobody is logged in; not in an area of its own. */
  readonly unauthorized?: (c: Context) => Response | Promise<Response>;
  /** Answers instead of {@link Login.fresh} when the login is not fresh; not in an area of its own. */
  readonly reauthenticationNeeded?: (c: Context) => Response | Promise<Response>;
  /**
   * Whether using a session extends its remember cookie. By default a browser is remembered for a
   * fixed time, whatever it does.
   */
  readonly extendRemember?: boolean;
  /** The network a request comes from, shortened, to be shown in the list of sessions. */
  readonly network?: (c: Context) => string | null;
  /** The names of the cookies, without `__Host-`. */
  readonly cookieNames?: Partial<Record<"session" | "remember" | "flash" | "next", string>>;
  /** Listens to events. An error that the listener throws is reported, and fails no request. */
  readonly events?: {
    /** Called once for each event, before the answer is sent. */
    readonly listen: (event: LoginEvent<U>, c: Context) => void | Promise<void>;
    /** Called with an error that the listener threw. */
    readonly report: (error: unknown) => void;
  };
}

/** A path, or a URL. */
const page = /^(\/(?!\/)|https?:\/\/)/;

/**
 * Refuses options that would fail, or fail to protect, later.
 *
 * @throws {TypeError} With a sentence that says what to set.
 */
export function checkOptions<U extends LoginUser, Context>(options: Options<U, Context>): void {
  const demand = (holds: boolean, problem: string) => {
    if (!holds) throw new TypeError(`Cannot make a login: ${problem}`);
  };
  demand(typeof options.loadUser === "function", "loadUser is missing");
  demand(typeof options.store?.commit === "function", "store is missing");
  demand(typeof options.now === "function", "now is missing");
  demand(Array.isArray(options.keys), "keys is missing");
  demand(typeof (options.lifetimes ?? 0) === "object", "lifetimes is missing");
  const { nextIn = "query" } = options;
  demand(["query", "cookie"].includes(nextIn), "nextIn has to be query or cookie");
  const defaults = { session: "session", remember: "remember", flash: "flash", next: "next" };
  const names = Object.values({ ...defaults, ...options.cookieNames });
  const areWords = names.every((name) => /^[\w-]+$/.test(name)) && new Set(names).size === 4;
  demand(areWords, "cookieNames have to be four different words");
  demand(isProtection(options.protection), "protection has to be off, basic or strong");
  checkArea(options);
  demand(page.test(options.homePage), "homePage has to be a path or a URL");

  const origin = URL.parse(options.origin);
  const isSafe = origin?.protocol === "https:" ||
    (origin?.protocol === "http:" && origin.hostname === "localhost");
  demand(isSafe, "origin has to be https, or http://localhost");

  const { idle, absolute, fresh, seen, remember } = options.lifetimes;
  for (const [name, lifetime] of Object.entries({ idle, absolute, fresh, seen, remember })) {
    const isDuration = typeof lifetime === "number" && lifetime > 0 && Number.isFinite(lifetime);
    demand(isDuration, `lifetimes.${name} has to be milliseconds, more than 0`);
  }
  demand(idle <= absolute, "lifetimes.idle has to be lifetimes.absolute or less");
  demand(seen < idle, "lifetimes.seen has to be less than lifetimes.idle");
  demand(
    remember >= SECOND && remember <= MAX_REMEMBER,
    "lifetimes.remember has to be a second or more, and 400 days or less",
  );
}

/** Refuses pages that are neither a path nor a URL. */
export function checkArea({ loginPage, reauthenticatePage }: AreaOptions): void {
  for (const [name, value] of Object.entries({ loginPage, reauthenticatePage })) {
    if (value === null || (typeof value === "string" && page.test(value))) continue;
    throw new TypeError(`Cannot make a login: ${name} has to be a path, a URL or null`);
  }
}
