/** Names a record, from the general to the particular: `["session", userId, id]`. */
export type StoreKey = readonly string[];

/** A record as it was read. */
export interface StoredRecord {
  /** The record's name. */
  readonly key: StoreKey;
  /** What was stored, equal to what `structuredClone` makes of it. */
  readonly value: unknown;
  /** Changes with every write of this key; null when there is no record. */
  readonly version: string | null;
}

/** A record to write. */
export interface StoreWrite {
  /** The record's name. */
  readonly key: StoreKey;
  /** The record. */
  readonly value: unknown;
  /**
   * After this many milliseconds the store may drop the record. That only cleans up: every reader
   * judges a record by the dates in it.
   */
  readonly expireIn: number;
}

/** Writes that happen together or not at all. */
export interface StoreChange {
  /** Nothing is written unless each of these keys still has this version (null: no record). */
  readonly check?: readonly { readonly key: StoreKey; readonly version: string | null }[];
  /** Records to write. */
  readonly set?: readonly StoreWrite[];
  /** Records to delete; one that is not there is no error. */
  readonly delete?: readonly StoreKey[];
}

/**
 * Where sessions live: named, versioned records in any database with a conditional write.
 *
 * Values hold text, numbers, booleans, null, dates, arrays and plain objects. A store that cannot
 * be reached throws its own error: the request then fails, and nobody is logged in or out by it.
 *
 * `storeContract` in `@latchkey/login/testing` checks an implementation of your own.
 */
export interface SessionStore {
  /** Reads one record; `version` is null and `value` undefined when there is none. */
  get(key: StoreKey): Promise<StoredRecord>;
  /** Reads every record whose key begins with these parts and has at least one more. */
  list(prefix: StoreKey): Promise<StoredRecord[]>;
  /** Makes the change; false, and nothing written, when a checked version has moved on. */
  commit(change: StoreChange): Promise<boolean>;
}

/** Several changes as one. */
export function mergeChanges(...changes: readonly StoreChange[]): StoreChange {
  return {
    check: changes.flatMap((change) => change.check ?? []),
    set: changes.flatMap((change) => change.set ?? []),
    delete: changes.flatMap((change) => change.delete ?? []),
  };
}

/** So many records are deleted in one commit: a store takes only so much at once. */
const MAX_DELETES_PER_COMMIT = 100;

/** Deletes records, in commits that a store can take. */
export async function deleteAll(store: SessionStore, keys: readonly StoreKey[]): Promise<void> {
  for (let i = 0; i < keys.length; i += MAX_DELETES_PER_COMMIT) {
    await store.commit({ delete: keys.slice(i, i + MAX_DELETES_PER_COMMIT) });
  }
}
