import { isDate } from "../login/clock.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../time.ts";

/** Attempts that were counted. */
export interface AttemptCount {
  readonly v: 1;
  readonly count: number;
  /** How many of them the user was told about. */
  readonly told?: number;
  /** When the last one was made. */
  readonly at: Date;
  readonly expiresAt: Date;
}

/** Whether one more attempt is allowed: the count with it, or how long to wait, in milliseconds. */
export type Decision =
  | { readonly ok: true; readonly next: AttemptCount }
  | { readonly ok: false; readonly wait: number };

/** Decides whether one more attempt is allowed; it counts nothing itself. */
export type Rule = (attempts: AttemptCount | null, now: Date) => Decision;

/** Failures before anybody has to wait. */
export const FREE_ATTEMPTS = 5;
/** Failures in a row that lock (NIST SP 800-63B-4 §3.2.2). */
export const MAX_ATTEMPTS = 100;
const firstWait = 30 * SECOND;
const MAX_WAIT = HOUR;
const lockout = 30 * DAY;

/** Two machines' clocks may differ by this much; a date further ahead means a wrong clock. */
const MAX_CLOCK_SKEW = 5 * MINUTE;

/** After the free failures each one doubles the wait, from half a minute to an hour; 100 lock. */
export function exponentialBackoff(attempts: AttemptCount | null, now: Date): Decision {
  if (!attempts) return { ok: true, next: addAttempt(attempts, now) };
  const { count, at } = attempts;
  const age = now.getTime() - at.getTime();
  // The date may come from a machine whose clock is ahead: then the age is negative.
  const wait = Math.min(waitAfter(count) - age, waitAfter(count));
  return wait > 0 ? { ok: false, wait } : { ok: true, next: addAttempt(attempts, now) };
}

/** Every attempt is allowed: its count only tells the user, and the log. */
export function countedOnly(attempts: AttemptCount | null, now: Date): Decision {
  return { ok: true, next: addAttempt(attempts, now) };
}

/** Counts one more attempt, whether or not it is allowed. */
export function addAttempt(attempts: AttemptCount | null, now: Date): AttemptCount {
  const count = (attempts?.count ?? 0) + 1;
  // From the first wait on, a count is kept longer, so that slow guessing reaches the lock as well.
  const expiresAt = new Date(now.getTime() + (count < FREE_ATTEMPTS ? DAY : lockout));
  return { v: 1, count, told: attempts?.told ?? 0, at: now, expiresAt };
}

/** How long to wait after this many failures, in milliseconds. */
export function waitAfter(count: number): number {
  if (count < FREE_ATTEMPTS) return 0;
  if (count >= MAX_ATTEMPTS) return lockout;
  return Math.min(MAX_WAIT, firstWait * 2 ** (count - FREE_ATTEMPTS));
}

/** A token bucket: this many attempts at once, and one more after each interval in milliseconds. */
export function tokenBucket(capacity: number, interval: number): Rule {
  return (attempts, now) => {
    const elapsed = attempts ? Math.max(0, now.getTime() - attempts.at.getTime()) : 0;
    const refills = Math.floor(elapsed / interval);
    const count = Math.max(0, (attempts?.count ?? 0) - refills);
    if (count >= capacity) return { ok: false, wait: interval - elapsed % interval };
    const at = count > 0 && attempts ? new Date(attempts.at.getTime() + refills * interval) : now;
    const expiresAt = new Date(at.getTime() + (count + 1) * interval);
    return { ok: true, next: { v: 1, count: count + 1, at, expiresAt } };
  };
}

/** This many attempts in an interval, in milliseconds, which begins with its first attempt. */
export function fixedWindow(capacity: number, interval: number): Rule {
  return (attempts, now) => {
    const age = attempts ? now.getTime() - attempts.at.getTime() : interval;
    if (!attempts || age >= interval) {
      const expiresAt = new Date(now.getTime() + interval);
      return { ok: true, next: { v: 1, count: 1, at: now, expiresAt } };
    }
    // The date may come from a machine whose clock is ahead: then the age is negative.
    if (attempts.count >= capacity) return { ok: false, wait: Math.min(interval - age, interval) };
    return { ok: true, next: { ...attempts, count: attempts.count + 1 } };
  };
}

/**
 * Reads a stored count; null when it has expired, or is malformed. A count whose date lies in the
 * future comes from before the clock was set back: its attempts still count, but nobody waits for
 * that date.
 */
export function readAttemptCount(value: unknown, now: Date): AttemptCount | null {
  const { v, count, told = 0, at, expiresAt } = (value ?? {}) as Partial<AttemptCount>;
  if (v !== 1 || !Number.isInteger(count) || !count || count < 1) return null;
  if (!Number.isInteger(told)) return null;
  if (!isDate(at) || !isDate(expiresAt) || expiresAt <= now) return null;
  const isAhead = at.getTime() > now.getTime() + MAX_CLOCK_SKEW;
  return { v, count, told, at: isAhead ? new Date(0) : at, expiresAt };
}
