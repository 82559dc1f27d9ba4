import type { Device } from "../http/user_agent.ts";
import { isDate } from "../time.ts";

/** What can happen to an account, or be done with it. */
export const eventKinds = [
  "registered",
  "email_verified",
  "logged_in",
  "session_ended",
  "sessions_ended",
  "remember_reused",
  "user_updated",
  "password_changed",
  "password_reset",
  "password_compromised",
  "email_changed",
  "totp_added",
  "totp_removed",
  "totp_disabled",
  "passkey_added",
  "passkey_renamed",
  "passkey_removed",
  "recovery_codes_made",
  "recovery_code_used",
  "recovery_started",
  "identity_linked",
  "identity_unlinked",
  "notices_changed",
  "undone",
  "api_token_created",
  "api_token_revoked",
  "exported",
  "role_changed",
  "suspended",
  "reactivated",
  "reset_started",
  "viewed_as",
] as const;

export type EventKind = typeof eventKinds[number];

/** Short words and numbers about an event; no secrets. */
export type EventFacts = Readonly<Record<string, string | number>>;

/** One line of the security timeline of an account. */
export interface AccountEvent {
  /** A ULID: its order is the order of time. */
  readonly id: string;
  readonly kind: EventKind;
  readonly at: Date;
  /** The browser that it came from; null for a command. */
  readonly device: Device | null;
  /** The network that it came from, shortened; null for a command. */
  readonly network: string | null;
  readonly facts: EventFacts;
  /** The id of the administrator who did it, or `command`; null for the person themselves. */
  readonly by: string | null;
}

/** An event as it is stored. */
export interface EventRecord extends Omit<AccountEvent, "id"> {
  readonly v: 1;
  readonly expiresAt: Date;
  /** How many events came before it, one after the other, and one. */
  readonly n: number;
  /** The events before it that no other event names. */
  readonly after: readonly Predecessor[];
  /** A keyed digest of all of it: a changed line does not match, a removed one is still named. */
  readonly mac: string;
}

/** How an event names one before it. */
export type Predecessor = Pick<EventRecord, "n" | "mac"> & Pick<AccountEvent, "id">;

/** What an event is made of; the clock and the stored events give the rest. */
export interface NewEvent {
  readonly kind: EventKind;
  readonly device?: Device | null;
  readonly network?: string | null;
  readonly facts?: EventFacts;
  readonly by?: string | null;
}

/** The text that the `mac` of an event is made from. */
export function signedText(
  userId: string,
  { id, kind, at, device, network, facts, by, n, after }: AccountEvent & Omit<EventRecord, "mac">,
): string {
  const sortedFacts = Object.entries(facts).sort(([a], [b]) => a < b ? -1 : 1);
  const from = [device?.browser ?? null, device?.system ?? null, network];
  const names = after.map(({ n, id, mac }) => [n, id, mac]);
  return JSON.stringify([userId, id, kind, at.getTime(), from, sortedFacts, by, n, names]);
}

/** Reads the record of an event; null when it is corrupt. */
export function readEvent(value: unknown): EventRecord | null {
  const record = value as EventRecord | null;
  const isValid = record?.v === 1 && eventKinds.includes(record.kind) && isDate(record.at) &&
    isDate(record.expiresAt) &&
    isOptional(record.device, "object") && isOptional(record.network, "string") &&
    isOptional(record.by, "string") && typeof record.facts === "object" && record.facts !== null &&
    Number.isInteger(record.n) && Array.isArray(record.after) &&
    record.after.every(isPredecessor) && typeof record.mac === "string";
  return isValid ? record : null;
}

/** An event as its person reads it in a file or by the API. */
export function publicEvent({ id, kind, at, device, network, facts, by }: AccountEvent) {
  return {
    id,
    kind,
    at: at.toISOString(),
    browser: device?.browser ?? null,
    system: device?.system ?? null,
    network,
    facts,
    by: by === null ? "user" : by === "command" ? "command" : "administrator",
  } as const;
}

function isPredecessor(value: unknown): boolean {
  const { n, id, mac } = (value ?? {}) as Predecessor;
  return Number.isInteger(n) && typeof id === "string" && typeof mac === "string";
}

function isOptional(value: unknown, type: "object" | "string"): boolean {
  return value === null || typeof value === type;
}
