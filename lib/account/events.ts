import { encodeBase64Url } from "../login/bytes.ts";
import type { Keyring } from "../login/keyring.ts";
import type { Kv } from "../kv/kv.ts";
import type { Write } from "../kv/write.ts";
import { type Clock, isDate } from "../time.ts";
import {
  type AccountEvent,
  type EventKind,
  eventKinds,
  type EventRecord,
  type NewEvent,
  readEvent,
  signedText,
} from "./event.ts";
import { Ulids } from "./ulid.ts";

/** More than happen at the same moment: a new event names those among them that none names yet. */
const RECENT = 8;
const MAC_BYTES = 24;
/** Of each user. */
export const MAX_EVENTS = 1000;
/** More than one: events at the same moment may have left more. */
const MAX_DROPPED_AT_ONCE = 4;
const MAX_DELETES_PER_COMMIT = 100;
const MAX_BATCH = 100;
/** How many events of the site one page looks at. */
const MAX_SCANNED = 200;

interface EventsPage {
  /** The newest first. */
  readonly events: readonly AccountEvent[];
  /** Where the next page goes on; null on the last one. */
  readonly after: string | null;
}

/** An event of some user. */
export interface SiteEvent {
  readonly userId: string;
  readonly event: AccountEvent;
}

interface SiteEventsPage {
  /** The newest first. */
  readonly events: readonly SiteEvent[];
  /** Where the next page goes on; null on the last one. */
  readonly after: string | null;
}

interface ListedEvent {
  readonly v: 1;
  readonly kind: EventKind;
  readonly expiresAt: Date;
}

/**
 * The security timeline of each account: `["event", userId, ULID]`, written in the commit of its
 * cause; and `["event_by_time", ULID, userId]` for all accounts, but for logins, so that a login
 * writes no more than one. Each event names the events before it by their keyed digests. Logins at the same moment
 * name the same one, and wait for nobody.
 */
export class Events {
  readonly #kv: Kv;
  readonly #keyring: Keyring;
  readonly #now: Clock;
  readonly #keepFor: number;
  readonly #ulids: Ulids;

  /** @param keepFor In milliseconds. */
  constructor(kv: Kv, keyring: Keyring, now: Clock, keepFor: number) {
    this.#kv = kv;
    this.#keyring = keyring;
    this.#now = now;
    this.#keepFor = keepFor;
    this.#ulids = new Ulids(now);
  }

