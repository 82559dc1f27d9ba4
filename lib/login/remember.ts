import { decodeBase64Url, encodeBase64Url, timingSafeEqual } from "./bytes.ts";
import { type Clock, DAY, isDate, SECOND } from "./clock.ts";
import type { Keyring } from "./keyring.ts";
import { isText, type LoginUser, type RecordToRead, type Session } from "./session.ts";
import type { SessionInit } from "./session_init.ts";
import type { Sessions, StartedSession } from "./sessions.ts";
import {
  deleteAll,
  type SessionStore,
  type StoreChange,
  type StoredRecord,
  type StoreKey,
} from "./store.ts";
import { digestToken, formatToken, mintToken, type Token, tokenFromBytes } from "./token.ts";

/**
 * A previous token is accepted for this long, in milliseconds: a browser that restores twenty tabs
 * presents one token twenty times. After that its use is theft.
 */
const grace = 10 * SECOND;
/**
 * A browser that lost the answer with the new token may come back with the previous one for this
 * long, in milliseconds, while neither the new token nor its session was used.
 */
const recoverableFor = DAY;
/** The first half of a secret is random or derived, the second a MAC that proves it genuine. */
const halfOfSecret = 16;
/** Give up after this many write conflicts. */
const MAX_CONFLICTS = 10;

/** One browser's chain of remember tokens. */
export interface Series {
  readonly id: string;
  readonly userId: string;
  /** SHA-256 of the valid token, base64url. */
  readonly secretDigest: string;
  /** SHA-256 of the previous token, base64url; null until the first rotation. */
  readonly previousDigest: string | null;
  /** When the secret was last renewed. */
  readonly rotatedAt: Date;
  /** When the browser last came back with the previous token; null when it did not. */
  readonly recoveredAt: Date | null;
  /** Whether the browser is known to have the valid token: its session was used. */
  readonly isConfirmed: boolean;
  /** The user's epoch when it was issued. */
  readonly epoch: number;
  /** The fingerprint of the browser that got the valid token. */
  readonly fingerprint: string | null;
  /** The OpenID provider that vouched for the login, as its issuer. */
  readonly issuer: string | null;
  /** How long it was issued for, in milliseconds. */
  readonly duration: number;
  /** The absolute limit: using the series does not extend it. */
  readonly expiresAt: Date;
}

/** A new series, its token, and the change that stores it. */
export interface PreparedSeries {
  readonly series: Series;
  readonly token: Token;
  readonly change: StoreChange;
}

interface StoredSeries {
  readonly series: Series;
  readonly record: StoredRecord;
}

/** The tokens that the browser gets for the one it presented. */
export interface Successor {
  readonly remember: Token;
  readonly session: Token;
}

