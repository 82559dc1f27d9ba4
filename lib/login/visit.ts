import { addFlash, type Flash, formatFlashes, parseFlashes } from "./flash.ts";
import type { Keyring } from "./keyring.ts";
import type { Clock, LoginUser, Method, Session } from "./session.ts";
import type { Sessions, Started } from "./sessions.ts";
import { parseToken } from "./token.ts";

/** A cookie of ours. */
export type CookieName = "session" | "flash";

/** The cookies of a request: absent, readable, or there but not ours (`null`). */
export type Cookies = (name: CookieName) => string | null | undefined;

/** What a visit works with. */
export interface VisitRules<U extends LoginUser> {
  readonly sessions: Sessions<U>;
  readonly keyring: Keyring;
  readonly now: Clock;
}

/** Who a visitor turned out to be. */
export interface Visitor<U> {
  readonly user: U;
  readonly session: Session;
}

/**
 * One request's view of its visitor: found when first asked for, once, and the cookies that the
 * answer has to set because of it. It knows no framework; `hono.ts` gives it headers and takes
 * cookies.
 */
export class Visit<U extends LoginUser> {
  readonly #rules: VisitRules<U>;
  readonly #cookies: Cookies;
  readonly #userAgent: string;
  readonly #changed = new Map<CookieName, string | null>();
  #visitor: Promise<Visitor<U> | null> | null = null;
  #flashes: Promise<Flash[]> | null = null;
  #taken: Flash[] | null = null;

  constructor(rules: VisitRules<U>, cookies: Cookies, userAgent: string) {
    this.#rules = rules;
    this.#cookies = cookies;
    this.#userAgent = userAgent;
  }

  /** Whether anything of this request's answer depends on its cookies. */
  get looked(): boolean {
    return this.#visitor !== null || this.#flashes !== null;
  }

  /** The current user with their session, or null for a visitor who is not logged in. */
  visitor(): Promise<Visitor<U> | null> {
    return this.#visitor ??= this.#load();
  }

  /** Logs a user in; a session this browser had before ends. */
  async start(user: U, methods: readonly Method[]): Promise<Session> {
    const before = await this.visitor();
    const beginning = {
      methods,
      provedAt: this.#rules.now(),
      fingerprint: null,
      userAgent: this.#userAgent,
      place: null,
      seriesId: null,
    };
    const started = await this.#rules.sessions.start(user, beginning) as Started;
    if (before) await this.#rules.sessions.end(before.session);

    this.#changed.set("session", started.token);
    this.#visitor = Promise.resolve({ user, session: started.session });
    return started.session;
  }

  /** Logs the visitor out: the record is destroyed, not only the cookie. */
  async end(): Promise<Visitor<U> | null> {
    const visitor = await this.visitor();
    if (visitor) await this.#rules.sessions.end(visitor.session);
    this.#forget("session");
    this.#visitor = Promise.resolve(null);
    return visitor;
  }

  /** Keeps a message for the next page. */
  async flash(flash: Flash): Promise<void> {
    this.#flashes = Promise.resolve(addFlash(await this.#waiting(), flash));
  }

  /** The messages to show now; asking again in the same request gives the same ones. */
  async takeFlashes(): Promise<readonly Flash[]> {
    if (this.#taken) return this.#taken;
    this.#taken = await this.#waiting();
    this.#flashes = Promise.resolve([]);
    return this.#taken;
  }

  /** The cookies to set (a value) or delete (null). */
  async changedCookies(): Promise<ReadonlyMap<CookieName, string | null>> {
    const flashes = await this.#flashes;
    if (flashes && flashes.length > 0) {
      this.#changed.set("flash", await formatFlashes(flashes, this.#rules.keyring));
    } else if (flashes) {
      this.#forget("flash");
    }
    return this.#changed;
  }

  async #load(): Promise<Visitor<U> | null> {
    const value = this.#cookies("session");
    if (value === undefined) return null;

    const token = value === null ? null : parseToken(value);
    const resumed = token && await this.#rules.sessions.resume(token);
    if (resumed?.ok) return { user: resumed.user, session: resumed.session };
    this.#forget("session");
    return null;
  }

  #waiting(): Promise<Flash[]> {
    return this.#flashes ??= this.#readFlashes();
  }

  async #readFlashes(): Promise<Flash[]> {
    const value = this.#cookies("flash");
    return value ? await parseFlashes(value, this.#rules.keyring) : [];
  }

  /** Deletes a cookie that the browser has; one it does not have is left alone. */
  #forget(name: CookieName): void {
    if (this.#cookies(name) === undefined) this.#changed.delete(name);
    else this.#changed.set(name, null);
  }
}
