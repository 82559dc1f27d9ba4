import { sessionInit } from "./session_init.ts";
import { decodeBase64Url, encodeBase64Url, utf8 } from "./bytes.ts";
import type { Cookies } from "./cookies.ts";
import { type Data, type DataOwner, guestData, sessionData } from "./data.ts";
import { Flashes } from "./flash.ts";
import { Lookup, secondsUntil } from "./authenticate_request.ts";
import { fingerprintOf } from "./protection.ts";
import { seriesOf } from "./remember.ts";
import { type Authentication, type LoginCore, reportEnd, type RequestInfo } from "./login_core.ts";
import { DAY, SECOND } from "./clock.ts";
import { type AuthMethod, isFresh, type LoginUser, type Session } from "./session.ts";
import type { StartSessionResult } from "./sessions.ts";
import { mergeChanges, type StoreChange } from "./store.ts";
import { formatToken, mintToken, type Token } from "./token.ts";

/** What was proved when a user logs in, and for how long it is to hold. */
export interface StartOptions {
  /** How the user was proved (RFC 8176), such as `["pwd"]`. */
  readonly methods: readonly AuthMethod[];
  /** Remember this browser, for the usual time or for so many milliseconds. */
  readonly remember?: boolean | number;
  /** `"not_fresh"` when the proof is old or weak: pages behind `login.fresh` then ask for another. */
  readonly freshness?: "fresh" | "not_fresh";
  /**
   * Only go on where this browser's session left off: after a change that raised the user's `epoch`. When
   * the session was ended meanwhile, nobody is logged in.
   */
  readonly continues?: boolean;
  /** Log the user in although `active` is false; guards still refuse them. */
  readonly allowInactive?: boolean;
}

/** Whether somebody was logged in. */
export type StartResult =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly reason: "suspended" | "ended" };

/** Losing this many races for one login means that something else is wrong. */
const MAX_CONFLICTS = 10;
/** A longer id would make a longer cookie than is read back, in bytes. */
const MAX_USER_ID_BYTES = 256;
/** Browsers keep a cookie no longer. */
export const MAX_REMEMBER = 400 * DAY;

/**
 * One request's view of its visitor: found when first asked for, once, and the cookies that the
 * answer has to set because of it. It knows no framework.
 */
export class RequestAuth<U extends LoginUser> {
  readonly cookies: Cookies;
  readonly flashes: Flashes;
  readonly #core: LoginCore<U>;
  readonly #request: RequestInfo;
  readonly #lookup: Lookup<U>;
  #authentication: Promise<Authentication<U> | null> | null = null;
  /** Updates of the data, one after the other: the first one may have to make a guest's cookie. */
  #updates: Promise<unknown> = Promise.resolve();
  /** A visitor's token that this very request was given. */
  #guest: Token | null = null;

  constructor(rules: LoginCore<U>, cookies: Cookies, request: RequestInfo) {
    this.#core = rules;
    this.#request = request;
    this.cookies = cookies;
    this.flashes = new Flashes(cookies, rules.keyring);
    this.#lookup = new Lookup(rules, cookies, request);
  }

  /** The current user with their session, or null for a visitor who is not logged in. */
  authentication(): Promise<Authentication<U> | null> {
    return this.#authentication ??= this.#lookup.authentication();
  }

