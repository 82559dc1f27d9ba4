/**
 * Sessions in Deno KV, by `Deno.openKv` or `@deno/kv`.
 *
 * @module
 */

import type { SessionStore, StoreChange, StoredRecord, StoreKey } from "./store.ts";
import { checkDatabase } from "./store_checks.ts";

/** The part of an atomic operation of Deno KV that a commit needs. */
export interface KvAtomicLike {
  /** As `Deno.AtomicOperation.check`. */
  check(...checks: { key: string[]; versionstamp: string | null }[]): unknown;
  /** As `Deno.AtomicOperation.set`; `expireIn` is in milliseconds. */
  set(key: string[], value: unknown, options: { expireIn: number }): unknown;
  /** As `Deno.AtomicOperation.delete`. */
  delete(key: string[]): unknown;
  /** As `Deno.AtomicOperation.commit`. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** The part of Deno KV that the store calls; a wrapper with deadlines fits as well. */
export interface KvLike {
  /** As `Deno.Kv.get`. */
  get(
    key: string[],
  ): Promise<{ readonly value: unknown; readonly versionstamp: string | null }>;
  /** As `Deno.Kv.list`. */
  list(selector: { prefix: string[] }): AsyncIterable<
    { readonly key: readonly unknown[]; readonly value: unknown; readonly versionstamp: string }
  >;
  /** As `Deno.Kv.atomic`. */
  atomic(): KvAtomicLike;
}

/**
 * Keeps sessions in Deno KV.
 *
 * The records stand under `["session", userId, id]`, `["session_data", id]` and
 * `["remember", userId, seriesId]`. KV shows an expired key for another minute; that is harmless,
 * because expiry is judged by the dates in the record.
 *
 * @param kv An open database, or a wrapper around one.
 * @throws {TypeError} When it is none, such as the promise of one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { kvStore } from "@latchkey/login/kv";
 *
 * using kv = await Deno.openKv(":memory:");
 * const store = kvStore(kv);
 * assert((await store.list(["session", "ann"])).length === 0);
 * ```
 */
export function kvStore(kv: KvLike): SessionStore {
  checkDatabase(kv, ["get", "list", "atomic"], "an open Deno KV: await the call that opens it");
  return {
    async get(key: StoreKey): Promise<StoredRecord> {
      const entry = await kv.get([...key]);
      return { key, value: entry.value ?? undefined, version: entry.versionstamp };
    },

    async list(prefix: StoreKey): Promise<StoredRecord[]> {
      const records: StoredRecord[] = [];
      for await (const entry of kv.list({ prefix: [...prefix] })) {
        const { value, versionstamp } = entry;
        records.push({ key: entry.key as string[], value, version: versionstamp });
      }
      return records;
    },

    async commit(change: StoreChange): Promise<boolean> {
      return (await addToCommit(kv.atomic(), change).commit()).ok;
    },
  };
}

/** Adds a change of the package's records to a commit of your own; see `Login.renew`. */
export function addToCommit<A extends KvAtomicLike>(operation: A, change: StoreChange): A {
  for (const { key, version } of change.check ?? []) {
    operation.check({ key: [...key], versionstamp: version });
  }
  for (const { key, value, expireIn } of change.set ?? []) {
    // KV refuses fractions and negatives.
    operation.set([...key], value, { expireIn: Math.max(1, Math.ceil(expireIn)) });
  }
  for (const key of change.delete ?? []) operation.delete([...key]);
  return operation;
}
