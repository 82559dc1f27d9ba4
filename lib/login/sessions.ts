import { timingSafeEqual } from "./bytes.ts";
import { type Clock, HOUR } from "./clock.ts";
import type { Lifetimes, SessionLimits } from "./lifetimes.ts";
import {
  endOf,
  isExpired,
  isSupersededRecently,
  type LoginUser,
  readSession,
  type Session,
  type SessionKey,
  supersededFor,
} from "./session.ts";
import type { SessionInit } from "./session_init.ts";
import {
  deleteAll,
  mergeChanges,
  type SessionStore,
  type StoreChange,
  type StoreKey,
  type StoreWrite,
} from "./store.ts";
import { digestToken, formatToken, type Token } from "./token.ts";

/**
 * A user keeps at most this many sessions; the next login ends the oldest (ASVS 7.1.2). Logins at
 * the same moment may exceed it together; the next login ends the oldest of them too.
 */
const MAX_SESSIONS = 20;
/** Give up after this many write conflicts. */
const MAX_CONFLICTS = 20;
/** A longer `User-Agent` header is cut, in characters. */
const MAX_USER_AGENT_LENGTH = 512;

/** A session, and the version of the record that it was read from. */
export interface StoredSession {
  readonly session: Session;
  readonly version: string;
}

/** A session that was just started or renewed, and the cookie's value that proves it. */
export interface IssuedSession {
  readonly session: Session;
  readonly token: string;
}

/** A session that was started, and those that ended with it. */
export interface StartedSession {
  readonly ok: true;
  readonly issued: IssuedSession;
  /** The former sessions of the same browser. */
  readonly replaced: readonly Session[];
  /** The oldest sessions of the user, of which there were too many. */
  readonly evicted: readonly Session[];
}

/** Whether a session was started. */
export type StartSessionResult =
  | StartedSession
  /** One of the records that it depends on was written to meanwhile. */
  | { readonly ok: false; readonly reason: "conflict" };

/** What of a session a renewal changes, besides its secret. */
export type SessionRenewal =
  & Pick<Session, "methods" | "fingerprint">
  & Partial<Pick<Session, "authenticatedAt" | "epoch" | "seriesId">>;

/** Whom a token proves. */
export type ResumeResult<U> =
  | { readonly ok: true; readonly user: U; readonly session: Session; readonly version: string }
  | { readonly ok: false; readonly reason: "unknown" | "corrupt" }
  /** It was valid a moment ago; the browser has the session's new token, or is about to get it. */
  | {
    readonly ok: false;
    readonly reason: "superseded";
    readonly session: Session;
    /** Null when the session is over. */
    readonly user: U | null;
  }
  | {
    readonly ok: false;
    /** Why the session that this token proves is over. */
    readonly reason: "expired" | "no_user" | "suspended" | "epoch";
    readonly session: Session;
    /** Whether this request ended it, and not a parallel one. */
    readonly isFirst: boolean;
  };

/** Sessions, kept under `["session", userId, id]`, with their data under `["session_data", id]`. */
export class Sessions<U extends LoginUser> {
  readonly #store: SessionStore;
  readonly #loadUser: (id: string) => Promise<U | null>;
  readonly #lifetimes: Lifetimes;
  readonly #now: Clock;
  readonly #limits: (user: U) => SessionLimits | null;

  constructor(
    store: SessionStore,
    loadUser: (id: string) => Promise<U | null>,
    lifetimes: Lifetimes,
    now: Clock,
    limits: (user: U) => SessionLimits | null = () => null,
  ) {
    this.#store = store;
    this.#loadUser = loadUser;
    this.#lifetimes = lifetimes;
    this.#now = now;
    this.#limits = limits;
  }

  /**
   * Starts a session in one commit with another change. The session that it replaces, those of the
   * same remember series, and the oldest ones beyond {@link MAX_SESSIONS} end in that commit.
   */
  async start(
    user: U,
    token: Token,
    init: SessionInit,
    extraChange: StoreChange,
  ): Promise<StartSessionResult> {
    const now = this.#now();
    const { userAgent, replaces: before, ...given } = init;
    const session: Session = {
      id: token.id,
      userId: user.id,
      secretDigest: digestToken("session", token),
      previousDigest: null,
      rotatedAt: now,
      successor: null,
      epoch: user.epoch ?? 0,
      createdAt: now,
      seenAt: now,
      ...given,
      userAgent: userAgent.slice(0, MAX_USER_AGENT_LENGTH),
      expiresAt: new Date(now.getTime() + this.#limitsOf(user).absolute),
    };

    const others = (await this.#list(user.id)).filter((it) => it.session.id !== before?.session.id);
    const isSameBrowser = (it: StoredSession) =>
      session.seriesId !== null && it.session.seriesId === session.seriesId;
    const sameBrowser = others.filter(isSameBrowser);
    const evicted = this.#living(user, others.filter((it) => !isSameBrowser(it)))
      .slice(MAX_SESSIONS - 1);
    const done = await this.#store.commit(mergeChanges(extraChange, {
      check: [...before ? [before] : [], ...sameBrowser].map(checkOf),
      set: [
        this.#sessionWrite(session),
        ...before ? [this.#retirementWrite(before.session, session)] : [],
      ],
      delete: [
        ...before ? [dataKeyOf(before.session)] : [],
        ...sameBrowser.flatMap((it) => keysOf(it.session)),
        ...evicted.flatMap((it) => keysAndSeriesOf(it.session)),
      ],
    }));
    if (!done) return { ok: false, reason: "conflict" };
    return {
      ok: true,
      issued: { session, token: formatToken(token) },
      replaced: [...before ? [before] : [], ...sameBrowser].map((it) => it.session),
      evicted: evicted.map((it) => it.session),
    };
  }

