import { isDate } from "../login/clock.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../time.ts";

/** Tries that were counted. */
export interface AttemptCount {
  readonly v: 1;
  readonly count: number;
  /** When the last was made. */
  readonly at: Date;
  readonly expiresAt: Date;
}

/** What one more try would mean: the count with it, or how long to wait, in milliseconds. */
export type Decision =
  | { readonly ok: true; readonly tries: AttemptCount }
  | { readonly ok: false; readonly wait: number };

/** Decides whether one more may be made; it does not make it. */
export type Rule = (tries: AttemptCount | null, now: Date) => Decision;

/** So many wrong tries are free. */
export const FREE_ATTEMPTS = 5;
/** So many in a row close the way (NIST SP 800-63B-4 §3.2.2). */
export const MAX_ATTEMPTS = 100;
const firstWait = 30 * SECOND;
const MAX_WAIT = HOUR;
const closedFor = 30 * DAY;

/** Clocks of two machines may differ by this much; a date further ahead was not made by a clock. */
const skew = 5 * MINUTE;

/** After the free ones each wrong try doubles the wait, from half a minute to an hour. */
export function exponentialBackoff(tries: AttemptCount | null, now: Date): Decision {
  if (!tries) return { ok: true, tries: counted(tries, now) };
  const { count, at } = tries;
  const age = now.getTime() - at.getTime();
  // Told by the clock of another machine, a wait may seem longer than it ever was.
  const wait = Math.min(waitAfter(count) - age, waitAfter(count));
  return wait > 0 ? { ok: false, wait } : { ok: true, tries: counted(tries, now) };
}

/** One more, whether or not it is allowed. */
export function counted(tries: AttemptCount | null, now: Date): AttemptCount {
  const count = (tries?.count ?? 0) + 1;
  // Kept for longer as soon as they make somebody wait, so that a hundred in a row are found to be that.
  const expiresAt = new Date(now.getTime() + (count < FREE_ATTEMPTS ? DAY : closedFor));
  return { v: 1, count, at: now, expiresAt };
}

function waitAfter(count: number): number {
  if (count < FREE_ATTEMPTS) return 0;
  if (count >= MAX_ATTEMPTS) return closedFor;
  return Math.min(MAX_WAIT, firstWait * 2 ** (count - FREE_ATTEMPTS));
}

/** So many at once, and one more after each interval: many people may share a network. */
export function tokenBucket(most: number, interval: number): Rule {
  return (tries, now) => {
    const elapsed = tries ? Math.max(0, now.getTime() - tries.at.getTime()) : 0;
    const refills = Math.floor(elapsed / interval);
    const count = Math.max(0, (tries?.count ?? 0) - refills);
    if (count >= most) return { ok: false, wait: interval - elapsed % interval };
    const at = count > 0 && tries ? new Date(tries.at.getTime() + refills * interval) : now;
    const expiresAt = new Date(at.getTime() + (count + 1) * interval);
    return { ok: true, tries: { v: 1, count: count + 1, at, expiresAt } };
  };
}

/**
 * Reads stored tries; null when they are over, or broken. KV keeps what has expired for a while. Tries from
 * a time that has not come stay counted, but the clock was set back: nobody waits for it to come.
 */
export function readAttemptCount(value: unknown, now: Date): AttemptCount | null {
  const { v, count, at, expiresAt } = (value ?? {}) as Partial<AttemptCount>;
  if (v !== 1 || !Number.isInteger(count) || !count || count < 1) return null;
  if (!isDate(at) || !isDate(expiresAt) || expiresAt <= now) return null;
  const isAhead = at.getTime() > now.getTime() + skew;
  return { v, count, at: isAhead ? new Date(0) : at, expiresAt };
}
