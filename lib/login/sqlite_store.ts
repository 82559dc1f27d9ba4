/**
 * Sessions in SQLite, by better-sqlite3, `node:sqlite` or `bun:sqlite`.
 *
 * @module
 */

import { type Clock, SECOND } from "./clock.ts";
import {
  deleteExpired,
  deleteOne,
  recordOf,
  type Row,
  schema,
  selectBelow,
  selectOne,
  type Statement,
  upsert,
} from "./sql_records.ts";
import type { SessionStore, StoreChange, StoredRecord, StoreKey } from "./store.ts";
import { checkClock, checkDatabase } from "./store_checks.ts";

/** The part of an SQLite database that the store calls. */
export interface SqliteLike {
  /** Runs statements without parameters. */
  exec(sql: string): unknown;
  /** Prepares a statement. */
  prepare(sql: string): {
    /** Runs it. */
    run(...parameters: (string | number)[]): unknown;
    /** Runs it and gives all rows. */
    all(...parameters: (string | number)[]): unknown[];
  };
}

/** Sessions in SQLite, whose changes can be part of your own transactions. */
export interface SqliteStore extends SessionStore {
  /**
   * Makes a change inside of a transaction that you have begun; false, and nothing written, when a
   * checked version has moved on. When it throws, roll back.
   */
  apply(change: StoreChange): boolean;
}

/** Another process that writes to the same file is waited for so long, in milliseconds. */
const waitFor = 5 * SECOND;

/**
 * Keeps sessions in SQLite, in the table `login_records`, which it creates.
 *
 * Each call blocks until it is done. Do not keep a transaction of your own open over an `await` on
 * the same database. Where several processes have the same file open, a write waits for the others:
 * up to 5 seconds, unless the database was opened with another `timeout`.
 *
 * @param database An open database.
 * @param now Tells the time, by which records past their `expireIn` are deleted.
 * @throws {TypeError} When these are something else, such as the path of a file.
 * @throws {Error} As the database does, such as when its file cannot be written.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DatabaseSync } from "node:sqlite";
 * import { sqliteStore } from "@latchkey/login/sqlite";
 *
 * const database = new DatabaseSync(":memory:");
 * const store = sqliteStore(database, () => new Date());
 * assert.deepEqual(await store.list(["session", "ann"]), []);
 * database.close();
 * ```
 */
export function sqliteStore(database: SqliteLike, now: Clock): SqliteStore {
  checkDatabase(database, ["exec", "prepare"], 'an open database: new Database("login.db")');
  checkClock(now);
  waitForOthers(database);
  database.exec(schema);

  function rows([sql, ...parameters]: Statement): Row[] {
    return database.prepare(sql).all(...parameters) as Row[];
  }

  function run([sql, ...parameters]: Statement): void {
    database.prepare(sql).run(...parameters);
  }

  function apply({ check = [], set = [], delete: deleted = [] }: StoreChange): boolean {
    for (const { key, version } of check) {
      if ((rows(selectOne(key))[0]?.version ?? null) !== version) return false;
    }
    for (const write of set) run(upsert(write, now));
    for (const key of deleted) run(deleteOne(key));
    run(deleteExpired(now));
    return true;
  }

  function commit(change: StoreChange): boolean {
    database.exec("BEGIN IMMEDIATE"); // takes the lock before the checks, not after them
    try {
      const done = apply(change);
      database.exec(done ? "COMMIT" : "ROLLBACK");
      return done;
    } catch (error) {
      rollBack();
      throw error;
    }
  }

  function rollBack(): void {
    try {
      database.exec("ROLLBACK");
    } catch {
      // After some errors SQLite has done it already.
    }
  }

  return {
    apply,
    get: (key: StoreKey) =>
      promised((): StoredRecord => {
        const row = rows(selectOne(key))[0];
        return row ? recordOf(row) : { key, value: undefined, version: null };
      }),
    list: (prefix: StoreKey) => promised(() => rows(selectBelow(prefix)).map(recordOf)),
    commit: (change: StoreChange) => promised(() => commit(change)),
  };
}

/** By default `node:sqlite` and `bun:sqlite` fail at once while another process writes. */
function waitForOthers(database: SqliteLike): void {
  const [row] = database.prepare("PRAGMA busy_timeout").all() as { timeout: number | bigint }[];
  if (Number(row?.timeout) === 0) database.exec(`PRAGMA busy_timeout = ${waitFor}`);
}

/** What a call gives, as a promise; what it throws rejects. */
function promised<T>(call: () => T): Promise<T> {
  return new Promise((resolve) => resolve(call()));
}
