import { DAY, isDate, MINUTE } from "./clock.ts";
import type { SessionStore, StoreKey } from "./store.ts";

/** Ids that a store may confuse, if it joins the parts of a key to one text. */
const oddIds = [
  "github",
  "github:1",
  "github/1",
  "github.1",
  "github%1",
  "GitHub",
  "gïthub",
  "g 1",
];

/**
 * Checks a {@link SessionStore} of your own against every rule that the package relies on.
 *
 * @param store An empty store.
 * @throws {Error} Names the rule that does not hold, and what to do.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@latchkey/login/memory";
 * import { storeContract } from "@latchkey/login/testing";
 *
 * await storeContract(memoryStore(() => new Date()));
 * ```
 */
export async function storeContract(store: SessionStore): Promise<void> {
  await values(store);
  await versions(store);
  await keys(store);
  await races(store);
}

function demand(holds: boolean, rule: string, remedy: string): void {
  if (!holds) throw new Error(`The store breaks a rule: ${rule}; ${remedy}`);
}

function set(key: StoreKey, value: unknown, expireIn = MINUTE) {
  return { set: [{ key, value, expireIn }] };
}

async function values(store: SessionStore): Promise<void> {
  const key = ["session", "values", "1"];
  const at = new Date(1e12);
  const inner = { yes: true, $date: 1 }; // a store that marks dates in JSON may confuse it
  const value = { v: 1, text: "é", none: null, list: [1, "2"], at, inner };

  const absent = await store.get(key);
  const isAbsent = absent.version === null && absent.value === undefined;
  demand(isAbsent, "what is absent has no version and no value", "give null and undefined");
  await store.commit(set(key, value));
  const { value: read } = await store.get(key);
  const readAt = (read as { at?: unknown } | undefined)?.at;
  demand(isDate(readAt), "a date comes back as a date", "JSON makes text of it: revive it");
  demand(isEqual(read, value), "what was stored comes back equal", "store the whole value");
  (read as { inner: { yes: boolean } }).inner.yes = false;
  const again = (await store.get(key)).value;
  demand(isEqual(again, value), "what was read is a copy", "clone what you return");

  await store.commit(set(key, value, 400 * DAY));
  const isKept = (await store.get(key)).version !== null;
  demand(isKept, "expireIn takes 400 days", "it is milliseconds, and does not fit into 32 bits");
  await store.commit({ delete: [key, ["session", "nobody", "0"]] });
  const isGone = (await store.get(key)).version === null;
  demand(isGone, "what was deleted is absent", "delete in the same commit, also what is not there");
}

async function versions(store: SessionStore): Promise<void> {
  const key = ["session", "versions", "1"];
  const other = ["session", "versions", "2"];
  const absent = await store.get(key);
  const created = await store.commit({ check: [absent], ...set(key, 1) });
  demand(created, "a check of what is absent holds", "compare with null");
  const first = await store.get(key);

  const overwrote = await store.commit({ check: [absent], ...set(key, 2) });
  demand(!overwrote, "a check of what is there fails as absent", "compare the versions");
  const unchanged = (await store.get(key)).value;
  demand(unchanged === 1, "a failed check writes nothing", "check and write in one transaction");
  const replaced = await store.commit({ check: [first], ...set(key, 3) });
  demand(
    replaced,
    "a check of the version that was read holds",
    "give get's version back unchanged",
  );
  const second = await store.get(key);
  demand(second.version !== first.version, "a write changes the version", "count every write");

  const deleted = await store.commit({ check: [first], delete: [key] });
  demand(!deleted, "a check of an old version fails", "compare the versions");
  const isThere = (await store.get(key)).version !== null;
  demand(isThere, "a failed check deletes nothing", "check and delete in one transaction");
  const oneFails = await store.commit({
    check: [second, { ...second, key: other }],
    delete: [key],
  });
  demand(!oneFails, "each of several checks counts", "write only when all of them hold");

  await store.commit({ delete: [key] });
  await store.commit(set(key, 1));
  const seen = [first.version, second.version];
  const isNew = !seen.includes((await store.get(key)).version);
  demand(isNew, "a version never comes back after a delete", "do not begin to count anew");
}

async function keys(store: SessionStore): Promise<void> {
  for (const id of oddIds) await store.commit(set(["session", id, "1:1"], id));
  for (const id of oddIds) {
    const { value } = await store.get(["session", id, "1:1"]);
    demand(value === id, `the key of "${id}" is its own`, "encode each part before you join them");
    const listed = (await store.list(["session", id])).map((record) => record.key);
    const isExact = isEqual(listed, [["session", id, "1:1"]]);
    const rule = `a list of "${id}" has the keys that begin with all its parts, and no others`;
    demand(isExact, rule, "compare whole parts, also case, and give the keys as they were written");
  }
  const all = (await store.list(["session"])).map(({ key }) => key[1]);
  const hasAll = oddIds.every((id) => all.includes(id));
  demand(hasAll, "a list of one part has every key that begins with it", "list any prefix");
  const own = await store.list(["session", "github", "1:1"]);
  demand(own.length === 0, "a list does not have its own prefix", "leave that key out");
}

async function races(store: SessionStore): Promise<void> {
  const key = ["session", "races", "1"];
  await store.commit(set(key, 0));
  const current = await store.get(key);
  const claims = Array.from({ length: 20 }, (_, i) => {
    return store.commit({ check: [current], ...set(key, i) });
  });
  const won = (await Promise.all(claims)).filter((done) => done).length;
  const rule = "of parallel writes that check one version, one is done";
  demand(won === 1, rule, "check and write in one transaction");
}

function isEqual(a: unknown, b: unknown): boolean {
  const sorted = (_: string, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort())
      : inner;
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}
