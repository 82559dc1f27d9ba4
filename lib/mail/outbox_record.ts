import { newId } from "../keys.ts";
import { DAY, HOUR, isDate, MINUTE, SECOND } from "../time.ts";

/** A mail that waits, as it is kept under `["outbox", id]`. */
export interface OutboxRecord {
  /** The mail as JSON: it holds tokens. */
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly createdAt: Date;
  /** When it may be tried next. */
  readonly dueAt: Date;
  readonly attempts: number;
  /** Until then one process has it to itself. */
  readonly leasedUntil: Date | null;
  /** When its token expires: from then on it is of no use. */
  readonly expiresAt: Date;
}

/** How long a process may take to send a mail; the call that sends it takes at most 10 s. */
export const leaseDuration = 30 * SECOND;
/** How long a mail is tried. */
const triedFor = DAY;
/** The database keeps it longer, so that an app that stood still says that it gives it up. */
const keptFor = 2 * DAY;
/** How late a mail is when nobody can be sending any more. */
const MAX_LATENESS = 15 * MINUTE;

/** The key of a mail. */
export function outboxKey(id: string): readonly [string, string] {
  return ["outbox", id];
}

/** Makes an id. Ids sort by time: the milliseconds come first, in base 36. */
export function newMailId(now: Date): string {
  return now.getTime().toString(36).padStart(9, "0") + newId();
}

/** Decides what to do with a mail now. */
export function judgeMail(
  { createdAt, dueAt, leasedUntil, expiresAt }: OutboxRecord,
  now: Date,
): "wait" | "send" | "expired" | "given_up" {
  if (leasedUntil && leasedUntil > now) return "wait";
  if (now >= endOfTrying(createdAt)) return "given_up"; // also with a link that works just as long
  if (expiresAt <= now) return "expired";
  return dueAt <= now ? "send" : "wait";
}

/** Whether a mail is so late that nobody seems to send any. */
export function isOverdue({ dueAt }: OutboxRecord, now: Date): boolean {
  return now.getTime() - dueAt.getTime() > MAX_LATENESS;
}

/** How long to wait after this many attempts, in milliseconds. */
export function waitAfter(attempts: number): number {
  return Math.min(30 * SECOND * 2 ** (attempts - 1), 6 * HOUR);
}

export function endOfTrying(createdAt: Date): Date {
  return new Date(createdAt.getTime() + triedFor);
}

/** How long the database keeps a mail from now on, in milliseconds. */
export function keepFor({ createdAt }: OutboxRecord, now: Date): number {
  return Math.max(1, createdAt.getTime() + keptFor - now.getTime());
}

/** Reads the record of a mail; null when it is corrupt. */
export function readOutboxRecord(value: unknown): OutboxRecord | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, ...record } = value as OutboxRecord & { v: unknown };
  const isValid = v === 1 && record.sealed instanceof Uint8Array &&
    [record.createdAt, record.dueAt, record.expiresAt].every(isDate) &&
    (record.leasedUntil === null || isDate(record.leasedUntil)) &&
    Number.isInteger(record.attempts);
  return isValid ? record : null;
}
