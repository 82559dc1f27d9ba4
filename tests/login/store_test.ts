import type { SessionStore, StoreChange, StoreKey } from "@latchkey/login";
import { kvStore } from "@latchkey/login/kv";
import { memoryStore } from "@latchkey/login/memory";
import { storeContract } from "@latchkey/login/testing";
import { equal, rejects } from "node:assert/strict";
import { Kv } from "../../lib/kv/kv.ts";
import { TIMEOUT } from "../support/timeouts.ts";

const memory = () => memoryStore(() => new Date());

Deno.test("the store in memory keeps the contract", () => storeContract(memory()));

Deno.test("the store over Deno KV keeps the contract, bare and behind the app's door", async () => {
  using bare = await Deno.openKv(":memory:");
  await storeContract(kvStore(bare));
  using behind = await Deno.openKv(":memory:");
  await storeContract(kvStore(new Kv(behind, { deadline: TIMEOUT })));
});

const faults: [rule: RegExp, breakIt: (store: SessionStore) => Partial<SessionStore>][] = [
  [
    /a failed check|fails as absent/,
    (store) => ({ commit: ({ check: _, ...change }) => store.commit(change) }),
  ],
  [
    /has no version/,
    (store) => ({ get: async (key) => ({ ...await store.get(key), version: "1" }) }),
  ],
  [/a date comes back as a date; JSON makes text of it/, (store) => ({
    get: async (key) => {
      const record = await store.get(key);
      return { ...record, value: record.value && JSON.parse(JSON.stringify(record.value)) };
    },
  })],
  [/a list of "github" has the keys/, (store) => withKeys(store, (key) => [key.join(":")])],
  [/the key of "github" is its own/, (store) => withKeys(store, (key) => key.map(lowerCase))],
  [
    /the key of|has the keys/,
    (store) => withKeys(store, (key) => key.map((it) => it.replace(/[^\w]/g, ""))),
  ],
  [/a version never comes back after a delete/, (store) => withoutMemory(store)],
  [/each of several checks counts/, (store) => ({
    commit: ({ check = [], ...change }) => store.commit({ check: check.slice(0, 1), ...change }),
  })],
  // As setTimeout does, which fires at once.
  [/expireIn takes 400 days/, (store) => ({
    commit: ({ set = [], ...change }) =>
      store.commit({
        ...change,
        set: set.map((it) => ({ ...it, expireIn: it.expireIn < 2 ** 31 ? it.expireIn : 0 })),
      }),
  })],
  [/begin with all its parts/, (store) => ({ list: (prefix) => store.list(prefix.slice(0, 1)) })],
  [
    /deleted is absent/,
    (store) => ({ commit: ({ delete: _, ...change }) => store.commit(change) }),
  ],
  [/a date keeps its milliseconds/, (store) =>
    withValues(store, (value) => {
      const { at } = value as { at?: Date };
      return at ? { ...value, at: new Date(Math.floor(at.getTime() / 1000) * 1000) } : value;
    })],
  [/a value of 32 KiB comes back whole/, (store) =>
    withValues(store, (value) => {
      const { text } = value as { text?: string };
      return text ? { ...value, text: text.slice(0, 8000) } : value;
    })],
  // As DynamoDB did.
  [/one commit writes and deletes, 100 records/, (store) => ({
    commit: ({ delete: deleted = [], ...change }) =>
      store.commit({ ...change, delete: deleted.slice(0, 25) }),
  })],
  // As MySQL compares.
  [/the key of "github" is its own; encode/, (store) => withKeys(store, (key) => key.map(trimmed))],
  [/a list of "github_" has the keys/, (store) => ({
    list: async ([kind = "", ...rest]) => {
      const like = new RegExp(`^${rest.map((it) => RegExp.escape(it).replaceAll("_", "."))}$`);
      return (await store.list([kind])).filter(({ key }) =>
        rest.length === 0 || like.test(key[1] ?? "")
      );
    },
  })],
  // As SELECT … FOR UPDATE, which locks the rows that it finds.
  [
    /that check that there is no record, one is done/,
    (store) =>
      withEarlyChecks(store, (change) => {
        return change.check?.filter(({ version }) => version === null);
      }),
  ],
  [/that check one version, one is done/, (store) =>
    withEarlyChecks(store, (change) => {
      return change.check?.filter(({ version }) => version !== null);
    })],
  // As snapshots of a database, which conflict only where both write.
  [
    /that check two records and write one of them, one is done/,
    (store) =>
      withEarlyChecks(store, (change) => {
        const written = change.set?.map(({ key }) => key.join()) ?? [];
        return change.check?.filter(({ key }) => !written.includes(key.join()));
      }),
  ],
];

