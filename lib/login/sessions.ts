import { timingSafeEqual } from "./bytes.ts";
import type { SessionInit } from "./session_init.ts";
import { endOfReplaced, readReplaced, type Replaced, replacedFor } from "./replaced.ts";
import { type Clock, HOUR } from "./clock.ts";
import {
  type AuthMethod,
  endOf,
  isExpired,
  type Lifetimes,
  type LoginUser,
  readSession,
  type RecordToRead,
  type Session,
  type SessionKey,
} from "./session.ts";
import {
  deleteAll,
  mergeChanges,
  type SessionStore,
  type StoreChange,
  type StoredRecord,
  type StoreKey,
  type StoreWrite,
} from "./store.ts";
import { digestToken, formatToken, mintToken, type Token } from "./token.ts";

/**
 * A user keeps this many sessions; the next one ends the oldest (ASVS 7.1.2). Logins at the very same moment
 * may pass it together, and the next one sets that right.
 */
const MAX_SESSIONS = 20;

/** Losing this many races for one session means that something else is wrong. */
const MAX_CONFLICTS = 20;

/** The longest description of a browser that is kept, in characters. */
const MAX_USER_AGENT_LENGTH = 512;

/** So often a session is not replaced within a minute. */
const mostReplacements = 1000;

/** A session with the cookie's value that proves it: the only time the secret is seen. */
export interface StartSessionResult {
  /** The stored record. */
  readonly session: Session;
  /** The cookie's value. */
  readonly token: string;
  /** The same browser's former sessions, which it took the place of. */
  readonly replaced: readonly Session[];
  /** Older sessions that had to go. */
  readonly evicted: readonly Session[];
}

/** What a token turned out to be. */
export type ResumeResult<U> =
  | { readonly ok: true; readonly session: Session; readonly user: U; readonly version: string }
  | { readonly ok: false; readonly reason: "unknown" | "corrupt" }
  /** It was the browser's own, a moment ago, and another answer carries its successor. */
  | { readonly ok: false; readonly reason: "replaced"; readonly former: SessionKey }
  | {
    readonly ok: false;
    /** Why a session that this token proves is over. */
    readonly reason: "expired" | "no_user" | "suspended" | "epoch";
    readonly session: Session;
    /** Whether this very request ended it. */
    readonly first: boolean;
  };

/** Sessions, kept under `["session", userId, id]`; their data stands under `["session_data", id]`. */
export class Sessions<U extends LoginUser> {
  readonly #store: SessionStore;
  readonly #loadUser: (id: string) => Promise<U | null>;
  readonly #lifetimes: Lifetimes;
  readonly #now: Clock;

  constructor(
    store: SessionStore,
    loadUser: (id: string) => Promise<U | null>,
    lifetimes: Lifetimes,
    now: Clock,
  ) {
    this.#store = store;
    this.#loadUser = loadUser;
    this.#lifetimes = lifetimes;
    this.#now = now;
  }

