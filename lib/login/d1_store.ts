/**
 * Sessions in Cloudflare D1.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
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
import { keyText } from "./stored_text.ts";

/** The SQL of the table that {@link d1Store} needs: put it into a migration. */
export const d1Schema: string = schema;

/** A prepared statement of D1. */
export interface D1StatementLike {
  /** As `D1PreparedStatement.bind`. */
  bind(...parameters: (string | number | null)[]): D1StatementLike;
  /** As `D1PreparedStatement.all`. */
  all(): Promise<{ readonly results: readonly unknown[] }>;
}

/** The part of a D1 database that the store calls. */
export interface D1Like {
  /** As `D1Database.prepare`. */
  prepare(sql: string): D1StatementLike;
  /** As `D1Database.batch`: all statements happen, or none. */
  batch(statements: D1StatementLike[]): Promise<unknown>;
}

/** Fails the batch when a record has another version: malformed JSON is an error of SQLite. */
const check = "SELECT iif((SELECT version FROM login_records WHERE key = ?) IS ?, 1, json('{'))";

/**
 * Keeps sessions in Cloudflare D1, in the table of {@link d1Schema}.
 *
 * Every read asks the database itself, never a replica: give it the binding, not a D1 session.
 *
 * @param database The binding, such as `env.DB`.
 * @param now Tells the time, by which records past their `expireIn` are deleted.
 * @throws {TypeError} When these are something else, such as a binding that is not configured.
 */
export function d1Store(database: D1Like, now: Clock): SessionStore {
  const binding = "a binding of D1, such as env.DB; is it in the configuration of the Worker?";
  checkDatabase(database, ["prepare", "batch"], binding);
  checkClock(now);
  const prepare = ([sql, ...parameters]: Statement) => database.prepare(sql).bind(...parameters);

  async function records(statement: Statement): Promise<StoredRecord[]> {
    const { results } = await prepare(statement).all();
    return (results as Row[]).map(recordOf);
  }

  return {
    async get(key: StoreKey) {
      const [record] = await records(selectOne(key));
      return record ?? { key, value: undefined, version: null };
    },

    list: (prefix: StoreKey) => records(selectBelow(prefix)),

    async commit({ check: checks = [], set = [], delete: deleted = [] }: StoreChange) {
      try {
        await database.batch([
          ...checks.map(({ key, version }) => database.prepare(check).bind(keyText(key), version)),
          ...set.map((write) => prepare(upsert(write, now))),
          ...deleted.map((key) => prepare(deleteOne(key))),
          prepare(deleteExpired(now)),
        ]);
        return true;
      } catch (error) {
        if (error instanceof Error && error.message.includes("malformed JSON")) return false;
        throw error;
      }
    },
  };
}
