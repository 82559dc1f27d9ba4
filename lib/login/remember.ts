import type { SessionInit } from "./session_init.ts";
import { encodeBase64Url, timingSafeEqual } from "./bytes.ts";
import type { Keyring } from "./keyring.ts";
import { type Clock, isDate, SECOND } from "./clock.ts";
import { isText, type LoginUser, type RecordToRead, type Session } from "./session.ts";
import type { Sessions, StartSessionResult } from "./sessions.ts";
import {
  deleteAll,
  type SessionStore,
  type StoreChange,
  type StoredRecord,
  type StoreKey,
} from "./store.ts";
import { digestToken, formatToken, mintToken, type Token, tokenFromBytes } from "./token.ts";

/**
 * A predecessor is accepted for this long after its successor was made, in milliseconds: a browser
 * that restores twenty tabs presents one token twenty times. After that its use is theft.
 */
export const grace = 10 * SECOND;

/** Losing this many races for one token means that something else is wrong. */
const MAX_CONFLICTS = 10;

/** One browser's chain of remember tokens. */
export interface Series {
  readonly id: string;
  readonly userId: string;
  /** Of the one token that is valid now. */
  readonly secretDigest: string;
  /** Of the token before it. */
  readonly previousDigest: string | null;
  readonly rotatedAt: Date;
  /** The user's epoch when it was issued. */
  readonly epoch: number;
  readonly fingerprint: string | null;
  /** How long it was issued for, in milliseconds. */
  readonly duration: number;
  /** Absolute: using it does not extend it. */
  readonly expiresAt: Date;
}

/** A series with the cookie's value that proves it. */
export interface Issued {
  readonly series: Series;
  readonly token: string;
  readonly change: StoreChange;
}

/** What a remember token turned out to be. */
export type RedeemResult<U> =
  | {
    readonly ok: true;
    readonly user: U;
    readonly session: Session;
    readonly sessionToken: string;
    readonly rememberToken: string;
    readonly expiresAt: Date;
    /** What was done; null for the parallel requests that found it done. */
    readonly started: StartSessionResult | null;
  }
  | { readonly ok: false; readonly reason: "unknown" | "corrupt" }
  /** It was the browser's own, a moment ago, and the session it started has been replaced or ended. */
  | { readonly ok: false; readonly reason: "superseded"; readonly series: Series }
  | { readonly ok: false; readonly reason: "ended" | "protected"; readonly series: Series }
  | {
    readonly ok: false;
    readonly reason: "reused";
    readonly series: Series;
    /** The sessions that came from it, now ended. */
    readonly sessions: readonly Session[];
  };

/** Remember series, kept under `["remember", userId, seriesId]`. */
export class Remember<U extends LoginUser> {
  readonly #store: SessionStore;
  readonly #sessions: Sessions<U>;
  readonly #loadUser: (id: string) => Promise<U | null>;
  readonly #keyring: Keyring;
  readonly #now: Clock;

  constructor(
    store: SessionStore,
    sessions: Sessions<U>,
    loadUser: (id: string) => Promise<U | null>,
    keyring: Keyring,
    now: Clock,
  ) {
    this.#store = store;
    this.#sessions = sessions;
    this.#loadUser = loadUser;
    this.#keyring = keyring;
    this.#now = now;
  }

