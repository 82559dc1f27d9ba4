import type { Clock } from "./clock.ts";
import type { StoredRecord, StoreKey, StoreWrite } from "./store.ts";
import { keyOfText, keyText, valueOfText, valueText } from "./stored_text.ts";

// What SQLite and D1 share: one table, and the statements on it.

/** Creates the table, unless it is there. */
export const schema = `
CREATE TABLE IF NOT EXISTS login_records (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  version TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS login_records_by_expiry ON login_records (expires_at);
`;

/** A row of the table. */
export interface Row {
  readonly key: string;
  readonly value: string;
  readonly version: string;
}

/** An SQL statement and its parameters. */
export type Statement = readonly [sql: string, ...parameters: (string | number)[]];

/** Selects one record. */
export function selectOne(key: StoreKey): Statement {
  return ["SELECT key, value, version FROM login_records WHERE key = ?", keyText(key)];
}

/** Selects the records below a prefix. */
export function selectBelow(prefix: StoreKey): Statement {
  const text = keyText(prefix);
  // Only texts that go on behind the comma are between the two: "-" is the character after ",".
  const end = text.slice(0, -1) + "-";
  return [
    "SELECT key, value, version FROM login_records WHERE key > ? AND key < ? ORDER BY key",
    text,
    end,
  ];
}

/** Writes a record, with a version that no record had before. */
export function upsert({ key, value, expireIn }: StoreWrite, now: Clock): Statement {
  const expiresAt = Math.ceil(now().getTime() + expireIn);
  return [
    "INSERT OR REPLACE INTO login_records (key, value, version, expires_at) VALUES (?, ?, ?, ?)",
    keyText(key),
    valueText(value),
    crypto.randomUUID(),
    expiresAt,
  ];
}

/** Deletes a record. */
export function deleteOne(key: StoreKey): Statement {
  return ["DELETE FROM login_records WHERE key = ?", keyText(key)];
}

/** Deletes a few records that are past their time: with every commit, so none stays for ever. */
export function deleteExpired(now: Clock): Statement {
  return [
    "DELETE FROM login_records WHERE key IN " +
    "(SELECT key FROM login_records WHERE expires_at <= ? ORDER BY expires_at LIMIT 20)",
    now().getTime(),
  ];
}

/** The record in a row. */
export function recordOf({ key, value, version }: Row): StoredRecord {
  return { key: keyOfText(key), value: valueOfText(value), version };
}
