import type { Context, MiddlewareHandler, Next } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import {
  type CookieChange,
  type CookieForm,
  cookieForm,
  type CookieName,
  Cookies,
  isSent,
} from "./cookies.ts";
import { type Data, sessionDataOwner } from "./data.ts";
import type { LoginEvent } from "./events.ts";
import { asksForJson, isRead, isShown, isWebSocket } from "./expected_answer.ts";
import type { Flash } from "./flash.ts";
import {
  admit,
  type Detour,
  detourOf,
  type FreshlyLoggedIn,
  type LoggedIn,
  type Proof,
  type Refusal,
} from "./guard.ts";
import { Listener } from "./listener.ts";
import { loginUrl, NextPages, requestedPath } from "./next.ts";
import { notAwaited, tooLate } from "./operations.ts";
import { checkArea, checkLogin } from "./option_checks.ts";
import type { AreaOptions, Options, StartOptions } from "./options.ts";
import { privateAnswer } from "./private_answer.ts";
import { requestInfo } from "./request_info.ts";
import { createCore, reportEnds, type SharedCore } from "./login_core.ts";
import type { AuthMethod, LoginUser, Session } from "./session.ts";
import type { StoreChange } from "./store.ts";
import {
  type CommitWithSession,
  type RenewResult,
  RequestAuth,
  type StartResult,
} from "./request_auth.ts";

/** A Hono middleware that gives the handlers behind it these variables. */
export type Guard<Variables extends object = object> = MiddlewareHandler<{ Variables: Variables }>;

/** What a login needs to know; security choices have no defaults. */
export type LoginOptions<U extends LoginUser> = Options<U, Context>;

/** The guards of an area of the site. */
export interface Area<U> {
  /** As {@link Login.required}, with this area's pages and messages. */
  readonly required: Guard<LoggedIn<U>>;
  /** As {@link Login.fresh}, with this area's pages and messages. */
  readonly fresh: Guard<FreshlyLoggedIn<U>>;
}

/**
 * Sets up login for a Hono app.
 *
 * @throws {TypeError} When an option cannot work; it says what to set.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Hono } from "hono";
 * import { createLogin, recommendedLifetimes } from "@latchkey/login";
 * import { memoryStore } from "@latchkey/login/memory";
 *
 * const users = new Map([["1", { id: "1", name: "Ann" }]]);
 * const now = () => new Date();
 * const login = createLogin({
 *   store: memoryStore(now),
 *   loadUser: (id) => Promise.resolve(users.get(id) ?? null),
 *   keys: [crypto.getRandomValues(new Uint8Array(32))],
 *   origin: "https://app.example",
 *   lifetimes: recommendedLifetimes,
 *   protection: "basic",
 *   now,
 *   loginPage: "/login",
 *   reauthenticatePage: "/reauthenticate",
 *   homePage: "/profile",
 * });
 *
 * const app = new Hono();
 * app.use(login.middleware);
 * app.get("/profile", login.required, (c) => c.text(`Hi ${c.var.user.name}!`));
 *
 * const response = await app.request("/profile");
 * assert(response.headers.get("location") === "/login?next=%2Fprofile");
 * ```
 */
export function createLogin<U extends LoginUser>(options: LoginOptions<U>): Login<U> {
  return new Login(options);
}

/** Login for a Hono app: made by {@link createLogin}. */
export class Login<U extends LoginUser> {
  /** The site's own origin. */
  readonly origin: string;

  readonly #options: LoginOptions<U>;
  readonly #core: SharedCore<U>;
  readonly #listener: Listener<U, Context>;
  readonly #cookieForm: CookieForm;
  readonly #nextPages: NextPages;
  readonly #authKey = Symbol("login") as never; // V8 frees the entries of a WeakMap late

  /**
   * Guard for pages of users: the handler behind it has `c.var.user` and `c.var.session`. A guest
   * is sent to the login page and back afterwards; a client that asks for JSON gets 401 as
   * `application/problem+json` (RFC 9457). `OPTIONS` is answered without the handler.
   */
  readonly required: Guard<LoggedIn<U>> = (c, next) => this.#guard(c, next, this.#options, "any");

