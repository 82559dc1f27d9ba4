import { getCookie, setCookie } from "hono/cookie";
import type { Context, MiddlewareHandler } from "hono";
import type { CookieOptions } from "hono/utils/cookie";
import type { Flash } from "./flash.ts";
import { Keyring } from "./keyring.ts";
import { loginUrl, safeNext } from "./next.ts";
import type { Clock, Lifetimes, LoginUser, Method, Session } from "./session.ts";
import { Sessions } from "./sessions.ts";
import type { SessionStore } from "./store.ts";
import { type CookieName, Visit, type VisitRules } from "./visit.ts";

/** A Hono middleware that gives the handlers behind it these variables. */
export type Guard<Variables extends object = object> = MiddlewareHandler<{ Variables: Variables }>;

/** What a login needs to know. */
export interface LoginOptions<U extends LoginUser> {
  /** Where sessions are kept. */
  readonly store: SessionStore;
  /** Finds a user by id. It runs side by side with reading the session, so it costs no round trip. */
  readonly loadUser: (id: string) => Promise<U | null>;
  /** Secret keys of 32 bytes or more: the first makes new values, all of them verify old ones. */
  readonly keys: readonly Uint8Array[];
  /**
   * The site's own origin. On https the cookies are `__Host-…; Secure`; plain http is for localhost
   * only, where some browsers refuse such cookies.
   */
  readonly origin: string;
  /** How long sessions and proofs last. */
  readonly lifetimes: Lifetimes;
  /** Tells the time. */
  readonly now: Clock;
  /** Where a visitor who is not logged in is sent; null answers 401 instead. */
  readonly loginPage: string | null;
  /** Where a user who is logged in already is sent from a page for visitors, and after login. */
  readonly homePage: string;
  /** Paths that are never a place to come back to after login, such as the logout page. */
  readonly neverNext?: readonly string[];
  /** Flashed when a visitor is sent to the login page; null flashes nothing. */
  readonly loginMessage?: string | null;
}

/** What a route knows behind {@link Login.required}. */
export interface LoggedIn<U> {
  /** The current user. */
  user: U;
  /** The current session. */
  session: Session;
}

/** What was proved when a user logs in. */
export interface StartOptions {
  /** How the user was proved (RFC 8176), such as `["pwd"]`. */
  readonly methods: readonly Method[];
}

/**
 * Sets up login for a Hono app.
 *
 * @param options See {@link LoginOptions}; security choices have no defaults.
 * @throws {Error} When the keys are too short or the origin is plain http and not localhost.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createLogin, memoryStore, recommendedLifetimes } from "@latchkey/login";
 *
 * const users = new Map([["1", { id: "1", name: "Ann" }]]);
 * const now = () => new Date();
 * const login = createLogin({
 *   store: memoryStore(now),
 *   loadUser: (id) => Promise.resolve(users.get(id) ?? null),
 *   keys: [crypto.getRandomValues(new Uint8Array(32))],
 *   origin: "https://app.example",
 *   lifetimes: recommendedLifetimes,
 *   now,
 *   loginPage: "/login",
 *   homePage: "/profile",
 * });
 *
 * const app = new Hono();
 * app.use(login.load);
 * app.get("/profile", login.required, (c) => c.text(`Hi ${c.var.user.name}!`));
 *
 * const response = await app.request("/profile");
 * console.assert(response.headers.get("location") === "/login?next=%2Fprofile");
 * ```
 */
export function createLogin<U extends LoginUser>(options: LoginOptions<U>): Login<U> {
  return new Login(options);
}

/** Login for a Hono app: made by {@link createLogin}. */
export class Login<U extends LoginUser> {
  readonly #options: LoginOptions<U>;
  readonly #rules: VisitRules<U>;
  readonly #cookieOptions: CookieOptions;
  readonly #visits = new WeakMap<Context, Visit<U>>();

