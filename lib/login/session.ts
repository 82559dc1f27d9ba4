import { isDate, MINUTE } from "./clock.ts";
import type { Lifetimes, SessionLimits } from "./lifetimes.ts";
import type { StoredRecord } from "./store.ts";

/** What the package needs of your user; your own type's other fields come back typed. */
export interface LoginUser {
  /** Names the user for ever, in at most 256 bytes; it stands in cookies, so keep it random. */
  readonly id: string;
  /** False refuses the user at once and ends their sessions. Absent means true. */
  readonly active?: boolean;
  /**
   * A number that you raise to end every session of the user in the same commit as the cause: a new
   * password, a suspension, "log out everywhere". Absent means 0.
   */
  readonly epoch?: number;
}

/**
 * How a user authenticated: a value of RFC 8176, or `rc` for a recovery code. `mfa` is several
 * factors that somebody else checked, such as the OpenID provider of `fed`.
 */
export type AuthMethod =
  | "pwd"
  | "otp"
  | "hwk"
  | "fed"
  | "mfa"
  | "mail"
  | "rc"
  | (string & Record<never, never>);

/** One browser in which a user is logged in. */
export interface Session {
  /** Names the session; it is not secret. */
  readonly id: string;
  /** Whose session it is. */
  readonly userId: string;
  /** SHA-256 of the token, base64url; the secret itself is only in the browser. */
  readonly secretDigest: string;
  /** SHA-256 of the previous token, base64url; null until the secret is renewed. */
  readonly previousDigest: string | null;
  /** When the secret was last renewed. */
  readonly rotatedAt: Date;
  /** The session that the same browser's next login started, which ended this one; else null. */
  readonly successor: SessionKey | null;
  /** The user's epoch when the secret was made; another epoch ends the session. */
  readonly epoch: number;
  /** When it started. */
  readonly createdAt: Date;
  /** When it was last used, as precisely as {@link Lifetimes.seen} asks. */
  readonly seenAt: Date;
  /** When a credential was last presented in it; null when none was, or it no longer counts. */
  readonly authenticatedAt: Date | null;
  /** What was presented; empty when a remember cookie started it. */
  readonly methods: readonly AuthMethod[];
  /** The OpenID provider that vouched for the login, as its issuer; null when none did. */
  readonly issuer: string | null;
  /** The browser's fingerprint (see `SessionProtection`); null until the next request stores it. */
  readonly fingerprint: string | null;
  /** The browser's own description of itself, cut to 512 characters. Escape it when you show it. */
  readonly userAgent: string;
  /** The network it was started from, shortened; null when it is not known. */
  readonly network: string | null;
  /** The remember series of the same browser, if there is one. */
  readonly seriesId: string | null;
  /** Whether `start` was told to accept an inactive user. */
  readonly allowInactive: boolean;
  /** Whether it came from a remember token and was not used yet: the browser may not have it. */
  readonly isUnused: boolean;
  /** The absolute limit, fixed at login. */
  readonly expiresAt: Date;
}

/** Names a stored session. */
export type SessionKey = Pick<Session, "userId" | "id">;

/**
 * For this long a superseded token is recognised, in milliseconds: it proves nobody, but a request
 * that was under way when the token was renewed must not delete the browser's new cookie.
 */
export const supersededFor = MINUTE;

/** The clocks of two servers may differ by this much, in milliseconds. */
const skew = 5 * MINUTE;

/**
 * Whether a session is over, by its own dates: its idle limit, its absolute limit, or a start that
 * lies in the future.
 */
export function isExpired(session: Session, limits: SessionLimits, now: Date): boolean {
  // Limits that are no numbers end the session too.
  return !(now.getTime() < endOf(session, limits).getTime()) ||
    session.createdAt.getTime() > now.getTime() + skew;
}

/** Whether a credential was presented in this session recently enough. */
export function isFresh(session: Session, lifetimes: Lifetimes, now: Date): boolean {
  if (!session.authenticatedAt) return false;
  const age = now.getTime() - session.authenticatedAt.getTime();
  return age < lifetimes.fresh && age > -skew;
}

/** When a session ends if it is not used again. */
export function endOf(session: Session, { idle, absolute }: SessionLimits): Date {
  const idleEnd = session.seenAt.getTime() + idle;
  const absoluteEnd = session.createdAt.getTime() + absolute;
  return new Date(Math.min(idleEnd, absoluteEnd, session.expiresAt.getTime()));
}

/** Whether a session's previous token is still recognised, as superseded. */
export function isSupersededRecently(session: Session, now: Date): boolean {
  return now.getTime() < session.rotatedAt.getTime() + supersededFor;
}

/** A record as the store gave it: it has to name the key it stands under. */
export type RecordToRead = Pick<StoredRecord, "key" | "value">;

/** Reads a stored session; null when the record is corrupt, of an unknown version, or another's. */
export function readSession({ key, value }: RecordToRead): Session | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, ...session } = value as Session & { v: unknown };
  const sound = v === 1 && session.userId === key[1] && session.id === key[2] &&
    [session.secretDigest, session.userAgent].every(isText) &&
    [session.createdAt, session.seenAt, session.rotatedAt, session.expiresAt].every(isDate) &&
    [session.previousDigest, session.fingerprint, session.network, session.seriesId, session.issuer]
      .every((it) => it === null || isText(it)) &&
    (session.successor === null ||
      (isText(session.successor?.userId) && isText(session.successor?.id))) &&
    (session.authenticatedAt === null || isDate(session.authenticatedAt)) &&
    Number.isInteger(session.epoch) && typeof session.allowInactive === "boolean" &&
    typeof session.isUnused === "boolean" &&
    Array.isArray(session.methods) && session.methods.every(isText);
  return sound ? session : null;
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}
