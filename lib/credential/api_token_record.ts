import type { User } from "../account/user.ts";
import { DAY, isDate } from "../time.ts";

/** What a token lets a program do, by its word. */
export const scopes = ["profile:read", "sessions:read", "sessions:end", "events:read"] as const;

export type Scope = typeof scopes[number];

/** In days. */
export const DEFAULT_TOKEN_DAYS = 90;
export const MAX_TOKEN_DAYS = 365;
export const MAX_API_TOKENS = 20;
/** How long before its end a mail tells of it, in milliseconds. */
export const reminderTime = 7 * DAY;

/** A token as its record keeps it: without the secret. */
export interface ApiTokenRecord {
  readonly v: 1;
  readonly name: string;
  /** Words of a later version stay, and give nothing. */
  readonly scopes: readonly string[];
  /** SHA-256 of the kind and the token, base64url. */
  readonly digest: string;
  /** What `epochOf` told of its user when it was made: a token of another epoch has ended. */
  readonly epoch: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** To the hour; null before its first use. */
  readonly lastUsedAt: Date | null;
}

export interface ApiToken extends Omit<ApiTokenRecord, "v" | "digest" | "epoch"> {
  readonly id: string;
}

/** A mail that tells its user of the end of a token; it waits for the time in its key. */
export interface TokenReminder {
  readonly v: 1;
  /** When the token ends. */
  readonly expiresAt: Date;
}

/** The epoch that tokens go by: an own change of the password does not raise it. */
export function epochOf({ epoch, passwordChanges }: User): number {
  return epoch - passwordChanges;
}

/** Whether a token of this user works; whether its secret is right is another question. */
export function isAlive(record: ApiTokenRecord, user: User, now: Date): boolean {
  return user.active && record.epoch === epochOf(user) && record.expiresAt > now;
}

export function isScope(word: string): word is Scope {
  return (scopes as readonly string[]).includes(word);
}

export function tokenKey(userId: string, id: string): string[] {
  return ["api_token", userId, id];
}

/** The key sorts by the time of the mail; null for a token that is too short-lived for one. */
export function reminderKey(
  userId: string,
  id: string,
  { createdAt, expiresAt }: Pick<ApiTokenRecord, "createdAt" | "expiresAt">,
): string[] | null {
  const at = expiresAt.getTime() - reminderTime;
  return at > createdAt.getTime() ? ["api_token_end", timePart(at), userId, id] : null;
}

/** All times have the same length, so that they sort as texts. */
export function timePart(time: number): string {
  return String(time).padStart(15, "0");
}

/** Reads a record; null when it is corrupt. */
export function readApiToken(value: unknown): ApiTokenRecord | null {
  const record = (value ?? {}) as ApiTokenRecord;
  const isValid = record.v === 1 && typeof record.name === "string" &&
    Array.isArray(record.scopes) && record.scopes.every((it) => typeof it === "string") &&
    typeof record.digest === "string" && Number.isInteger(record.epoch) &&
    isDate(record.createdAt) && isDate(record.expiresAt) &&
    (record.lastUsedAt === null || isDate(record.lastUsedAt));
  return isValid ? record : null;
}

/** Reads a record; null when it is corrupt. */
export function readTokenReminder(value: unknown): TokenReminder | null {
  const record = (value ?? {}) as TokenReminder;
  return record.v === 1 && isDate(record.expiresAt) ? record : null;
}