  /** Whether a credential was presented in this session recently enough. */
  async isFresh(): Promise<boolean> {
    const session = (await this.authentication())?.session;
    return session ? isFresh(session, this.#core.lifetimes, this.#core.now()) : false;
  }

  /** Logs a user in; a session this browser had before ends, and its remember cookie with it. */
  async start(user: U, options: StartOptions): Promise<StartResult> {
    if (typeof user.id !== "string" || user.id === "" || utf8(user.id).length > MAX_USER_ID_BYTES) {
      throw new TypeError(
        `Cannot log in: the user's id has to be text, of 1 to ${MAX_USER_ID_BYTES} bytes`,
      );
    }
    const duration = this.#rememberDuration(options.remember);
    const { emit } = this.#core;
    if (user.active === false && !options.allowInactive) {
      await emit({ type: "login_failed", reason: "suspended", userId: user.id });
      return { ok: false, reason: "suspended" };
    }

    const before = (await this.authentication())?.session ?? null;
    const former = this.#lookup.superseded;
    const started = await this.#startSession(user, options, duration, before);
    if (!started) return { ok: false, reason: "ended" };
    const { session, replaced, evicted } = started;
    const late = former?.kind === "series"
      ? await this.#core.remember.endSeries(former.series)
      : [];
    await this.flashes.dropAtLogin();
    this.#guest = null;
    this.#authentication = Promise.resolve({ user, session, from: "session" });
    for (const other of [...replaced, ...late]) await reportEnd(this.#core, other, "replaced");
    for (const other of evicted) await reportEnd(this.#core, other, "evicted");
    await emit({ type: "logged_in", user, session });
    return { ok: true, session };
  }

  /** Renews the session after a credential was presented again; null when nobody is logged in. */
  async reauthenticate(methods: readonly AuthMethod[]): Promise<Session | null> {
    const visitor = await this.authentication();
    const before = visitor?.session;
    if (!visitor || !before) return null;

    const proved = await this.#core.sessions.reauthenticate(
      before,
      methods,
      await fingerprintOf(this.#request.description),
      (renewed) => this.#core.data.move(sessionData(before), sessionData(renewed)),
    );
    if (!proved) return null;
    const { session, token } = proved;
    this.cookies.set("session", token);
    this.#authentication = Promise.resolve({ ...visitor, session });
    await this.#core.emit({ type: "reauthenticated", user: visitor.user, session });
    return session;
  }

  /** Logs the visitor out: every record of it is destroyed, not only the cookies. */
  async end(): Promise<Authentication<U> | null> {
    const visitor = await this.authentication();
    const session = visitor?.session ?? null;
    const also = mergeChanges(await this.#forgetSeries(session), await this.#forgetGuestData());
    for (const ended of await this.#endSessions(visitor, also)) {
      await reportEnd(this.#core, ended, "logged_out");
    }
    this.cookies.delete("session");
    this.cookies.delete("remember");
    this.#guest = null;
    this.#authentication = Promise.resolve(null);
    await this.#core.emit({ type: "logged_out", user: visitor?.user ?? null });
    return visitor;
  }

  /** What the session remembers; nothing when it never was asked to. */
  async readData(): Promise<Data> {
    const owner = await this.#dataOwner();
    const data = owner && await this.#core.data.read(owner);
    if (owner?.kind === "guest" && !data) this.cookies.delete("session");
    return data ?? {};
  }

  /** Replaces what the session remembers; a visitor without a session gets a cookie for it. */
  updateData(change: (data: Data) => Data): Promise<Data> {
    const update = this.#updates.then(() => this.#updateData(change));
    this.#updates = update.catch(() => {});
    return update;
  }

  /** Keeps the refused address in a signed cookie instead of the login page's query. */
  async keepNext(next: string): Promise<void> {
    const text = encodeBase64Url(utf8(next));
    this.cookies.set("next", await this.#core.keyring.sign("next", text));
  }

  /** The address kept before, once; null when there is none. */
  async takeNext(): Promise<string | null> {
    const signed = this.cookies.get("next");
    this.cookies.delete("next");
    const text = signed ? await this.#core.keyring.verify("next", signed) : null;
    const bytes = text === null ? null : decodeBase64Url(text);
    return bytes ? new TextDecoder().decode(bytes) : null;
  }

  async #updateData(change: (data: Data) => Data): Promise<Data> {
    const visitor = await this.authentication();
    if (visitor && !visitor.session) {
      throw new Error(
        "Cannot keep session data: the user was named by the request and has no session",
      );
    }
    if (!visitor && this.#lookup.superseded) {
      throw new Error(
        "Cannot keep session data: the session was replaced while this request was under way",
      );
    }
    const known = await this.#dataOwner();
    const isTheirs = known?.kind === "session" ||
      (known !== null && await this.#core.data.read(known) !== null);
    if (known && isTheirs) return await this.#core.data.update(known, change);

    const guest = mintToken("");
    const data = await this.#core.data.update(this.#guestData(guest), change);
    this.#guest = guest;
    this.cookies.set("session", formatToken(guest));
    return data;
  }

  /** Ends what the cookies prove, or proved until a moment ago. */
  async #endSessions(
    visitor: Authentication<U> | null,
    also: StoreChange,
  ): Promise<readonly Session[]> {
    const { sessions, remember, store } = this.#core;
    const former = this.#lookup.superseded;
    if (visitor?.session) {
      const ended = await sessions.end(visitor.session, also, visitor.version);
      return ended ? [ended] : [];
    }
    if (also.delete?.length) await store.commit(also);
    if (former?.kind === "series") return await remember.endSeries(former.series);
    const ended = former && await sessions.end(former.name);
    return ended ? [ended] : [];
  }

  async #startSession(
    user: U,
    options: StartOptions,
    duration: number | null,
    before: Session | null,
  ): Promise<StartSessionResult | null> {
    const { sessions, remember, data, now } = this.#core;
    const fingerprint = await fingerprintOf(this.#request.description);
    const former = this.#lookup.superseded;
    const replaces = before ?? (former?.kind === "session" ? former.name : null);
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      const token = mintToken(user.id);
      const issued = duration ? await remember.issue(user, duration, fingerprint) : null;
      const beginning = {
        ...sessionInit(this.#request, fingerprint),
        methods: options.methods,
        authenticatedAt: options.freshness === "not_fresh" ? null : now(),
        seriesId: issued?.series.id ?? null,
        allowInactive: options.allowInactive ?? false,
        replaces,
        continues: options.continues ?? false,
      };
      const also = mergeChanges(
        issued?.change ?? {},
        await this.#forgetSeries(before),
        replaces ? {} : await this.#moveGuestData(user, token.id),
      );
      // What another user's session kept is not theirs to take.
      const moveData = async (from: Session, to: Session) =>
        from.userId === to.userId ? await data.move(sessionData(from), sessionData(to)) : {};
      const started = await sessions.start(user, token, beginning, also, moveData);
      if (started === "ended") return null;
      if (started === "conflict") continue; // the data was written to meanwhile: take it along as it is now

      this.cookies.set("session", started.token);
      if (issued) {
        this.cookies.set("remember", issued.token, secondsUntil(issued.series.expiresAt, now()));
      } else {
        this.cookies.delete("remember");
      }
      return started;
    }
    throw new Error("Cannot log in: the session's data keeps changing");
  }

  /** The change that ends the remember series of this browser. */
  async #forgetSeries(session: Session | null): Promise<StoreChange> {
    const token = this.cookies.token("remember");
    const isSessions = token === null || token.id === session?.seriesId;
    const other = isSessions ? {} : await this.#core.remember.forget(token);
    return mergeChanges(other, session ? seriesOf(session) : {});
  }

  /** The change that takes a guest's data along. */
  async #moveGuestData(user: U, id: string): Promise<StoreChange> {
    const { data, lifetimes, now } = this.#core;
    const owner = await this.#dataOwner();
    if (!owner) return {};
    const expiresAt = new Date(now().getTime() + lifetimes.absolute);
    return await data.move(owner, sessionData({ userId: user.id, id, expiresAt }));
  }

  async #forgetGuestData(): Promise<StoreChange> {
    const owner = await this.#dataOwner();
    return owner?.kind === "guest" ? await this.#core.data.forget(owner) : {};
  }

  async #dataOwner(): Promise<DataOwner | null> {
    const visitor = await this.authentication();
    if (visitor) return visitor.session && sessionData(visitor.session);
    const token = this.#guest ?? this.cookies.token("session");
    return token?.userId === "" ? this.#guestData(token) : null;
  }

  #guestData(token: Token): DataOwner {
    const { now, lifetimes } = this.#core;
    return guestData(token, new Date(now().getTime() + lifetimes.absolute));
  }

  #rememberDuration(remember: boolean | number | undefined): number | null {
    if (remember === undefined || remember === false) return null;
    const duration = remember === true ? this.#core.lifetimes.remember : remember;
    if (duration >= SECOND && duration <= MAX_REMEMBER) return duration;
    throw new RangeError(
      "Cannot log in: remember has to be milliseconds, from a second to 400 days",
    );
  }
}
