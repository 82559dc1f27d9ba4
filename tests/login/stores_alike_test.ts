import { HOUR, type SessionStore, type StoreKey } from "@latchkey/login";
import { kvStore } from "@latchkey/login/kv";
import { memoryStore } from "@latchkey/login/memory";
import { redisStore } from "@latchkey/login/redis";
import { sqliteStore } from "@latchkey/login/sqlite";
import fc from "fast-check";
import { Redis } from "ioredis";
import { deepEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { hasRedis, startRedis } from "../support/redis.ts";

const now = () => new Date();

const part = fc.constantFrom("a", "A", "a,", 'a","b', "a\\", "\0", "é", "{a}", "a*", "");
const key: fc.Arbitrary<StoreKey> = fc.array(part, { minLength: 1, maxLength: 3 });
const name = fc.oneof(fc.constantFrom("$date", "$$date", "$", "__proto__", "toJSON"), fc.string());
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.constantFrom(null, true, 0, -1.5, 2 ** 53),
    fc.date(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 3 }),
  ),
}));
const commit = fc.record({
  /** Keys with the version that was read last, or with the one before it. */
  checks: fc.array(fc.tuple(key, fc.boolean()), { maxLength: 2 }),
  sets: fc.array(fc.tuple(key, value), { maxLength: 3 }),
  deletes: fc.array(key, { maxLength: 2 }),
  listed: key,
});
type Commit = typeof commit extends fc.Arbitrary<infer T> ? T : never;

/** What somebody sees who makes these commits: of versions only whether they count. */
async function observe(store: SessionStore, commits: readonly Commit[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  const former = new Map<string, string | null>();
  for (const { checks, sets, deletes, listed } of commits) {
    const check = await Promise.all(checks.map(async ([key, isCurrent]) => {
      const { version } = await store.get(key);
      const before = former.get(JSON.stringify(key)) ?? null;
      former.set(JSON.stringify(key), version);
      return { key, version: isCurrent ? version : before };
    }));
    const set = sets.map(([key, value]) => ({ key, value, expireIn: HOUR }));
    seen.push(await store.commit({ check, set, delete: deletes }));
    for (const key of [...sets.map(([key]) => key), listed]) {
      seen.push((await store.get(key)).value);
    }
    for (const prefix of [listed, listed.slice(0, 1)]) {
      const records = (await store.list(prefix)).map(({ key, value }) => ({ key, value }));
      seen.push(records.sort((a, b) => JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1));
    }
  }
  return seen;
}

/** Makes the same commits on an empty store and in memory. */
async function compare(withStore: (use: (store: SessionStore) => Promise<void>) => Promise<void>) {
  const commits = fc.array(commit, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(commits, async (made) => {
      const expected = await observe(memoryStore(now), made);
      await withStore(async (store) => deepEqual(await observe(store, made), expected));
    }),
    { numRuns: 100, seed: 17 },
  );
}

Deno.test("SQLite shows the same as memory, whatever the keys, values and checks", async () => {
  await compare(async (use) => {
    const database = new DatabaseSync(":memory:");
    await use(sqliteStore(database, now));
    database.close();
  });
});

Deno.test("Redis shows the same as memory, whatever the keys, values and checks", {
  ignore: !hasRedis,
}, async () => {
  await using server = await startRedis();
  const client = new Redis(server.path);
  const ended = new Promise((resolve) => client.once("end", resolve));
  await compare(async (use) => {
    await client.flushall();
    await use(redisStore(client));
  });
  await client.quit();
  await ended;
});

Deno.test("Deno KV shows the same as memory, whatever the keys, values and checks", async () => {
  await compare(async (use) => {
    using kv = await Deno.openKv(":memory:");
    await use(kvStore(kv));
  });
});
