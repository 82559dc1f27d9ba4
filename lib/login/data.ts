import { timingSafeEqual, utf8 } from "./bytes.ts";
import { type Clock, isDate } from "./clock.ts";
import { isText, readSession, type RecordToRead, type Session } from "./session.ts";
import type { SessionStore, StoreChange, StoredRecord, StoreKey } from "./store.ts";
import { digestToken, type Token } from "./token.ts";

/** Data of a session, such as a cart or a language, kept as JSON. */
export type Data = Readonly<Record<string, unknown>>;

/** The limit for one session, in bytes of JSON. */
const MAX_DATA_BYTES = 16 * 1024;
/** Give up after this many write conflicts: twenty parallel updates conflict with each other. */
const MAX_CONFLICTS = 100;

/** Whose data it is: a session's, or a guest's, who is not logged in. */
export type DataOwner =
  | {
    readonly kind: "session";
    readonly userId: string;
    readonly id: string;
    readonly expiresAt: Date;
  }
  | { readonly kind: "guest"; readonly token: Token; readonly expiresAt: Date };

/** The owner of a session's data. */
export function sessionDataOwner(session: Pick<Session, "userId" | "id" | "expiresAt">): DataOwner {
  const { userId, id, expiresAt } = session;
  return { kind: "session", userId, id, expiresAt };
}

/** The owner of a guest's data. */
export function guestDataOwner(token: Token, expiresAt: Date): DataOwner {
  return { kind: "guest", token, expiresAt };
}

interface Read {
  /** Null when there is none, it is expired, or it is not the owner's. */
  readonly data: Data | null;
  readonly version: string | null;
}

/** Session data, kept under `["session_data", id]`. */
export class SessionData {
  readonly #store: SessionStore;
  readonly #now: Clock;

  constructor(store: SessionStore, now: Clock) {
    this.#store = store;
    this.#now = now;
  }

  /** Reads the data; null when there is none, or the guest's token does not prove it. */
  async read(owner: DataOwner): Promise<Data | null> {
    return (await this.#read(owner)).data;
  }

  /**
   * Replaces the data by the result of `change`, which is called again on newer data after a write
   * conflict: parallel updates lose nothing.
   *
   * @throws {RangeError} When the result is more than 16 KiB of JSON.
   */
  async update(owner: DataOwner, change: (data: Data) => Data): Promise<Data> {
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      const before = await this.#read(owner);
      const text = JSON.stringify(change(before.data ?? {}));
      const bytes = utf8(text).length;
      if (bytes > MAX_DATA_BYTES) {
        throw new RangeError(
          `Cannot keep session data: ${bytes} bytes are more than ${MAX_DATA_BYTES}`,
        );
      }
      const data: Data = JSON.parse(text);
      const check = [
        { key: dataKey(owner), version: before.version },
        ...await this.#aliveChecks(owner),
      ];
      if (await this.#store.commit({ check, set: [this.#dataWrite(owner, data)] })) {
        return data;
      }
    }
    throw new Error("Cannot update session data: it keeps changing");
  }

  /** The check that a session is not over: its data would outlive it. */
  async #aliveChecks(owner: DataOwner): Promise<StoredRecord[]> {
    if (owner.kind === "guest") return [];
    const record = await this.#store.get(["session", owner.userId, owner.id]);
    if (readSession(record)?.successor !== null) {
      throw new Error("Cannot keep session data: the session is over");
    }
    return [record];
  }

  /** The change that moves the data to the session of a login. */
  async moveChange(from: DataOwner, to: DataOwner): Promise<StoreChange> {
    const { data, version } = await this.#read(from);
    // Checked also when there is none: a parallel first update must not be left behind.
    if (!data) return { check: [{ key: dataKey(from), version }] };
    const key = dataKey(from);
    return { check: [{ key, version }], set: [this.#dataWrite(to, data)], delete: [key] };
  }

  /** The change that deletes an owner's data. */
  async deleteChange(owner: DataOwner): Promise<StoreChange> {
    return (await this.#read(owner)).data ? { delete: [dataKey(owner)] } : {};
  }

  async #read(owner: DataOwner): Promise<Read> {
    const digest = owner.kind === "guest" ? digestToken("guest", owner.token) : null;
    const record = await this.#store.get(dataKey(owner));
    const stored = readStoredData(record);
    const living = stored !== null && this.#now() < stored.expiresAt;
    const theirs = digest === null || timingSafeEqual(stored?.secretDigest ?? "", digest);
    return { data: living && theirs ? stored.data : null, version: record.version };
  }

  #dataWrite(owner: DataOwner, data: Data) {
    const { expiresAt } = owner;
    const secretDigest = owner.kind === "guest" ? digestToken("guest", owner.token) : null;
    const value: StoredData = { v: 1, data, secretDigest, expiresAt };
    return { key: dataKey(owner), value, expireIn: expiresAt.getTime() - this.#now().getTime() };
  }
}

interface StoredData {
  readonly v: 1;
  readonly data: Data;
  /** SHA-256 of a guest's token; null for a session's data, which the session proves. */
  readonly secretDigest: string | null;
  readonly expiresAt: Date;
}

/** Reads stored data; null when the record is corrupt or of an unknown version. */
export function readStoredData({ value }: RecordToRead): StoredData | null {
  const stored = (value ?? {}) as Partial<StoredData>;
  const sound = stored.v === 1 && isDate(stored.expiresAt) && isObject(stored.data) &&
    (stored.secretDigest === null || isText(stored.secretDigest));
  return sound ? stored as StoredData : null;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function dataKey(owner: DataOwner): StoreKey {
  return ["session_data", owner.kind === "session" ? owner.id : owner.token.id];
}