  /**
   * Starts a session, together with another change; or says that the change was overtaken, or a session
   * that it takes the place of was written to meanwhile; or that the session it continues is over. The oldest sessions beyond
   * {@link MAX_SESSIONS} end in the same commit.
   *
   * @param token What the browser will prove it with.
   * @param moveData The change that takes the former session's data along.
   */
  async start(
    user: U,
    token: Token,
    beginning: SessionInit,
    also: StoreChange,
    moveData: (former: Session, session: Session) => Promise<StoreChange>,
  ): Promise<StartSessionResult | "conflict" | "ended"> {
    const now = this.#now();
    const session: Session = {
      id: token.id,
      userId: user.id,
      secretDigest: await digestToken("session", token),
      epoch: user.epoch ?? 0,
      createdAt: now,
      seenAt: now,
      authenticatedAt: beginning.authenticatedAt,
      methods: beginning.methods,
      fingerprint: beginning.fingerprint,
      userAgent: beginning.userAgent.slice(0, MAX_USER_AGENT_LENGTH),
      network: beginning.network,
      seriesId: beginning.seriesId,
      allowInactive: beginning.allowInactive,
      expiresAt: new Date(now.getTime() + this.#lifetimes.absolute),
    };

    // What this one takes the place of: the browser's former session, as it is now, and what the same
    // remember cookie started before. That may be over by now: ended later, it would take the cookie along.
    const former = beginning.replaces && await this.#latest(beginning.replaces);
    if (beginning.continues && !former) return "ended";
    const stored = (await this.#stored(user.id)).filter((it) =>
      it.session.id !== former?.session.id
    );
    const replaced = [
      ...former ? [former] : [],
      ...stored.filter((it) => isSameSeries(it.session, session)),
    ];
    const evicted = this.#living(user, stored).filter((it) => !isSameSeries(it.session, session))
      .slice(MAX_SESSIONS - 1).map((it) => it.session);
    const change = mergeChanges(also, former ? await moveData(former.session, session) : {}, {
      check: replaced.map((it) => it.record),
      set: [this.#write(session), ...replaced.map((it) => this.#replaced(it.session, session))],
      delete: [...evicted.flatMap(keysAndSeriesOf), ...replaced.map((it) => dataKeyOf(it.session))],
    });
    if (!await this.#store.commit(change)) return "conflict";
    return {
      session,
      token: formatToken(token),
      replaced: replaced.map((it) => it.session),
      evicted,
    };
  }

  /**
   * Finds the session a token proves, and its user, in one round trip. A session that is over is
   * removed; a token that proves nothing changes nothing.
   */
  async resume(token: Token): Promise<ResumeResult<U>> {
    const [record, user, digest] = await Promise.all([
      this.#store.get(sessionKey(token.userId, token.id)),
      this.#loadUser(token.userId),
      digestToken("session", token),
    ]);
    const proves = (secretDigest: string) => timingSafeEqual(secretDigest, digest);
    const successor = this.#readReplaced(record);
    if (successor && proves(successor.secretDigest)) {
      const { userId, id } = token;
      return { ok: false, reason: "replaced", former: { userId, id } };
    }
    const session = readSession(record);
    if (!session || record.version === null || !proves(session.secretDigest)) {
      const isCorrupt = record.version !== null && !session && !readReplaced(record);
      return { ok: false, reason: isCorrupt ? "corrupt" : "unknown" };
    }

    const reason = this.#endReason(session, user);
    if (reason === null && user !== null) {
      return { ok: true, session, user, version: record.version };
    }
    const first = await this.#store.commit({ check: [record], delete: keysOf(session) });
    return { ok: false, reason: reason ?? "no_user", session, first };
  }

  /** Whether it is time to write that a session is in use. */
  isSeenDue(session: Session): boolean {
    return this.#now().getTime() - session.seenAt.getTime() >= this.#lifetimes.seen;
  }

  /**
   * Changes a stored session; false when it changed or ended meanwhile. Checked, so that a request
   * that was slow cannot bring an ended session back.
   */
  async update(session: Session, version: string): Promise<boolean> {
    const check = [{ key: keyOf(session), version }];
    return await this.#store.commit({ check, set: [this.#write(session)] });
  }

  /**
   * Renews a session after a credential was presented in it: new id, new secret, fresh. The former
   * token is dead at once. Null when the session ended meanwhile.
   */
  async reauthenticate(
    session: Session,
    methods: readonly AuthMethod[],
    fingerprint: string,
    moveData: (renewed: Session) => Promise<StoreChange>,
  ): Promise<{ session: Session; token: string } | null> {
    let last: { session: Session; token: string } | null = null;
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      const record = await this.#store.get(sessionKey(session.userId, session.id));
      const current = readSession(record);
      if (!current) {
        // A store that sends a commit again when its answer was lost is overtaken by itself.
        const by = this.#readReplaced(record)?.replacedBy.id;
        return last !== null && by === last.session.id ? last : null;
      }

      const now = this.#now();
      const token = mintToken(session.userId);
      const renewed: Session = {
        ...current,
        id: token.id,
        secretDigest: await digestToken("session", token),
        seenAt: now,
        authenticatedAt: now,
        methods: [...new Set([...current.methods, ...methods])],
        fingerprint,
      };
      const also = await moveData(renewed);
      const done = await this.#store.commit(mergeChanges(also, {
        check: [record],
        set: [this.#write(renewed), this.#replaced(current, renewed)],
      }));
      last = { session: renewed, token: formatToken(token) };
      if (done) return last;
      // Another request wrote to the session or its data: take that along.
    }
    throw new Error("Cannot renew a session: it keeps changing");
  }

  /**
   * Ends a session with its data and its remember series, or the session that replaced it meanwhile: a
   * logout wins over whatever is under way, also over another user's login in the same browser. Null when
   * there was none left.
   *
   * @param version The version that the session was read with, if nothing was written since.
   */
  end(name: SessionKey, also?: StoreChange, version?: string): Promise<Session | null> {
    const known = version === undefined
      ? null
      : { session: name as Session, record: { key: keyOf(name), version } };
    return this.#end(() => this.#latest(name), known, also);
  }