  /** Prefer {@link createLogin}. */
  constructor(options: LoginOptions<U>) {
    const { protocol, hostname } = new URL(options.origin);
    if (protocol !== "https:" && hostname !== "localhost") {
      throw new Error("Cannot make a login: the origin has to be https, or http://localhost");
    }
    this.#cookieOptions = {
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
      ...(protocol === "https:" ? { secure: true, prefix: "host" } : {}),
    };
    this.#options = options;
    this.#rules = {
      sessions: new Sessions(options.store, options.loadUser, options.lifetimes, options.now),
      keyring: new Keyring(options.keys),
      now: options.now,
    };
  }

  /**
   * Middleware for the whole app, before every route. It looks at nobody by itself; when a handler
   * or guard did, it sets the cookies that follow from it and keeps the answer out of caches.
   *
   * @example
   * ```ts ignore
   * app.use(login.load);
   * ```
   */
  readonly load: Guard = async (c, next) => {
    const visit = new Visit(
      this.#rules,
      (name) => this.#readCookie(c, name),
      c.req.header("user-agent") ?? "",
    );
    this.#visits.set(c, visit);
    await next();

    // A failing answer changes no cookie: an outage must not log anybody out.
    if (c.res.status >= 500) return;
    for (const [name, value] of await visit.changedCookies()) this.#writeCookie(c, name, value);
    if (visit.looked) {
      c.header("Cache-Control", "private, no-store");
      c.header("Vary", "Cookie", { append: true });
    }
  };

  /**
   * Guard for pages of users: the handler behind it has `c.var.user` and `c.var.session`. A visitor
   * who is not logged in is sent to the login page, or gets 401 when asking for JSON.
   *
   * @example
   * ```ts ignore
   * app.get("/profile", login.required, (c) => c.text(c.var.user.name));
   * ```
   */
  readonly required: Guard<LoggedIn<U>> = async (c, next) => {
    if (c.req.method === "OPTIONS") return c.body(null, 204);
    const visitor = await this.#visit(c).visitor();
    if (!visitor) return await this.#unauthorized(c);

    c.set("user", visitor.user);
    c.set("session", visitor.session);
    return await next();
  };

  /**
   * Guard for pages of visitors, such as the login page: a user who is logged in is sent home.
   *
   * @example
   * ```ts ignore
   * app.get("/login", login.anonymous, (c) => c.html(form));
   * ```
   */
  readonly anonymous: Guard = async (c, next) => {
    const visitor = await this.#visit(c).visitor();
    if (visitor) return c.redirect(this.#options.homePage, isRead(c) ? 302 : 303);
    return await next();
  };

  /** The current user, or null. Found when first asked for, once per request. */
  async user(c: Context): Promise<U | null> {
    return (await this.#visit(c).visitor())?.user ?? null;
  }

  /**
   * Logs a user in: a new session, and this browser's former one is over.
   *
   * @param c The request's context.
   * @param user Who was proved.
   * @param options What proved them.
   */
  start(c: Context, user: U, options: StartOptions): Promise<Session> {
    return this.#visit(c).start(user, options.methods);
  }

  /**
   * Logs the visitor out: the session's record is destroyed, so a copied cookie is worth nothing.
   *
   * @returns The user who was logged in, or null when nobody was.
   */
  async end(c: Context): Promise<U | null> {
    return (await this.#visit(c).end())?.user ?? null;
  }

  /** Keeps a message for the next page this browser sees, whether or not anybody is logged in. */
  flash(c: Context, text: string, category: string = "message"): Promise<void> {
    return this.#visit(c).flash({ text, category });
  }

  /** The messages to show on this page. Each is shown once. */
  takeFlashes(c: Context): Promise<readonly Flash[]> {
    return this.#visit(c).takeFlashes();
  }

  /** Where to go after login: the `next` value if it is safe, else the home page. */
  nextOr(next: string | null | undefined): string {
    const { loginPage, homePage, neverNext = [] } = this.#options;
    return safeNext(next, [...neverNext, ...loginPage ? [loginPage] : []]) ?? homePage;
  }

  async #unauthorized(c: Context): Promise<Response> {
    const { loginPage, loginMessage = "Please log in to access this page." } = this.#options;
    if (loginPage === null || asksForJson(c)) return problem(c, 401);

    if (loginMessage) await this.flash(c, loginMessage);
    if (!isRead(c)) return c.redirect(loginPage, 303);
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(loginUrl(loginPage, safeNext(pathname + search)), 302);
  }

  #visit(c: Context): Visit<U> {
    const visit = this.#visits.get(c);
    if (!visit) {
      throw new Error("Cannot look at the visitor: put app.use(login.load) before the routes");
    }
    return visit;
  }

  #readCookie(c: Context, name: CookieName): string | null | undefined {
    const fullName = this.#cookieOptions.prefix === "host" ? `__Host-${name}` : name;
    const value = getCookie(c, fullName);
    if (value !== undefined) return value;
    // Hono passes over a value with bytes that no cookie may have; it is there all the same.
    const sent = (c.req.header("cookie") ?? "").split(";").map((pair) =>
      pair.split("=")[0]?.trim()
    );
    return sent.includes(fullName) ? null : undefined;
  }

  #writeCookie(c: Context, name: CookieName, value: string | null): void {
    // Deleted with the attributes it was set with: a browser ignores a `__Host-` deletion without them.
    setCookie(c, name, value ?? "", {
      ...this.#cookieOptions,
      ...(value === null ? { maxAge: 0 } : {}),
    });
  }
}

function isRead(c: Context): boolean {
  return c.req.method === "GET" || c.req.method === "HEAD";
}

function asksForJson(c: Context): boolean {
  const accept = c.req.header("accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html");
}

/** RFC 9457, with the challenge that RFC 9110 §11.6.1 asks of a 401. */
function problem(c: Context, status: 401): Response {
  return c.json({ title: "Unauthorized", status }, status, {
    "Content-Type": "application/problem+json",
    "WWW-Authenticate": "Bearer",
  });
}
