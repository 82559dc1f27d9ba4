import {
  type Clock,
  endOf,
  isExpired,
  type Lifetimes,
  type LoginUser,
  type Method,
  readSession,
  type Session,
} from "./session.ts";
import type { SessionStore, StoreChange, StoreKey } from "./store.ts";
import { digestToken, formatToken, mintToken, sameDigest, type Token } from "./token.ts";

/** A user holds at most this many sessions; the next one ends the oldest (ASVS 7.1.2). */
export const mostSessions = 20;

/** The longest description of a browser that is kept, in characters. */
const longestUserAgent = 512;

/** The circumstances in which a session starts. */
export interface Beginning {
  /** What was presented. */
  readonly methods: readonly Method[];
  /** When it was presented; null for a session that must not count as fresh. */
  readonly provedAt: Date | null;
  /** The browser's fingerprint, or null to store it at the next request. */
  readonly fingerprint: string | null;
  /** The `User-Agent` header. */
  readonly userAgent: string;
  /** The network it comes from, shortened. */
  readonly place: string | null;
  /** The remember series of the same browser. */
  readonly seriesId: string | null;
  /** A token derived elsewhere; by default a new one is minted. */
  readonly token?: Token;
}

/** A session with the cookie's value that proves it: the only time the secret is seen. */
export interface Started {
  /** The stored record. */
  readonly session: Session;
  /** The cookie's value. */
  readonly token: string;
}

/** What a token turned out to be. */
export type Resumed<U> =
  | { readonly ok: true; readonly session: Session; readonly user: U; readonly version: string }
  | { readonly ok: false; readonly reason: "unknown" }
  | {
    readonly ok: false;
    /** Why a session that this token proves is over. */
    readonly reason: "expired" | "no_user" | "suspended" | "epoch";
    readonly session: Session;
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
   * Starts a session, together with another change; null when that change was overtaken. The
   * oldest sessions beyond {@link mostSessions} end in the same commit.
   */
  async start(user: U, beginning: Beginning, also: StoreChange = {}): Promise<Started | null> {
    const now = this.#now();
    const token = beginning.token ?? mintToken(user.id);
    const session: Session = {
      id: token.id,
      userId: user.id,
      secretDigest: await digestToken("session", token),
      epoch: user.epoch ?? 0,
      createdAt: now,
      seenAt: now,
      provedAt: beginning.provedAt,
      methods: beginning.methods,
      fingerprint: beginning.fingerprint,
      userAgent: beginning.userAgent.slice(0, longestUserAgent),
      place: beginning.place,
      seriesId: beginning.seriesId,
      expiresAt: new Date(now.getTime() + this.#lifetimes.absolute),
    };

    const surplus = (await this.list(user)).slice(mostSessions - 1);
    const done = await this.#store.commit({
      check: also.check ?? [],
      set: [this.#write(session), ...also.set ?? []],
      delete: [...surplus.flatMap(keysOf), ...also.delete ?? []],
    });
    return done ? { session, token: formatToken(token) } : null;
  }

  /**
   * Finds the session a token proves, and its user, in one round trip. A session that is over is
   * removed; a token that proves nothing changes nothing.
   */
  async resume(token: Token): Promise<Resumed<U>> {
    const [record, user, digest] = await Promise.all([
      this.#store.get(sessionKey(token.userId, token.id)),
      this.#loadUser(token.userId),
      digestToken("session", token),
    ]);
    const session = readSession(record.value);
    if (!session || record.version === null || !sameDigest(session.secretDigest, digest)) {
      return { ok: false, reason: "unknown" };
    }

    const reason = this.#endReason(session, user);
    if (reason !== null || user === null) {
      await this.end(session);
      return { ok: false, reason: reason ?? "no_user", session };
    }
    const seen = await this.#touch(session, record.version);
    return { ok: true, user, ...seen };
  }

  /**
   * Renews a session after a credential was presented in it: new id, new secret, fresh. The former
   * token is dead at once. Null when the session ended meanwhile or the other change was overtaken.
   */
  async prove(session: Session, methods: readonly Method[], also: StoreChange = {}) {
    const record = await this.#store.get(sessionKey(session.userId, session.id));
    const current = readSession(record.value);
    if (!current) return null;

    const now = this.#now();
    const token = mintToken(session.userId);
    const renewed: Session = {
      ...current,
      id: token.id,
      secretDigest: await digestToken("session", token),
      seenAt: now,
      provedAt: now,
      methods: [...new Set([...current.methods, ...methods])],
    };
    const done = await this.#store.commit({
      check: [record, ...also.check ?? []],
      set: [this.#write(renewed), ...also.set ?? []],
      delete: [...keysOf(current), ...also.delete ?? []],
    });
    return done ? { session: renewed, token: formatToken(token) } : null;
  }

  /** Ends one session, together with another change. Ending it twice is no error. */
  async end(session: Pick<Session, "userId" | "id">, also: StoreChange = {}): Promise<void> {
    await this.#store.commit({ ...also, delete: [...keysOf(session), ...also.delete ?? []] });
  }

  /** A user's living sessions, the newest first. */
  async list(user: U): Promise<Session[]> {
    const records = await this.#store.list(["session", user.id]);
    return records
      .map((record) => readSession(record.value))
      .filter((session) => session !== null)
      .filter((session) => this.#endReason(session, user) === null)
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }

  #endReason(
    session: Session,
    user: U | null,
  ): "expired" | "no_user" | "suspended" | "epoch" | null {
    if (isExpired(session, this.#lifetimes, this.#now())) return "expired";
    if (!user) return "no_user";
    if (user.active === false) return "suspended";
    if ((user.epoch ?? 0) !== session.epoch) return "epoch";
    return null;
  }

  /** Writes `seenAt`, at most once per interval. */
  async #touch(session: Session, version: string): Promise<{ session: Session; version: string }> {
    const now = this.#now();
    if (now.getTime() - session.seenAt.getTime() < this.#lifetimes.seen) {
      return { session, version };
    }

    const touched = { ...session, seenAt: now };
    // Checked, so that a request that was slow cannot bring an ended session back. Losing the race
    // to another request of the same browser is fine: it wrote the same thing.
    await this.#store.commit({
      check: [{ key: keyOf(session), version }],
      set: [this.#write(touched)],
    });
    return { session: touched, version };
  }

  #write(session: Session) {
    const keepFor = endOf(session, this.#lifetimes).getTime() - this.#now().getTime();
    return { key: keyOf(session), value: { v: 1, ...session }, keepFor };
  }
}

function sessionKey(userId: string, id: string): StoreKey {
  return ["session", userId, id];
}

function keyOf(session: Pick<Session, "userId" | "id">): StoreKey {
  return sessionKey(session.userId, session.id);
}

function keysOf(session: Pick<Session, "userId" | "id">): StoreKey[] {
  return [keyOf(session), ["session_data", session.id]];
}