  /** The same for a session as its user's list names it: never another user's. */
  endListed(name: SessionKey): Promise<Session | null> {
    return this.#end(async () => {
      const latest = await this.#latest(name);
      return latest?.session.userId === name.userId ? latest : null;
    }, null);
  }

  /** A user's living sessions, the newest first. */
  async list(user: U): Promise<Session[]> {
    return this.#living(user, await this.#stored(user.id)).map((it) => it.session);
  }

  /** Ends every session of a user but this one, under whatever id it is by now: which ones. */
  async endOthers(session: SessionKey): Promise<Session[]> {
    const listed = await this.#stored(session.userId);
    // Asked after the list: this browser may be renewing its session at this very moment.
    const current = await this.#latest(session);
    const ended: Session[] = [];
    for (const { session: other } of listed) {
      const isThis = other.id === session.id || other.id === current?.session.id;
      if (!isThis && await this.endListed(other)) ended.push(other);
    }
    return ended;
  }

  /**
   * Ends the sessions of a user that fulfil a condition, with their data and their remember series:
   * which ones.
   */
  async endWhere(userId: string, condition: (session: Session) => boolean): Promise<Session[]> {
    const ended: Session[] = [];
    for (const { session } of await this.#stored(userId)) {
      if (condition(session) && await this.endListed(session)) ended.push(session);
    }
    return ended;
  }

  /** Removes everything that is kept for a user: which sessions ended. */
  async forgetUser(userId: string): Promise<Session[]> {
    const ended = await this.endWhere(userId, () => true);
    const rest = await Promise.all([
      this.#store.list(["session", userId]),
      this.#store.list(["remember", userId]),
    ]);
    await deleteAll(this.#store, rest.flat().map((record) => record.key));
    return ended;
  }

  async #end(
    find: () => Promise<StoredSession | null>,
    known: { session: Session; record: Pick<StoredRecord, "key" | "version"> } | null,
    also?: StoreChange,
  ): Promise<Session | null> {
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      const latest = attempt === 0 && known ? known : await find();
      if (!latest) {
        if (also) await this.#store.commit(also);
        return null;
      }
      const change = mergeChanges(also ?? {}, {
        check: [latest.record],
        delete: keysAndSeriesOf(latest.session),
      });
      if (await this.#store.commit(change)) return latest.session;
    }
    throw new Error("Cannot end a session: it keeps changing");
  }

  async #stored(userId: string): Promise<StoredSession[]> {
    const records = await this.#store.list(["session", userId]);
    return records
      .map((record) => ({ record, session: readSession(record) }))
      .filter((it): it is StoredSession => it.session !== null);
  }

  /** The newest first. */
  #living(user: U, stored: readonly StoredSession[]): StoredSession[] {
    return stored
      .filter((it) => this.#endReason(it.session, user) === null)
      .sort((a, b) => b.session.createdAt.getTime() - a.session.createdAt.getTime());
  }

  async #latest(name: SessionKey): Promise<StoredSession | null> {
    let { userId, id } = name;
    for (let steps = 0; steps < mostReplacements; steps++) {
      const record = await this.#store.get(sessionKey(userId, id));
      const successor = this.#readReplaced(record);
      if (!successor) {
        const session = readSession(record);
        return session && { session, record };
      }
      ({ userId, id } = successor.replacedBy);
    }
    return null; // ids are new each time: only a broken record goes round in circles
  }

  /**
   * What stands in a replaced session's place for a minute. It proves nothing; it tells requests that
   * were under way with the former token that the browser has a new cookie, not to be deleted, and
   * lets a logout that comes with the former token end the right session.
   */
  #replaced(session: Session, by: Session): StoreWrite {
    const { secretDigest } = session;
    const { userId, id } = by;
    const value: Replaced = {
      v: 1,
      replacedAt: this.#now(),
      replacedBy: { userId, id },
      secretDigest,
    };
    return { key: keyOf(session), value, expireIn: replacedFor };
  }

  #readReplaced(record: RecordToRead): Replaced | null {
    const replaced = readReplaced(record);
    return replaced && this.#now() < endOfReplaced(replaced) ? replaced : null;
  }

  #endReason(
    session: Session,
    user: U | null,
  ): "expired" | "no_user" | "suspended" | "epoch" | null {
    if (isExpired(session, this.#lifetimes, this.#now())) return "expired";
    if (!user) return "no_user";
    if (user.active === false && !session.allowInactive) return "suspended";
    if ((user.epoch ?? 0) !== session.epoch) return "epoch";
    return null;
  }

  #write(session: Session): StoreWrite {
    const left = endOf(session, this.#lifetimes).getTime() - this.#now().getTime();
    const expireIn = Math.max(0, left) + HOUR; // a late visit is told that it is over, and why
    return { key: keyOf(session), value: { v: 1, ...session }, expireIn };
  }
}

interface StoredSession {
  readonly session: Session;
  readonly record: StoredRecord;
}

function isSameSeries(a: Session, b: Session): boolean {
  return a.seriesId !== null && a.seriesId === b.seriesId;
}

function sessionKey(userId: string, id: string): StoreKey {
  return ["session", userId, id];
}

/** Where a session is kept. */
function keyOf(session: SessionKey): StoreKey {
  return sessionKey(session.userId, session.id);
}

function dataKeyOf(session: Pick<Session, "id">): StoreKey {
  return ["session_data", session.id];
}

function keysOf(session: SessionKey): StoreKey[] {
  return [keyOf(session), dataKeyOf(session)];
}

function keysAndSeriesOf(session: Session): StoreKey[] {
  const { userId, seriesId } = session;
  return [...keysOf(session), ...seriesId ? [["remember", userId, seriesId]] : []];
}