  /**
   * Guard for pages that need a fresh login, such as changing a password: a user who authenticated
   * too long ago, or came by a remember cookie, is sent to the reauthentication page and back.
   */
  readonly fresh: Guard<FreshlyLoggedIn<U>> = (c, next) =>
    this.#guard(c, next, this.#options, "fresh");

  /**
   * Guard for forms that present a credential: as {@link Login.required}, and a form that was sent
   * twice passes too, although its first answer renewed the session. Verify the credential of
   * `c.var.user` before anything else.
   */
  readonly requiredOrSuperseded: Guard<LoggedIn<U>> = async (c, next) => {
    const superseded = await this.#auth(c).superseded();
    if (!superseded || c.req.method === "OPTIONS" || isWebSocket(c.req.raw)) {
      return await this.required(c, next);
    }
    c.set("user", superseded.user);
    c.set("session", superseded.session);
    return await next();
  };

  /**
   * Makes a guard for pages that need one of these methods (RFC 8176): as {@link Login.required},
   * and a user whose session was started and proved without any of them is sent to the
   * reauthentication page. `login.methods("otp", "hwk")` asks for a second factor. A proof from
   * long ago passes too: combine it with {@link Login.fresh}, and let {@link Login.renew} forget the
   * methods of a factor that the user removes.
   */
  methods(first: AuthMethod, ...others: AuthMethod[]): Guard<FreshlyLoggedIn<U>> {
    return (c, next) => this.#guard(c, next, this.#options, [first, ...others]);
  }

  /**
   * Makes a guard for what only some users may do: as {@link Login.required}, and anybody else gets
   * 403, by the option `forbidden`. `login.allowed((user) => user.isAdmin)`.
   */
  allowed(rule: (user: U) => boolean): Guard<LoggedIn<U>> {
    return (c, next) => this.#guard(c, next, this.#options, "any", rule);
  }

  /** Prefer {@link createLogin}. */
  constructor(options: LoginOptions<U>) {
    checkLogin(options);
    const origin = new URL(options.origin);
    this.origin = origin.origin;
    this.#options = options;
    this.#core = createCore(options);
    this.#listener = new Listener(options.events);
    this.#nextPages = new NextPages(this.origin, options.excludeFromNext);
    this.#cookieForm = cookieForm(origin, options.cookieNames);
    this.#nextPages.exclude(options.loginPage, options.reauthenticatePage);
  }

