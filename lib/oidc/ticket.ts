import { createHash } from "node:crypto";
import { newId, newSecret } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import type { Seal } from "../seal.ts";
import { type Clock, isDate, MINUTE } from "../time.ts";

/** How long a sign-in at a provider may take, in milliseconds. */
export const ticketLifetime = 10 * MINUTE;

/** What is kept of a sign-in, under the digest of a secret that only its browser has. */
export interface TicketRecord {
  readonly v: 1;
  /** What is known so far, as JSON. */
  readonly sealed: Uint8Array<ArrayBuffer>;
  /** A random id of the commit that took it; null while it waits. */
  readonly takenBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What a ticket stands for, and since when. */
export interface FoundTicket<T> {
  /** Names it in forms, and finds nothing. */
  readonly id: string;
  readonly value: T;
  readonly createdAt: Date;
}

/** A ticket, and the secret that finds it again. */
export interface IssuedTicket<T> {
  readonly secret: string;
  readonly ticket: FoundTicket<T>;
}

const secretForm = /^[\w-]{43}$/;

/**
 * The two steps of a sign-in at a provider, each kept once and for ten minutes, sealed:
 * `["oidc_transaction", digest]` until the provider answers, `["proved_identity", digest]` until the
 * person answers a question of ours.
 */
export class Tickets<T> {
  readonly #kind: "oidc_transaction" | "proved_identity";
  readonly #kv: Kv;
  readonly #seal: Seal;
  readonly #now: Clock;

  constructor(kind: "oidc_transaction" | "proved_identity", kv: Kv, seal: Seal, now: Clock) {
    this.#kind = kind;
    this.#kv = kv;
    this.#seal = seal;
    this.#now = now;
  }

  /** Keeps a value; gives the secret that finds it. */
  async issue(value: T): Promise<IssuedTicket<T>> {
    const secret = newSecret();
    const key = this.#keyOf(secret);
    const createdAt = this.#now();
    const record: TicketRecord = {
      v: 1,
      sealed: this.#seal.seal(JSON.stringify(value), key.join(" ")),
      takenBy: null,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + ticketLifetime),
    };
    await this.#kv.atomic().set(key, record, { expireIn: ticketLifetime }).commit();
    return { secret, ticket: { id: key[1], value, createdAt } };
  }

  /** Null when it was taken, ended, or never was. */
  async find(secret: string | undefined): Promise<FoundTicket<T> | null> {
    if (secret === undefined || !secretForm.test(secret)) return null;
    const key = this.#keyOf(secret);
    return this.#open(key, readTicket((await this.#kv.get(key)).value));
  }

  /** As `find`, and of several calls one gets it. */
  async take(secret: string | undefined): Promise<FoundTicket<T> | null> {
    if (secret === undefined || !secretForm.test(secret)) return null;
    const key = this.#keyOf(secret);
    const takenBy = newId();
    let found: FoundTicket<T> | null = null;
    while (true) {
      const entry = await this.#kv.get(key);
      const record = readTicket(entry.value);
      if (record?.takenBy === takenBy) return found; // the commit's answer was lost
      found = this.#open(key, record);
      if (!record || !found) return null;
      const taken: TicketRecord = { ...record, sealed: new Uint8Array(), takenBy };
      const expireIn = record.expiresAt.getTime() - this.#now().getTime();
      const operation = this.#kv.atomic().check(entry).set(key, taken, { expireIn });
      if ((await operation.commit()).ok) return found;
    }
  }

  #open(key: readonly [string, string], record: TicketRecord | null): FoundTicket<T> | null {
    if (!record || record.takenBy !== null || record.expiresAt <= this.#now()) return null;
    const json = this.#seal.open(record.sealed, key.join(" "));
    if (json === null) return null;
    return { id: key[1], value: JSON.parse(json), createdAt: record.createdAt };
  }

  #keyOf(secret: string): readonly [string, string] {
    return [this.#kind, createHash("sha256").update(secret).digest("base64url")];
  }
}

/** Reads a record; null when it is corrupt. */
export function readTicket(value: unknown): TicketRecord | null {
  const record = (value ?? {}) as TicketRecord;
  const isValid = record.v === 1 && record.sealed instanceof Uint8Array &&
    (record.takenBy === null || typeof record.takenBy === "string") &&
    [record.createdAt, record.expiresAt].every(isDate);
  return isValid ? record : null;
}