/** Whom a remember token proves. */
export type RedeemResult<U> =
  | {
    readonly ok: true;
    readonly user: U;
    readonly session: Session;
    readonly series: Series;
    readonly successor: Successor;
    /** Null when a parallel request had started the session already. */
    readonly started: StartedSession | null;
  }
  | { readonly ok: false; readonly reason: "unknown" | "corrupt" }
  /** It was valid a moment ago, and the session that it started was renewed or ended since. */
  | { readonly ok: false; readonly reason: "superseded"; readonly series: Series }
  | { readonly ok: false; readonly reason: "ended" | "protected"; readonly series: Series }
  /** The sessions that came from the series have to end: see `endSeries`. */
  | { readonly ok: false; readonly reason: "reused"; readonly series: Series };

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

  /**
   * Prepares a new series; the caller commits the change that stores it with the login.
   *
   * @param duration How long it lasts, in milliseconds.
   */
  prepareSeries(
    user: U,
    duration: number,
    { fingerprint, issuer }: Pick<SessionInit, "fingerprint" | "issuer">,
  ): PreparedSeries {
    const now = this.#now();
    const token = this.#withProof(mintToken(user.id));
    const series: Series = {
      id: token.id,
      userId: user.id,
      secretDigest: digestToken("remember", token),
      previousDigest: null,
      rotatedAt: now,
      recoveredAt: null,
      isConfirmed: true, // its session is the one that somebody logged in to
      epoch: user.epoch ?? 0,
      fingerprint,
      issuer,
      duration,
      expiresAt: new Date(now.getTime() + duration),
    };
    return { series, token, change: { set: [this.#seriesWrite(series)] } };
  }

  /**
   * Starts a session from a token, and rotates the token. Successor and session are derived from
   * the presented secret under a server key, so parallel requests with one token get the same.
   *
   * @param strictness Whether another fingerprint than the series' ends it.
   */
  async redeem(
    token: Token,
    init: SessionInit,
    strictness: "strict" | "lenient",
  ): Promise<RedeemResult<U>> {
    // Made by somebody else: a copy of the store has the ids, and must not end anybody's series.
    if (!this.#isGenuine(token)) return { ok: false, reason: "unknown" };
    const digest = digestToken("remember", token);
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      const [record, user] = await Promise.all([
        this.#store.get(seriesKey(token.userId, token.id)),
        this.#loadUser(token.userId),
      ]);
      const series = readSeries(record);
      if (!series) return { ok: false, reason: record.version === null ? "unknown" : "corrupt" };
      if (!user || this.#isOver(series, user)) {
        await this.#end(series);
        return { ok: false, reason: "ended", series };
      }

      const isCurrent = timingSafeEqual(series.secretDigest, digest);
      const isPrevious = series.previousDigest !== null &&
        timingSafeEqual(series.previousDigest, digest);
      const isOther = series.fingerprint !== null && series.fingerprint !== init.fingerprint;
      if ((isCurrent || isPrevious) && isOther && strictness === "strict") {
        await this.#end(series);
        return { ok: false, reason: "protected", series };
      }

      if (isCurrent) {
        const redeemed = await this.#rotate(user, token, init, { series, record });
        if (redeemed) return redeemed;
        continue; // the series now shows what a parallel request with the same token did
      }
      if (isPrevious && this.#isWithin(grace, lastGivenAt(series))) {
        return await this.#redeemPrevious(token, series);
      }
      const isLost = !series.isConfirmed && this.#isWithin(recoverableFor, series.rotatedAt);
      if (isPrevious && isLost && !isOther) {
        const recovered = await this.#recover(user, token, init, { series, record });
        if (recovered) return recovered;
        continue; // as above
      }

      // Of parallel requests with a reused token one reports the theft.
      const isFirst = await this.#store.commit({ check: [record], delete: [record.key] });
      if (isFirst) return { ok: false, reason: "reused", series };
    }
    throw new Error("Cannot redeem a remember token: it keeps changing");
  }

  /** Extends a series by its duration from now; null when the token is not its valid one. */
  async extend(token: Token): Promise<Series | null> {
    const found = await this.#findValid(token);
    const now = this.#now();
    if (!found || now >= found.series.expiresAt) return null;

    const { series, record } = found;
    const extended = { ...series, expiresAt: new Date(now.getTime() + series.duration) };
    const done = await this.#store.commit({ check: [record], set: [this.#seriesWrite(extended)] });
    return done ? extended : series;
  }

  /** The change that ends the series of a token, if the token is its valid one. */
  async endSeriesChange(token: Token): Promise<StoreChange> {
    const found = await this.#findValid(token);
    return found ? { delete: [found.record.key] } : {};
  }

  /** Ends every series of a session's user, except the session's own. */
  endOthers({ userId, seriesId }: Session): Promise<void> {
    return this.#endWhere(userId, ({ key }) => key[2] !== seriesId);
  }

  /** Ends every series of a user for whom a provider vouched. */
  endFrom(userId: string, issuer: string): Promise<void> {
    return this.#endWhere(userId, (record) => readSeries(record)?.issuer === issuer);
  }

  /** Ends a series and every session that came from it. */
  async endSeries(series: Series): Promise<Session[]> {
    await this.#end(series);
    return await this.#sessions.endWhere(series.userId, (it) => it.seriesId === series.id);
  }

  /** The change that notes that the browser has the successor: its session was used. */
  async confirmChange(session: Session): Promise<StoreChange> {
    if (!session.seriesId) return {};
    const record = await this.#store.get(seriesKey(session.userId, session.seriesId));
    const series = readSeries(record);
    if (!series) return {};
    return { check: [record], set: [this.#seriesWrite({ ...series, isConfirmed: true })] };
  }

  /** The series of which a token is the valid one. */
  async #findValid(token: Token): Promise<StoredSeries | null> {
    const digest = digestToken("remember", token);
    const record = await this.#store.get(seriesKey(token.userId, token.id));
    const series = readSeries(record);
    return series && timingSafeEqual(series.secretDigest, digest) ? { series, record } : null;
  }

  /** Starts the session, and makes the successor the valid token; null after a write conflict. */
  async #rotate(
    user: U,
    token: Token,
    init: SessionInit,
    { series, record }: StoredSeries,
  ): Promise<RedeemResult<U> | null> {
    const rotatedAt = this.#now();
    const [successor] = this.#successors(token, rotatedAt) as [Successor];
    const secretDigest = digestToken("remember", successor.remember);
    const rotated: Series = {
      ...series,
      secretDigest,
      previousDigest: series.secretDigest,
      rotatedAt,
      recoveredAt: null,
      // Only this browser can have lost the answer: after a theft the victim's token is reuse.
      fingerprint: init.fingerprint,
    };
    return await this.#startSession(user, init, successor, rotated, record);
  }

  /** Gives a browser that lost the successor the same one again, with a new session. */
  async #recover(
    user: U,
    token: Token,
    init: SessionInit,
    { series, record }: StoredSeries,
  ): Promise<RedeemResult<U> | null> {
    // The rotation keeps its date: the day in which a browser may come back is not extended.
    const recovered = { ...series, recoveredAt: this.#now() };
    const successor = this.#successorOf(token, recovered);
    if (!successor) return { ok: false, reason: "superseded", series };
    return await this.#startSession(user, init, successor, recovered, record);
  }

  async #startSession(
    user: U,
    init: SessionInit,
    successor: Successor,
    series: Series,
    record: StoredRecord,
  ): Promise<RedeemResult<U> | null> {
    const started = await this.#sessions.start(
      user,
      successor.session,
      { ...init, issuer: series.issuer, seriesId: series.id, isUnused: true },
      { check: [record], set: [this.#seriesWrite({ ...series, isConfirmed: false })] },
    );
    if (!started.ok) return null;
    return { ok: true, user, session: started.issued.session, series, successor, started };
  }

  /** Gives a parallel request the session and the successor that its token's rotation made. */
  async #redeemPrevious(token: Token, series: Series): Promise<RedeemResult<U>> {
    const successor = this.#successorOf(token, series);
    if (!successor) return { ok: false, reason: "superseded", series };
    const resumed = await this.#sessions.resume(successor.session);
    if (!resumed.ok) return { ok: false, reason: "superseded", series };
    const { user, session } = resumed;
    return { ok: true, user, session, series, successor, started: null };
  }

  /** The successor that a token was rotated to: after a change of keys its digest tells which. */
  #successorOf(token: Token, series: Series): Successor | null {
    for (const successor of this.#successors(token, lastGivenAt(series))) {
      const digest = digestToken("remember", successor.remember);
      if (timingSafeEqual(digest, series.secretDigest)) return successor;
    }
    return null;
  }

  #isOver(series: Series, user: U): boolean {
    return this.#now() >= series.expiresAt || user.active === false ||
      (user.epoch ?? 0) !== series.epoch;
  }

  #isWithin(duration: number, since: Date): boolean {
    return this.#now().getTime() < since.getTime() + duration;
  }

  async #endWhere(userId: string, condition: (record: StoredRecord) => boolean): Promise<void> {
    const records = await this.#store.list(["remember", userId]);
    await deleteAll(this.#store, records.filter(condition).map(({ key }) => key));
  }

  async #end(series: Pick<Series, "userId" | "id">): Promise<void> {
    await this.#store.commit({ delete: [seriesKey(series.userId, series.id)] });
  }

  /** The successors of a token, one for each key; the first key's is the one to use. */
  #successors(token: Token, givenAt: Date): Successor[] {
    const text = formatToken(token);
    const sessions = this.#keyring.macs("remember session", `${text} ${givenAt.getTime()}`);
    return this.#keyring.macs("remember successor", text).map((secret, i) => ({
      remember: this.#withProof({ ...token, secret: encodeBase64Url(secret) }, i),
      session: tokenFromBytes(token.userId, sessions[i] as Uint8Array),
    }));
  }

  /** Makes the second half of a token's secret the proof that it was made here. */
  #withProof(token: Token, key = 0): Token {
    const proof = this.#proofs(token)[key];
    const secret = new Uint8Array([...firstHalf(token), ...proof as Uint8Array]);
    return { ...token, secret: encodeBase64Url(secret) };
  }

  #isGenuine(token: Token): boolean {
    const secondHalf = decodeBase64Url(token.secret)?.subarray(halfOfSecret) ?? new Uint8Array();
    return this.#proofs(token).some((proof) => timingSafeEqual(proof, secondHalf));
  }

  /** The proofs of a token, one for each key. */
  #proofs(token: Token): Uint8Array[] {
    const text = `${token.userId}.${token.id}.${encodeBase64Url(firstHalf(token))}`;
    return this.#keyring.macs("remember proof", text).map((mac) => mac.subarray(0, halfOfSecret));
  }

  #seriesWrite(series: Series) {
    const expireIn = series.expiresAt.getTime() - this.#now().getTime();
    return { key: seriesKey(series.userId, series.id), value: { v: 1, ...series }, expireIn };
  }
}