  /**
   * Finds the session that a token proves, and its user, in one round trip. A session that is over
   * is deleted; a token that proves nothing changes nothing.
   */
  async resume(token: Token): Promise<ResumeResult<U>> {
    const digest = digestToken("session", token);
    const reading = this.#store.get(keyOf(token));
    const loading = this.#startLoading(token.userId);
    const record = await reading;
    const session = readSession(record);
    if (!session || record.version === null) {
      return { ok: false, reason: record.version === null ? "unknown" : "corrupt" };
    }
    const isCurrent = timingSafeEqual(session.secretDigest, digest);
    const isPrevious = session.previousDigest !== null &&
      timingSafeEqual(session.previousDigest, digest);
    if (!isCurrent && !(isPrevious && isSupersededRecently(session, this.#now()))) {
      return { ok: false, reason: "unknown" };
    }
    const user = await loading;
    if (!isCurrent) {
      const living = this.#endReason(session, user) === null ? user : null;
      return { ok: false, reason: "superseded", session, user: living };
    }

    const reason = this.#endReason(session, user);
    if (reason === null && user !== null) {
      return { ok: true, user, session, version: record.version };
    }
    const isFirst = await this.#store.commit({ check: [record], delete: keysOf(session) });
    return { ok: false, reason: reason ?? "no_user", session, isFirst };
  }

  /**
   * Finds the user of a token that is not proved yet. Anybody can make up an id. Some
   * databases throw for an id in the wrong form, such as PostgreSQL for one that is not a UUID. The
   * error is thrown only where the user is needed.
   */
  #startLoading(userId: string): Promise<U | null> {
    const loading = (async () => await this.#loadUser(userId))();
    loading.catch(() => {});
    return loading;
  }

  /** Whether it is time to write that a session is in use. */
  isSeenDue(session: Session): boolean {
    return this.#now().getTime() - session.seenAt.getTime() >= this.#lifetimes.seen;
  }

  /**
   * Writes a changed session; false when it was written to or ended meanwhile. Checked, so that a
   * slow request does not bring an ended session back.
   */
  async update(session: Session, version: string, extraChange: StoreChange = {}): Promise<boolean> {
    const change = { check: [checkOf({ session, version })], set: [this.#sessionWrite(session)] };
    return await this.#store.commit(mergeChanges(extraChange, change));
  }

  /**
   * Renews a session's secret after a credential was presented: its former token proves nothing.
   * Null when it ended, or was renewed under another token.
   */
  async reauthenticate(
    session: Session,
    token: Token,
    renewal: SessionRenewal,
  ): Promise<IssuedSession | null> {
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      const prepared = await this.prepareRenewal(session, token, renewal);
      if (!prepared) return null;
      if (await this.#store.commit(prepared.change)) return prepared.issued;
    }
    throw new Error("Cannot renew a session: it keeps changing");
  }

  /**
   * Prepares the renewal of a session under a new token with the same id: the caller commits the
   * change. Null when the session ended, or was renewed under another token.
   */
  async prepareRenewal(
    session: Session,
    token: Token,
    renewal: SessionRenewal,
  ): Promise<{ issued: IssuedSession; change: StoreChange } | null> {
    const secretDigest = digestToken("session", token);
    const record = await this.#store.get(keyOf(session));
    const current = readSession(record);
    // The new secret is stored already when the same form was sent twice, or when the store
    // repeated a commit whose answer was lost.
    const expected = [session.secretDigest, secretDigest];
    if (!current || !expected.includes(current.secretDigest)) return null;

    const now = this.#now();
    const renewed: Session = {
      ...current,
      ...renewal,
      secretDigest,
      previousDigest: session.secretDigest,
      rotatedAt: now,
      seenAt: now,
    };
    const change = { check: [record], set: [this.#sessionWrite(renewed)] };
    return { issued: { session: renewed, token: formatToken(token) }, change };
  }

  /**
   * Ends a session with its data and its remember series, together with another change; null when
   * it was over already.
   *
   * @param read The session as it was read, which saves reading it again.
   */
  async end(
    key: SessionKey,
    extraChange?: StoreChange,
    read?: StoredSession,
  ): Promise<Session | null> {
    const stored = read ?? await this.#find(key);
    if (stored && await this.#endRead(stored, extraChange ?? {})) return stored.session;
    if (extraChange) await this.#store.commit(extraChange);
    return null;
  }

  /** Ends a session that was read; false, and no other change, when it is over already. */
  async #endRead(read: StoredSession, extraChange: StoreChange): Promise<boolean> {
    let stored: StoredSession | null = read;
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      if (!stored || stored.session.successor) return false;
      const change = { check: [checkOf(stored)], delete: keysAndSeriesOf(stored.session) };
      if (await this.#store.commit(mergeChanges(extraChange, change))) return true;
      stored = await this.#find(read.session);
    }
    throw new Error("Cannot end a session: it keeps changing");
  }

  /** A session as it is stored now, or the one by which a login of the same browser replaced it. */
  async latest(key: SessionKey): Promise<StoredSession | null> {
    let stored = await this.#find(key);
    while (stored?.session.successor) stored = await this.#find(stored.session.successor);
    return stored;
  }

  /** A user's living sessions, the newest first. */
  async list(user: U): Promise<Session[]> {
    return this.#living(user, await this.#list(user.id)).map((it) => it.session);
  }

  /**
   * Ends the sessions of a user that fulfil a condition, with their data and their remember series.
   * The first end comes with another change. Returns the ended sessions.
   */
  async endWhere(
    userId: string,
    condition: (session: Session) => boolean,
    extraChange: StoreChange = {},
  ): Promise<Session[]> {
    const ended: Session[] = [];
    for (const stored of await this.#list(userId)) {
      if (!condition(stored.session)) continue;
      if (await this.#endRead(stored, ended.length === 0 ? extraChange : {})) {
        ended.push(stored.session);
      }
    }
    return ended;
  }

  /** Deletes every record that is kept for a user; returns the ended sessions. */
  async forgetUser(userId: string): Promise<Session[]> {
    const ended = await this.endWhere(userId, () => true);
    const rest = await Promise.all([
      this.#store.list(["session", userId]),
      this.#store.list(["remember", userId]),
    ]);
    await deleteAll(this.#store, rest.flat().map((record) => record.key));
    return ended;
  }

  /** A session as it is stored, also when it was retired. */
  async #find(key: SessionKey): Promise<StoredSession | null> {
    const record = await this.#store.get(keyOf(key));
    const session = readSession(record);
    return session && record.version !== null ? { session, version: record.version } : null;
  }

  /** A user's sessions, also those past their limits, but none that was retired. */
  async #list(userId: string): Promise<StoredSession[]> {
    return (await this.#store.list(["session", userId])).flatMap((record) => {
      const session = readSession(record);
      if (!session || session.successor || record.version === null) return [];
      return [{ session, version: record.version }];
    });
  }

  /** The newest first. */
  #living(user: U, stored: readonly StoredSession[]): StoredSession[] {
    return stored
      .filter((it) => this.#endReason(it.session, user) === null)
      .sort((a, b) => b.session.createdAt.getTime() - a.session.createdAt.getTime());
  }

  #endReason(
    session: Session,
    user: U | null,
  ): "expired" | "no_user" | "suspended" | "epoch" | null {
    if (isExpired(session, this.#limitsOf(user), this.#now())) return "expired";
    if (!user) return "no_user";
    if (user.active === false && !session.allowInactive) return "suspended";
    if ((user.epoch ?? 0) !== session.epoch) return "epoch";
    return null;
  }

  /** A user's own limits only shorten those of all. */
  #limitsOf(user: U | null): SessionLimits {
    const { idle, absolute } = this.#lifetimes;
    const own = user && this.#limits(user);
    if (!own) return { idle, absolute };
    return { idle: Math.min(idle, own.idle), absolute: Math.min(absolute, own.absolute) };
  }

  #sessionWrite(session: Session): StoreWrite {
    const left = endOf(session, this.#lifetimes).getTime() - this.#now().getTime();
    // Kept for an hour more: a request that comes too late is told why the session is over.
    const expireIn = Math.max(0, left) + HOUR;
    return { key: keyOf(session), value: { v: 1, ...session }, expireIn };
  }

  /**
   * Keeps of a replaced session what requests under way with its token need: that the token is
   * superseded, and which session a logout with it ends.
   */
  #retirementWrite(session: Session, { userId, id }: SessionKey): StoreWrite {
    const now = this.#now();
    const retired: Session = {
      ...session,
      secretDigest: "",
      previousDigest: session.secretDigest,
      rotatedAt: now,
      successor: { userId, id },
      expiresAt: now,
    };
    return { key: keyOf(session), value: { v: 1, ...retired }, expireIn: supersededFor };
  }
}

function checkOf({ session, version }: StoredSession) {
  return { key: keyOf(session), version };
}

function keyOf({ userId, id }: SessionKey): StoreKey {
  return ["session", userId, id];
}

function dataKeyOf({ id }: SessionKey): StoreKey {
  return ["session_data", id];
}

function keysOf(session: SessionKey): StoreKey[] {
  return [keyOf(session), dataKeyOf(session)];
}

function keysAndSeriesOf(session: Session): StoreKey[] {
  const { userId, seriesId } = session;
  return [...keysOf(session), ...seriesId ? [["remember", userId, seriesId]] : []];
}