  /** The records of an event, for the commit of its cause: the event itself first. */
  async records(
    userId: string,
    { kind, device = null, network = null, facts = {}, by = null }: NewEvent,
  ): Promise<[Write, ...Write[]]> {
    const recent = await this.#recent(userId);
    const n = 1 + Math.max(0, ...recent.map((it) => it.n));
    if (n > MAX_EVENTS) await this.#dropOldest(userId, n - MAX_EVENTS);
    const named = new Set(recent.flatMap(({ after }) => after.map(({ id }) => id)));
    const at = this.#now();
    const event = {
      ...{ v: 1, id: this.#ulids.next(), kind, at, device, network, facts, by, n } as const,
      after: recent.filter(({ id }) => !named.has(id)).map(({ n, id, mac }) => ({ n, id, mac })),
      expiresAt: new Date(at.getTime() + this.#keepFor),
    };
    const { id, ...record } = event;
    const value: EventRecord = { ...record, mac: this.macsOf(userId, event)[0] };
    const expireIn = this.#keepFor;
    const listed: ListedEvent = { v: 1, kind, expiresAt: event.expiresAt };
    return [
      { key: ["event", userId, id], value, expireIn },
      ...kind === "logged_in" ? [] : [{ key: listKey(id, userId), value: listed, expireIn }],
    ];
  }

  /** The digests of an event under each key, the newest first. */
  macsOf(userId: string, event: Parameters<typeof signedText>[1]): [string, ...string[]] {
    const macs = this.#keyring.macs("event", signedText(userId, event));
    return macs.map((mac) => encodeBase64Url(mac.subarray(0, MAC_BYTES))) as [string, ...string[]];
  }

  /** A page of a user's events, the newest first: of one kind, or all; older than `after`. */
  async list(
    userId: string,
    { kind, after, limit }: {
      readonly kind?: EventKind | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    },
  ): Promise<EventsPage> {
    const events: AccountEvent[] = [];
    const prefix = ["event", userId];
    const selector = after === undefined
      ? { prefix }
      : { start: [...prefix, ""], end: [...prefix, after] };
    const now = this.#now();
    const batchSize = Math.min(limit + 1, MAX_BATCH);
    for await (const entry of this.#kv.list(selector, { reverse: true, batchSize })) {
      const record = readEvent(entry.value);
      if (!record || record.expiresAt <= now) continue;
      if (kind !== undefined && record.kind !== kind) continue;
      if (events.length === limit) return { events, after: events.at(-1)?.id ?? null };
      events.push(toEvent(String(entry.key[2]), record));
    }
    return { events, after: null };
  }

  /**
   * A page of what happened on the site, the newest first, but for logins: of one kind, or all. It
   * looks at a bounded number of events, so a page of a rare kind may be empty and still go on.
   */
  async listAll(
    { kind, after, limit }: {
      readonly kind?: EventKind | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    },
  ): Promise<SiteEventsPage> {
    const prefix = ["event_by_time"];
    const selector = after === undefined ? { prefix } : { prefix, end: [...prefix, after] };
    const options = { reverse: true, limit: MAX_SCANNED, batchSize: MAX_SCANNED };
    const found: SiteEvent[] = [];
    let scanned = 0;
    for await (const { key, value } of this.#kv.list(selector, options)) {
      scanned++;
      const [, id, userId] = key.map(String) as [string, string, string];
      if (kind === undefined || readListedEvent(value)?.kind === kind) {
        const record = readEvent((await this.#kv.get(["event", userId, id])).value);
        if (record && record.expiresAt > this.#now()) {
          found.push({ userId, event: toEvent(id, record) });
        }
      }
      if (found.length === limit || scanned === MAX_SCANNED) return { events: found, after: id };
    }
    return { events: found, after: null };
  }

  /**
   * Removes all events of a user, in the commit that deletes the account: the newest in it, and
   * before it those for which it has no room.
   */
  async removeAll(operation: Deno.AtomicOperation, userId: string): Promise<void> {
    const keys = (await Array.fromAsync(this.#kv.list({ prefix: ["event", userId] })))
      .map(({ key }) => key);
    while (keys.length > MAX_DELETES_PER_COMMIT) {
      const earlier = this.#kv.atomic();
      for (const key of keys.splice(0, MAX_DELETES_PER_COMMIT)) deleteEvent(earlier, key);
      await earlier.commit();
    }
    for (const key of keys) deleteEvent(operation, key);
  }

  /** The newest events, the newest first. */
  async #recent(userId: string): Promise<(EventRecord & { id: string })[]> {
    const recent = this.#kv.list(
      { prefix: ["event", userId] },
      { reverse: true, limit: RECENT, batchSize: RECENT },
    );
    return (await Array.fromAsync(recent)).flatMap(({ key, value }) => {
      const record = readEvent(value);
      return record ? [{ ...record, id: String(key[2]) }] : [];
    });
  }

  /** Deletes the oldest events, up to the `n` of the last one that goes. */
  async #dropOldest(userId: string, lastN: number): Promise<void> {
    const oldest = this.#kv.list(
      { prefix: ["event", userId] },
      { limit: MAX_DROPPED_AT_ONCE, batchSize: MAX_DROPPED_AT_ONCE },
    );
    const operation = this.#kv.atomic();
    for await (const { key, value } of oldest) {
      if ((readEvent(value)?.n ?? 0) <= lastN) deleteEvent(operation, key);
    }
    await operation.commit();
  }
}

/** The list of the events of all users. */
function listKey(id: string, userId: string): string[] {
  return ["event_by_time", id, userId];
}

function deleteEvent(operation: Deno.AtomicOperation, key: Deno.KvKey): void {
  const [, userId, id] = key.map(String) as [string, string, string];
  operation.delete(key).delete(listKey(id, userId));
}

/** Reads an entry of the list; null when it is corrupt. */
export function readListedEvent(value: unknown): ListedEvent | null {
  const record = value as ListedEvent | null;
  const isValid = record?.v === 1 && eventKinds.includes(record.kind) && isDate(record.expiresAt);
  return isValid ? record : null;
}

function toEvent(id: string, { kind, at, device, network, facts, by }: EventRecord): AccountEvent {
  return { id, kind, at, device, network, facts, by };
}
