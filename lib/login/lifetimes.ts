import { DAY, HOUR, MINUTE } from "./clock.ts";

/** Browsers keep a cookie at most this long, in milliseconds (RFC 6265bis §5.6.2). */
export const MAX_REMEMBER = 400 * DAY;

/** How long things last, in milliseconds. */
export interface Lifetimes {
  /** A session that is not used for this long ends. */
  readonly idle: number;
  /** A session ends after this long, however much it is used. */
  readonly absolute: number;
  /** A session is fresh for this long after a credential was presented. */
  readonly fresh: number;
  /** `seenAt` is written at most once in this time, so that reading a page is not a write. */
  readonly seen: number;
  /** How long a browser is remembered, unless a login says otherwise; at most 400 days. */
  readonly remember: number;
}

/** When a session ends, in milliseconds: unused, and at the latest. */
export type SessionLimits = Pick<Lifetimes, "idle" | "absolute">;

/**
 * Lifetimes for an ordinary site: 2 hours idle, 24 hours in all, fresh for 10 minutes,
 * remembered for 30 days
 * (NIST SP 800-63B-4 §2.2.3 allows 1 hour and 24 hours at AAL2, 30 days in all at AAL1).
 */
export const recommendedLifetimes: Lifetimes = {
  idle: 2 * HOUR,
  absolute: 24 * HOUR,
  fresh: 10 * MINUTE,
  seen: 5 * MINUTE,
  remember: 30 * DAY,
};
