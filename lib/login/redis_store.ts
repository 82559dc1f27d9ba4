/**
 * Sessions in Redis, by `ioredis` or `redis`.
 *
 * @module
 */

import { MINUTE } from "./clock.ts";
import type { SessionStore, StoreChange, StoredRecord, StoreKey } from "./store.ts";
import { checkDatabase } from "./store_checks.ts";
import { keyOfText, keyText, valueOfText, valueText } from "./stored_text.ts";

/** A client of `ioredis`, or one of `redis` (node-redis): what the store calls of it. */
export type RedisLike =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> };

/** A record is its version, of this length, and its value. */
const VERSION_LENGTH = 36;
/** For this long the store knows that a commit was made, in milliseconds. */
const knownFor = MINUTE;

/**
 * Below each prefix of a key an index lists the keys, by their end: a sorted set, which ends with
 * the last of them.
 *
 * A client that lost the connection sends a commit again. Its checks would fail then, because of
 * its own writes: a mark tells that it was made. The mark comes last, because a Redis that is full
 * refuses it unless something was deleted before: sessions can still be ended.
 */
const commitScript = `
if redis.call("EXISTS", KEYS[1]) == 1 then return 1 end
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
if #change.checks > 0 and #change.writes + #change.deletes > 0 then
  redis.call("SET", KEYS[1], "", "PX", ${knownFor})
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
 * a replica may still show a session that has ended. What Redis loses in a crash or a failover is
 * lost here too, and a logout among it is undone: `appendfsync always` loses nothing on one machine.
 *
 * @param client A connected client without a key prefix of its own.
 * @param site Keys begin with `{site}`. Sites that share a Redis need names of their own: under one
 * name a session of one would count in the other, for the user with the same id.
 * @throws {TypeError} When the client is none, or the name has other characters than letters, digits,
 * `_` and `-`.
 */
export function redisStore(client: RedisLike, site = "login"): SessionStore {
  if (!/^[\w-]+$/.test(site)) {
    throw new TypeError(
      "Cannot use the name of a site: it has other characters than A-Z a-z 0-9 _ -",
    );
  }
  const method = "call" in Object(client) ? "call" : "sendCommand";
  checkDatabase(client, [method], "a client of ioredis or redis: new Redis(url)");
  // One hash tag, so that a cluster keeps all on one node and scripts may use them.
  const recordName = (key: StoreKey) => `{${site}}record:${keyText(key)}`;
  const indexName = (prefix: StoreKey) => `{${site}}index:${keyText(prefix)}`;
  /** The indexes that list a key. */
  const indexNames = (key: StoreKey) => key.slice(1).map((_, i) => indexName(key.slice(0, i + 1)));

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
      const mark = `{${site}}made:${crypto.randomUUID()}`;
      const made = await send("EVAL", commitScript, "1", mark, JSON.stringify(change));
      return Number(made) === 1; // ioredis may be set to give numbers as text
    },
  };
}

function recordOf(key: StoreKey, record: string): StoredRecord {
  const version = record.slice(0, VERSION_LENGTH);
  return { key, value: valueOfText(record.slice(VERSION_LENGTH)), version };
}