function firstHalf({ secret }: Token): Uint8Array {
  return decodeBase64Url(secret)?.subarray(0, halfOfSecret) ?? new Uint8Array();
}

/** The change that ends the series of a session's browser. */
export function endSessionSeriesChange(session: Session): StoreChange {
  return session.seriesId ? { delete: [seriesKey(session.userId, session.seriesId)] } : {};
}

/** When a browser was last given the valid token. */
function lastGivenAt({ rotatedAt, recoveredAt }: Series): Date {
  return recoveredAt ?? rotatedAt;
}

function seriesKey(userId: string, id: string): StoreKey {
  return ["remember", userId, id];
}

/** Reads a stored series; null when the record is corrupt, of an unknown version, or another's. */
export function readSeries({ key, value }: RecordToRead): Series | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, ...series } = value as Series & { v: unknown };
  const sound = v === 1 && series.userId === key[1] && series.id === key[2] &&
    isText(series.secretDigest) &&
    [series.previousDigest, series.fingerprint, series.issuer]
      .every((it) => it === null || isText(it)) &&
    Number.isInteger(series.epoch) && Number.isFinite(series.duration) &&
    typeof series.isConfirmed === "boolean" &&
    isDate(series.rotatedAt) &&
    (series.recoveredAt === null || isDate(series.recoveredAt)) && isDate(series.expiresAt);
  return sound ? series : null;
}
