import { kvStore, memoryStore, type SessionStore } from "@latchkey/login";
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
  [/comes back equal/, (store) => ({
    get: async (key) => {
      const record = await store.get(key);
      return { ...record, value: record.value && JSON.parse(JSON.stringify(record.value)) };
    },
  })],
  [/begin with all its parts/, (store) => ({ list: (prefix) => store.list(prefix.slice(0, 1)) })],
  [
    /deleted is absent/,
    (store) => ({ commit: ({ delete: _, ...change }) => store.commit(change) }),
  ],
];

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
