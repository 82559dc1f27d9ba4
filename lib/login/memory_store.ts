/**
 * Sessions in the memory of one process.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { SessionStore, StoreChange, StoredRecord, StoreKey } from "./store.ts";
import { checkClock } from "./store_checks.ts";

/**
 * Keeps sessions in the memory of this process: for tests, examples and a single small server that
 * may forget everybody when it restarts.
 *
 * @param now Tells the time, by which records past their `expireIn` are dropped.
 * @throws {TypeError} When it does not.
 */
export function memoryStore(now: Clock): SessionStore {
  checkClock(now);
  const kept = new Map<string, { record: StoredRecord; until: number }>();
  let writes = 0;

  /** Frees what is past its time, every now and then. */
  function sweep(): void {
    for (const [name, { until }] of kept) if (until <= now().getTime()) kept.delete(name);
  }

  function read(key: StoreKey): StoredRecord {
    const held = kept.get(JSON.stringify(key));
    if (!held || held.until <= now().getTime()) return { key, value: undefined, version: null };
    return { ...held.record, value: structuredClone(held.record.value) };
  }

  return {
    get: (key: StoreKey) => Promise.resolve(read(key)),

    list(prefix: StoreKey): Promise<StoredRecord[]> {
      const beginsWith = (key: StoreKey) =>
        key.length > prefix.length && prefix.every((part, i) => key[i] === part);
      const records = [...kept.values()]
        .filter(({ record }) => beginsWith(record.key))
        .map(({ record }) => read(record.key))
        .filter((record) => record.version !== null);
      return Promise.resolve(records);
    },

    commit(change: StoreChange): Promise<boolean> {
      const stale = change.check?.some(({ key, version }) => read(key).version !== version);
      if (stale) return Promise.resolve(false);

      for (const { key, value, expireIn } of change.set ?? []) {
        const record = { key, value: structuredClone(value), version: String(++writes) };
        kept.set(JSON.stringify(key), { record, until: now().getTime() + expireIn });
        if (writes % 1000 === 0) sweep();
      }
      for (const key of change.delete ?? []) kept.delete(JSON.stringify(key));
      return Promise.resolve(true);
    },
  };
}