type Value = Record<string, unknown>;

/** A store that keeps other values than it was given. */
function withValues(store: SessionStore, keep: (value: Value) => Value): Partial<SessionStore> {
  return {
    commit: ({ set = [], ...change }) =>
      store.commit({
        ...change,
        set: set.map((it) => ({ ...it, value: keep(it.value as Value) })),
      }),
  };
}

/** A store that makes some checks of a commit first, and not in its transaction. */
function withEarlyChecks(
  store: SessionStore,
  early: (change: StoreChange) => StoreChange["check"],
): Partial<SessionStore> {
  return {
    commit: async (change) => {
      const checks = early(change) ?? [];
      const records = await Promise.all(checks.map(({ key }) => store.get(key)));
      if (records.some(({ version }, i) => version !== checks[i]?.version)) return false;
      return await store.commit({
        ...change,
        check: change.check?.filter((it) => !checks.includes(it)) ?? [],
      });
    },
  };
}

const trimmed = (part: string) => part.trimEnd();

const lowerCase = (part: string) => part.toLowerCase();

/** A store that writes its keys in another way. */
function withKeys(store: SessionStore, encode: (key: StoreKey) => StoreKey): SessionStore {
  const names = new Map<string, StoreKey>();
  const coded = (key: StoreKey) => {
    const code = encode(key);
    names.set(code.join("\0"), key);
    return code;
  };
  const nameOf = (code: StoreKey) => names.get(code.join("\0")) ?? code;
  return {
    get: async (key) => ({ ...await store.get(coded(key)), key }),
    // One text that begins with the other: what LIKE 'prefix%' does in SQL.
    list: async (prefix) => {
      const start = encode(prefix).join("\0");
      const all = await Promise.all([...names.keys()].map((code) => store.get(code.split("\0"))));
      return all.filter(({ key, version }) =>
        version !== null && key.join("\0").startsWith(start) && key.join("\0") !== start
      ).map((record) => ({ ...record, key: nameOf(record.key) }));
    },
    commit: ({ check = [], set = [], delete: deleted = [] }) =>
      store.commit({
        check: check.map((it) => ({ ...it, key: coded(it.key) })),
        set: set.map((it) => ({ ...it, key: coded(it.key) })),
        delete: deleted.map(coded),
      }),
  };
}

/** A store that counts the writes of each record, and begins anew after a delete. */
function withoutMemory(store: SessionStore): SessionStore {
  const writes = new Map<string, number>();
  const versionOf = (key: StoreKey) => {
    const count = writes.get(key.join("/"));
    return count === undefined ? null : String(count);
  };
  return {
    get: async (key) => ({ ...await store.get(key), version: versionOf(key) }),
    list: async (prefix) =>
      (await store.list(prefix)).map((it) => ({ ...it, version: versionOf(it.key) })),
    commit: async ({ check = [], ...change }) => {
      if (check.some(({ key, version }) => versionOf(key) !== version)) return false;
      for (const { key } of change.set ?? []) {
        writes.set(key.join("/"), (writes.get(key.join("/")) ?? 0) + 1);
      }
      for (const key of change.delete ?? []) writes.delete(key.join("/"));
      return await store.commit(change);
    },
  };
}

for (const [rule, breakIt] of faults) {
  Deno.test(`the contract notices a store that breaks ${rule}`, async () => {
    const store = memory();
    await rejects(storeContract({ ...store, ...breakIt(store) }), rule);
  });
}

Deno.test("the store in memory drops what was to be kept no longer", async () => {
  let time = 0;
  const store = memoryStore(() => new Date(time));
  await store.commit({ set: [{ key: ["session", "1", "a"], value: 1, expireIn: 1000 }] });
  time = 999;
  equal((await store.get(["session", "1", "a"])).value, 1);
  time = 1000;
  equal((await store.get(["session", "1", "a"])).version, null);
  equal((await store.list(["session", "1"])).length, 0);
});

Deno.test("the store in memory frees what is past its time", async () => {
  let time = 0;
  const store = memoryStore(() => new Date(time));
  const write = (i: number) =>
    store.commit({ set: [{ key: ["session", "1", String(i)], value: 1, expireIn: 1000 }] });
  for (let i = 0; i < 1500; i++) await write(i);
  time = 5000;
  for (let i = 1500; i < 2001; i++) await write(i);
  time = 0; // what was freed does not come back
  equal((await store.list(["session", "1"])).length <= 501, true);
});