  /**
   * Middleware for the whole app, before every route. It authenticates nobody by itself; when a
   * handler or guard did, it sets the cookies that follow, and keeps the answer out of caches.
   */
  readonly middleware: Guard = async (c, next) => {
    const auth = this.#newAuth(c);
    c.set(this.#authKey, auth as never);
    const isSocket = isWebSocket(c.req.raw);
    if (isSocket) auth.operations.close(); // the answer to it cannot be changed
    await next();
    if (isSocket) return;

    const forgotten = await auth.operations.finish(() => auth.flashes.write());
    if (!c.error) { for (const name of forgotten) this.#listener.report(notAwaited(name)); }

    for (const [name, change] of auth.cookies.changesFor(c.res.status)) {
      this.#writeCookie(c, name, change);
    }
    if (auth.cookies.accessed) {
      const answer = privateAnswer(c.res);
      c.res = undefined; // otherwise Hono adds the headers of the former answer
      c.res = answer;
    }
  };

  /** Guard for pages for guests, such as the login page: a user goes on to `next`. */
  readonly anonymous: Guard = async (c, next) => {
    const authentication = await this.#auth(c).authentication();
    if (authentication?.user.active === false || !authentication) return await next();
    return c.redirect(await this.takeNext(c, c.req.query("next")), isRead(c.req.raw) ? 302 : 303);
  };

  /**
   * The guards of an area with a login page of its own.
   *
   * @throws {TypeError} When an option cannot work; it says what to set.
   */
  area(options: AreaOptions<Context>): Area<U> {
    checkArea(options);
    this.#nextPages.exclude(options.loginPage, options.reauthenticatePage);
    return {
      required: (c, next) => this.#guard(c, next, options, "any"),
      fresh: (c, next) => this.#guard(c, next, options, "fresh"),
    };
  }

  /** The current user, or null. Found when first asked for, once per request. */
  async user(c: Context): Promise<U | null> {
    return (await this.#auth(c).authentication())?.user ?? null;
  }

  /** The current session; null when nobody is logged in, or the request itself named the user. */
  async session(c: Context): Promise<Session | null> {
    return (await this.#auth(c).authentication())?.session ?? null;
  }

  /** Whether a credential was presented in this session recently; false for a guest. */
  isFresh(c: Context): Promise<boolean> {
    return this.#auth(c).isFresh();
  }

  /** Whether this login came from a remember cookie, and nothing was presented since. */
  async isRemembered(c: Context): Promise<boolean> {
    const session = await this.session(c);
    return session?.methods.length === 0 && session.authenticatedAt === null;
  }

  /**
   * Logs a user in: a new session starts, and the browser's former one ends. Its data moves along,
   * unless it was another user's. An inactive user is refused.
   *
   * @throws {TypeError} When the user or an option cannot work; it says what to set.
   */
  start(c: Context, user: U, options: StartOptions): Promise<StartResult> {
    return this.#act(c, "log in", (auth) => auth.start(user, options));
  }

  /**
   * Makes the session fresh, after a credential was presented again: it gets a new token, and the
   * former one proves nothing from then on.
   *
   * @param methods How the user authenticated (RFC 8176), such as `["pwd"]`.
   * @returns Null, and nothing done, when there is no session, or it ended meanwhile.
   */
  reauthenticate(c: Context, methods: readonly AuthMethod[]): Promise<Session | null> {
    return this.#act(c, "reauthenticate", (auth) => auth.reauthenticate(methods));
  }

  /**
   * Renews the session, as {@link Login.reauthenticate} does, in a commit of yours that raises the
   * user's `epoch`, such as a change of the password: all other sessions and remember series end.
   *
   * @param methods How the user authenticated for it. An empty list when they presented nothing: the
   * session does not become fresh.
   * @param commit Commits the session's change with yours (see {@link addToCommit}).
   *
   * @example
   * ```ts ignore
   * const renewed = await login.renew(c, ["pwd"], (sessionChange) =>
   *   savePassword(user, password, async (operation, changed) =>
   *     addToCommit(operation, await sessionChange(changed))));
   * ```
   */
  renew(
    c: Context,
    methods: readonly AuthMethod[],
    commit: CommitWithSession<U>,
  ): Promise<RenewResult<U>> {
    return this.#act(c, "renew the session", (auth) => auth.renew(methods, commit));
  }

  /**
   * Logs the user out: the session, its data and its remember series are deleted, so copied cookies
   * are worth nothing.
   *
   * @returns The user who was logged in, or null when nobody was.
   */
  async end(c: Context): Promise<U | null> {
    return (await this.#act(c, "log out", (auth) => auth.end()))?.user ?? null;
  }

  /** Emits `login_failed`: a login was refused. */
  async reportFailure(c: Context, reason: string, userId: string | null = null): Promise<void> {
    await this.#listener.emit({ type: "login_failed", reason, userId }, c);
  }

  /** Keeps a message for the next page this browser sees, whether or not anybody is logged in. */
  flash(c: Context, text: string, category: string = "message"): Promise<void> {
    return this.#act(c, "keep a message", (auth) => auth.flashes.add({ text, category }));
  }

  /**
   * The messages to show on this page, of one category or of all. Each is shown once. There are
   * none for HEAD and for a page that a browser fetches ahead: nobody may see it.
   */
  async takeFlashes(c: Context, category?: string): Promise<readonly Flash[]> {
    if (!isShown(c.req.raw)) return [];
    const flashes = await this.#act(c, "take messages", (auth) => auth.flashes.take());
    return flashes.filter((it) => category === undefined || it.category === category);
  }

  /**
   * Where to go after login: `next` if it is safe, else the path kept in the cookie, else the home
   * page. The cookie is deleted.
   */
  async takeNext(c: Context, next?: string | null): Promise<string> {
    const kept = await this.#act(c, "take next", (auth) => auth.takeNext());
    return this.#nextPages.safe(next) ?? this.#nextPages.safe(kept) ?? this.#options.homePage;
  }

  /** The session's data, such as a cart or a language; guests have data too. */
  readData(c: Context): Promise<Data> {
    return this.#auth(c).readData();
  }

  /**
   * Replaces the session's data by the result of `change`. Parallel updates lose nothing: `change`
   * may be called again on newer data, so it must have no side effects.
   *
   * @throws {RangeError} When it would be more than 16 KiB of JSON.
   */
  updateData(c: Context, change: (data: Data) => Data): Promise<Data> {
    const auth = this.#auth(c);
    const update = auth.operations.waitFor(auth.updateData(change), "keep session data");
    // A user's data needs no cookie. A guest's comes too late then, and perhaps nobody awaits it.
    if (auth.operations.answered) update.catch((error) => this.#listener.report(error));
    return update;
  }

  /** A user's living sessions, the newest first. */
  sessions(user: U): Promise<Session[]> {
    return this.#core.sessions.list(user);
  }

  /** The data of a session of a user, as `sessions` lists it; empty when there is none. */
  async dataOf(session: Session): Promise<Data> {
    return await this.#core.data.read(sessionDataOwner(session)) ?? {};
  }

  /**
   * Ends one session of a user, with its remember series. It is over for the next request.
   *
   * @param extraChange Records of your own that the same commit writes.
   * @returns False when the user has no such session: other people's are not found.
   */
  async endSession(
    c: Context,
    user: U,
    id: string,
    extraChange: StoreChange = {},
  ): Promise<boolean> {
    if (!/^[\w-]{22}$/.test(id)) return false; // it comes from a URL
    return await this.#endWhere(c, user.id, (it) => it.id === id, extraChange) > 0;
  }

  /**
   * Ends every session of the current user but this one, and every other remember series.
   *
   * @param extraChange Records of your own that the commit of the first end writes.
   * @returns How many sessions ended.
   */
  async endOtherSessions(c: Context, extraChange: StoreChange = {}): Promise<number> {
    const session = await this.session(c);
    if (!session) return 0;
    await this.#core.remember.endOthers(session);
    const { id, userId } = session;
    return await this.#endWhere(c, userId, (it) => it.id !== id, extraChange);
  }

  /**
   * Ends every session of a user, and every remember series, that began with an OpenID provider's
   * word, for the provider's back-channel logout: the request needs no session of its own.
   *
   * @returns How many sessions ended.
   */
  async endSessionsFrom(c: Context, user: U, issuer: string): Promise<number> {
    // First the series: a cookie that is redeemed meanwhile has its session in the store, or fails.
    await this.#core.remember.endFrom(user.id, issuer);
    return await this.#endWhere(c, user.id, (it) => it.issuer === issuer);
  }

  /**
   * Deletes a user's sessions, their data and remember series, for an account that is deleted. To
   * log a user out everywhere in the same commit as its cause, raise `epoch`.
   */
  async forgetUser(c: Context, userId: string): Promise<void> {
    await this.#reportEnds(c, await this.#core.sessions.forgetUser(userId));
  }

  async #endWhere(
    c: Context,
    userId: string,
    condition: (session: Session) => boolean,
    extraChange?: StoreChange,
  ): Promise<number> {
    const ended = await this.#core.sessions.endWhere(userId, condition, extraChange);
    await this.#reportEnds(c, ended);
    return ended.length;
  }

  #reportEnds(c: Context, ended: readonly Session[]): Promise<void> {
    const emit = (event: LoginEvent<U>) => this.#listener.emit(event, c);
    return reportEnds({ emit }, ended, "ended");
  }

  async #guard(
    c: Context,
    next: Next,
    area: AreaOptions<Context>,
    proof: Proof,
    rule: (user: U) => boolean = () => true,
  ) {
    if (c.req.method === "OPTIONS") return c.body(null, 204);
    // Browsers send cookies with WebSockets of other sites; a client without Origin is no browser.
    if (isWebSocket(c.req.raw) && (c.req.header("origin") ?? this.origin) !== this.origin) {
      return c.text("A WebSocket of another site is refused.", 403);
    }
    const admission = await admit(this.#auth(c), proof, rule);
    if (!admission.ok) return await this.#refuse(c, area, admission.refusal);

    c.set("user", admission.login.user);
    c.set("session", admission.login.session);
    return await next();
  }

  async #refuse(c: Context, area: AreaOptions<Context>, refusal: Refusal<U>): Promise<Response> {
    await this.#listener.emit(refusal, c);
    if (refusal.type === "forbidden") {
      const { forbidden } = this.#options;
      return forbidden && !asksForJson(c.req.raw)
        ? await forbidden(c)
        : c.json({ title: "Forbidden", status: 403 }, 403, problemType);
    }
    const detour = detourOf(refusal, area, this.#options.lifetimes);
    if (detour.answer) return await detour.answer(c);
    if (detour.page !== null && !asksForJson(c.req.raw)) return this.#send(c, detour.page, detour);
    const headers = { ...problemType, "WWW-Authenticate": detour.challenge };
    return c.json({ title: detour.title, status: 401 }, 401, headers);
  }

  /**
   * Redirects with `next`, so that the page leads back here; unsafe methods get none, because their
   * URL may not answer GET.
   */
  #send(c: Context, page: string, { message, category }: Detour<Context>): Response {
    const { translate } = this.#options;
    const text = message && translate ? translate(message, c) : message;
    if (text) this.#auth(c).flashes.add({ text, category, untilLogin: true });
    if (!isRead(c.req.raw)) return c.redirect(page, 303);

    const next = this.#nextPages.safe(requestedPath(c.req.url));
    if (next && this.#options.nextIn === "cookie") {
      this.#auth(c).keepNext(next);
      return c.redirect(page, 302);
    }
    // Built on the configured origin: the request's own comes from its Host header.
    return c.redirect(loginUrl(page, next && this.origin + next), 302);
  }

  #newAuth(c: Context): RequestAuth<U> {
    const { requestLoader, ignoreCookies } = this.#options;
    const core = {
      ...this.#core,
      requestLoader: requestLoader ? (request: Request) => requestLoader(request, c) : null,
      emit: (event: LoginEvent<U>) => this.#listener.emit(event, c),
    };
    const cookies = ignoreCookies?.(c)
      ? new Cookies(() => undefined)
      : new Cookies((name) => this.#readCookie(c, name));
    return new RequestAuth(core, cookies, requestInfo(c.req.raw, c, this.#options));
  }

  /** Runs an operation that may set a cookie; one that comes too late is reported and refused. */
  #act<T>(c: Context, name: string, act: (auth: RequestAuth<U>) => T | Promise<T>): Promise<T> {
    const auth = this.#auth(c);
    if (auth.operations.answered) this.#listener.report(tooLate(name));
    return auth.operations.run(name, () => act(auth));
  }

  #auth(c: Context): RequestAuth<U> {
    const auth: RequestAuth<U> | undefined = c.get(this.#authKey);
    if (!auth) {
      throw new Error(
        "Cannot authenticate the request: put app.use(login.middleware) before the routes",
      );
    }
    return auth;
  }

  #readCookie(c: Context, name: CookieName): string | null | undefined {
    const fullName = this.#cookieForm.names[name];
    const header = c.req.header("cookie") ?? "";
    if (!header.includes(fullName)) return undefined; // thousands of other cookies cost nothing
    // Hono passes over a value with bytes that no cookie may have; it is there all the same.
    return getCookie(c, fullName) ?? (isSent(header, fullName) ? null : undefined);
  }

  #writeCookie(c: Context, name: CookieName, change: CookieChange): void {
    const { value, ...lifetime } = change ?? { value: "", maxAge: 0 };
    setCookie(c, this.#cookieForm.names[name], value, {
      ...this.#cookieForm.attributes,
      ...lifetime,
    });
  }
}

/** RFC 9457. */
const problemType = { "Content-Type": "application/problem+json" };