  /** Makes a new series; the change that stores it belongs into the commit of the login. */
  async issue(user: U, duration: number, fingerprint: string): Promise<Issued> {
    const now = this.#now();
    const token = mintToken(user.id);
    const series: Series = {
      id: token.id,
      userId: user.id,
      secretDigest: await digestToken("remember", token),
      previousDigest: null,
      rotatedAt: now,
      epoch: user.epoch ?? 0,
      fingerprint,
      duration,
      expiresAt: new Date(now.getTime() + duration),
    };
    return { series, token: formatToken(token), change: { set: [this.#write(series)] } };
  }

  /**
   * Starts a session from a token, and rotates the token. Successor and session are derived from the
   * presented secret under a server key, so twenty parallel requests with one token come to one
   * session and one successor.
   *
   * @param strict Whether another fingerprint than the series' ends it.
   */
  async redeem(
    token: Token,
    beginning: SessionInit,
    strict: "strict" | "lenient",
  ): Promise<RedeemResult<U>> {
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      const [record, user, digest] = await Promise.all([
        this.#store.get(seriesKey(token.userId, token.id)),
        this.#loadUser(token.userId),
        digestToken("remember", token),
      ]);
      const series = readSeries(record);
      if (!series) return { ok: false, reason: record.version === null ? "unknown" : "corrupt" };

      const now = this.#now();
      const over = now >= series.expiresAt || !user || user.active === false ||
        (user.epoch ?? 0) !== series.epoch;
      if (over) {
        await this.#end(series);
        return { ok: false, reason: "ended", series };
      }
      const otherBrowser = series.fingerprint !== null &&
        series.fingerprint !== beginning.fingerprint;
      const isCurrent = timingSafeEqual(series.secretDigest, digest);
      const isPrevious = series.previousDigest !== null &&
        timingSafeEqual(series.previousDigest, digest);
      if ((isCurrent || isPrevious) && strict === "strict" && otherBrowser) {
        await this.#end(series);
        return { ok: false, reason: "protected", series };
      }

      if (isCurrent) {
        const [successor] = await this.#successors(token) as [Successor];
        const rotated: Series = {
          ...series,
          secretDigest: await digestToken("remember", successor.remember),
          previousDigest: digest,
          rotatedAt: now,
        };
        const started = await this.#sessions.start(
          user,
          successor.session,
          { ...beginning, seriesId: series.id },
          { check: [record], set: [this.#write(rotated)] },
          () => Promise.resolve({}),
        );
        if (typeof started === "string") continue; // another request with the same token was faster: see what it did
        return this.#redeemed(user, started.session, successor, series, started);
      }

      const age = now.getTime() - series.rotatedAt.getTime();
      if (!isPrevious || age >= grace) {
        const sessions = await this.#endReused(series, record);
        // Of parallel requests with a spent token one reports the theft; the owner's own stops none.
        if (!sessions) continue;
        return { ok: false, reason: "reused", series, sessions };
      }
      for (const successor of await this.#successors(token)) {
        // After a change of keys, the one that made the successor is found by its result.
        const made = await digestToken("remember", successor.remember);
        if (!timingSafeEqual(made, series.secretDigest)) continue;
        const resumed = await this.#sessions.resume(successor.session);
        if (resumed.ok) {
          return this.#redeemed(resumed.user, resumed.session, successor, series, null);
        }
      }
      return { ok: false, reason: "superseded", series };
    }
    throw new Error("Cannot redeem a remember token: it keeps changing");
  }

  /**
   * Extends a series from now, for as long as it was issued for; null when the token is not its
   * valid one.
   */
  async extend(token: Token): Promise<Series | null> {
    const [record, digest] = await Promise.all([
      this.#store.get(seriesKey(token.userId, token.id)),
      digestToken("remember", token),
    ]);
    const series = readSeries(record);
    const now = this.#now();
    if (!series || now >= series.expiresAt || !timingSafeEqual(series.secretDigest, digest)) {
      return null;
    }

    const extended = { ...series, expiresAt: new Date(now.getTime() + series.duration) };
    const done = await this.#store.commit({ check: [record], set: [this.#write(extended)] });
    return done ? extended : series;
  }

  /** The change that ends the series of a token, if the token is its valid one. */
  async forget(token: Token): Promise<StoreChange> {
    const [record, digest] = await Promise.all([
      this.#store.get(seriesKey(token.userId, token.id)),
      digestToken("remember", token),
    ]);
    const series = readSeries(record);
    return series && timingSafeEqual(series.secretDigest, digest) ? { delete: [record.key] } : {};
  }

  /** Ends every series of a session's user but its own. */
  async endOthers(session: Session): Promise<void> {
    const records = await this.#store.list(["remember", session.userId]);
    const others = records.map(({ key }) => key).filter((key) => key[2] !== session.seriesId);
    await deleteAll(this.#store, others);
  }

  /** Ends a series and every session that came from it. */
  async endSeries(series: Series): Promise<Session[]> {
    await this.#end(series);
    return await this.#sessions.endWhere(series.userId, (it) => it.seriesId === series.id);
  }

  /** The same for a theft, whoever holds the tokens; null when the series changed meanwhile. */
  async #endReused(series: Series, record: StoredRecord): Promise<Session[] | null> {
    const first = await this.#store.commit({ check: [record], delete: [record.key] });
    return first ? await this.endSeries(series) : null;
  }

  async #end(series: Pick<Series, "userId" | "id">): Promise<void> {
    await this.#store.commit({ delete: [seriesKey(series.userId, series.id)] });
  }

  /** What follows a token, under each key; the first is the one to use. */
  async #successors(token: Token): Promise<Successor[]> {
    const text = formatToken(token);
    const [secrets, sessions] = await Promise.all([
      this.#keyring.macs("remember successor", text),
      this.#keyring.macs("remember session", text),
    ]);
    return secrets.map((secret, i) => ({
      remember: { ...token, secret: encodeBase64Url(secret.subarray(0, 32)) },
      session: tokenFromBytes(token.userId, sessions[i] as Uint8Array),
    }));
  }

  #redeemed(
    user: U,
    session: Session,
    successor: Successor,
    series: Series,
    started: StartSessionResult | null,
  ): RedeemResult<U> {
    return {
      ok: true,
      user,
      session,
      sessionToken: formatToken(successor.session),
      rememberToken: formatToken(successor.remember),
      expiresAt: series.expiresAt,
      started,
    };
  }

  #write(series: Series) {
    const expireIn = series.expiresAt.getTime() - this.#now().getTime();
    return { key: seriesKey(series.userId, series.id), value: { v: 1, ...series }, expireIn };
  }
}

interface Successor {
  readonly remember: Token;
  readonly session: Token;
}

/** The change that ends the series of a session's browser. */
export function seriesOf(session: Session): StoreChange {
  return session.seriesId ? { delete: [seriesKey(session.userId, session.seriesId)] } : {};
}

function seriesKey(userId: string, id: string): StoreKey {
  return ["remember", userId, id];
}

/** Reads a stored series; null when the record is broken, of an unknown version, or another's. */
export function readSeries({ key, value }: RecordToRead): Series | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, ...series } = value as Series & { v: unknown };
  const sound = v === 1 && series.userId === key[1] && series.id === key[2] &&
    isText(series.secretDigest) &&
    [series.previousDigest, series.fingerprint].every((it) => it === null || isText(it)) &&
    Number.isInteger(series.epoch) && Number.isFinite(series.duration) &&
    isDate(series.rotatedAt) && isDate(series.expiresAt);
  return sound ? series : null;
}
