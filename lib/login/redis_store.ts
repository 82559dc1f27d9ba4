/**
 * Sessions in Redis, by `ioredis` or `redis`.
 *
 * @module
 */

import type { SessionStore, StoreChange, StoredRecord, StoreKey } from "./store.ts";
import { keyOfText, keyText, valueOfText, valueText } from "./stored_text.ts";

/** A client of `ioredis`, or one of `redis` (node-redis): what the store calls of it. */
export type RedisLike =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> };

/** All keys have one hash tag, so that a cluster keeps them on one node and scripts may use them. */
const namespace = "{login}";
/** A record is its version, of this length, and its value. */
const VERSION_LENGTH = 36;

/**
 * Below each prefix of a key an index lists the keys, by their end: a sorted set, which ends with
 * the last of them.
 */
const commitScript = `
local change = cjson.decode(ARGV[1])
for _, check in ipairs(change.checks) do
  local found = redis.call("GETRANGE", check.key, 0, ${VERSION_LENGTH - 1})
  if found ~= check.version then return 0 end
end
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, write in ipairs(change.writes) do
  redis.call("SET", write.key, write.record, "PX", write.expireIn)
  for _, index in ipairs(write.indexes) do
    redis.call("ZREMRANGEBYSCORE", index, "-inf", now)
    redis.call("ZADD", index, string.format("%.0f", now + write.expireIn), write.key)
    local last = redis.call("ZRANGE", index, -1, -1, "WITHSCORES")[2]
    redis.call("PEXPIREAT", index, string.format("%.0f", last))
  end
end
for _, deleted in ipairs(change.deletes) do
  redis.call("DEL", deleted.key)
  for _, index in ipairs(deleted.indexes) do redis.call("ZREM", index, deleted.key) end
end
return 1`;

const listScript = `
local found = {}
for _, key in ipairs(redis.call("ZRANGE", KEYS[1], 0, -1)) do
  local record = redis.call("GET", key)
  if record then
    found[#found + 1] = key
    found[#found + 1] = record
  end
end
return found`;

/**
 * Keeps sessions in Redis 6 or later, under keys that begin with `{login}`.
 *
 * Redis must not evict these keys (`maxmemory-policy noeviction`): a user whose session is evicted
 * is logged out. Reads ask the node that the client is connected to: connect it to the primary, for
 * a replica may still show a session that has ended.
 *
 * @param client A connected client without a key prefix of its own.
 */
export function redisStore(client: RedisLike): SessionStore {
  const send = (command: string, ...args: string[]): Promise<unknown> =>
    "call" in client ? client.call(command, ...args) : client.sendCommand([command, ...args]);

  return {
    async get(key: StoreKey): Promise<StoredRecord> {
      const record = await send("GET", recordName(key)) as string | null;
      return record === null ? { key, value: undefined, version: null } : recordOf(key, record);
    },

    async list(prefix: StoreKey): Promise<StoredRecord[]> {
      const found = await send("EVAL", listScript, "1", indexName(prefix)) as string[];
      const records: StoredRecord[] = [];
      for (let i = 0; i < found.length; i += 2) {
        const [name, record] = found.slice(i, i + 2) as [string, string];
        records.push(recordOf(keyOfText(name.slice(recordName([]).length)), record));
      }
      return records;
    },

    async commit({ check = [], set = [], delete: deleted = [] }: StoreChange): Promise<boolean> {
      const change = {
        checks: check.map(({ key, version }) => ({ key: recordName(key), version: version ?? "" })),
        writes: set.map(({ key, value, expireIn }) => ({
          key: recordName(key),
          record: crypto.randomUUID() + valueText(value),
          expireIn: Math.max(1, Math.ceil(expireIn)),
          indexes: indexNames(key),
        })),
        deletes: deleted.map((key) => ({ key: recordName(key), indexes: indexNames(key) })),
      };
      return await send("EVAL", commitScript, "1", namespace, JSON.stringify(change)) === 1;
    },
  };
}

function recordName(key: StoreKey): string {
  return `${namespace}record:${keyText(key)}`;
}

function indexName(prefix: StoreKey): string {
  return `${namespace}index:${keyText(prefix)}`;
}

/** The indexes that list a key. */
function indexNames(key: StoreKey): string[] {
  return key.slice(1).map((_, i) => indexName(key.slice(0, i + 1)));
}

function recordOf(key: StoreKey, record: string): StoredRecord {
  const version = record.slice(0, VERSION_LENGTH);
  return { key, value: valueOfText(record.slice(VERSION_LENGTH)), version };
}
