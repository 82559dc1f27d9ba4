import { DAY, isDate, MINUTE } from "./clock.ts";
import type { SessionStore, StoreKey } from "./store.ts";

/**
 * Ids that a store may confuse: if it joins the parts of a key to one text, takes some characters
 * for wildcards, or compares as MySQL does. Anybody can send such an id in a cookie.
 */
const oddIds = [
  "github",
  "github:1",
  "github/1",
  "github.1",
  "github%1",
  "github%",
  "github_",
  "github ",
  "g*",
  "g[i]thub",
  "GitHub",
  "gïthub",
  "g 1",
  'github","1:1',
  "github\\",
  "{github}",
  "github🦦",
  "x".repeat(255) + "1",
  "x".repeat(255) + "2",
];

/** `deleteAll` gives a store this many deletes at once. */
const MANY = 100;

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
  const at = new Date(1e12 + 7);
  const inner = { yes: true, $date: 1 }; // a store that marks dates in JSON may confuse it
  const value = { v: 1, text: 'é🦦"\\', none: null, list: [1, "2", at], at, inner };

  const absent = await store.get(key);
  const isAbsent = absent.version === null && absent.value === undefined;
  demand(isAbsent, "what is absent has no version and no value", "give null and undefined");
  await store.commit(set(key, value));
  const { value: read } = await store.get(key);
  const readAt = (read as { at?: unknown } | undefined)?.at;
  demand(isDate(readAt), "a date comes back as a date", "JSON makes text of it: revive it");
  const isPrecise = isEqual(readAt, at);
  demand(isPrecise, "a date keeps its milliseconds", "store the number of them");
  demand(isEqual(read, value), "what was stored comes back equal", "store the whole value");
  (read as { inner: { yes: boolean } }).inner.yes = false;
  const again = (await store.get(key)).value;
  demand(isEqual(again, value), "what was read is a copy", "clone what you return");

  const long = { v: 1, text: "é".repeat(16 * 1024) }; // session data, and more
  await store.commit(set(key, long));
  const isWhole = isEqual((await store.get(key)).value, long);
  demand(isWhole, "a value of 32 KiB comes back whole", "take a column for long text");

  await store.commit(set(key, value, 400 * DAY));
  const isKept = (await store.get(key)).version !== null;
  demand(isKept, "expireIn takes 400 days", "it is milliseconds, and does not fit into 32 bits");
  await store.commit({ delete: [key, ["session", "nobody", "0"]] });
  const isGone = (await store.get(key)).version === null;
  demand(isGone, "what was deleted is absent", "delete in the same commit, also what is not there");

  await several(store);
}

async function several(store: SessionStore): Promise<void> {
  const ids = Array.from({ length: MANY }, (_, i) => ["session", "several", String(i)]);
  await store.commit({ set: ids.slice(1).map((key) => ({ key, value: 1, expireIn: MINUTE })) });
  // As data moves from a guest to a session.
  await store.commit({ ...set(["session", "several", "0"], 1), delete: ids.slice(1) });
  const left = await store.list(["session", "several"]);
  const rule = `one commit writes and deletes, ${MANY} records if need be`;
  demand(left.length === 1 && left[0]?.key[2] === "0", rule, "make all of its changes");
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
  const write = (id: string) => ({ key: ["session", id, "1:1"], value: id, expireIn: MINUTE });
  await store.commit({ set: oddIds.map(write) });
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
  const [first, second] = [["session", "races", "1"], ["session", "races", "2"]] as const;
  /** Makes parallel commits that all check both records; of these one may be done. */
  const race = async (situation: string, keyOf: (i: number) => StoreKey, remedy: string) => {
    const check = await Promise.all([store.get(first), store.get(second)]);
    const claims = [0, 1, 2, 3, 4, 5].map((i) => store.commit({ check, ...set(keyOf(i), i) }));
    const won = (await Promise.all(claims)).filter((done) => done).length;
    demand(won === 1, `of parallel writes that check ${situation}, one is done`, remedy);
  };

  const inTransaction = "check and write in one transaction";
  await race(
    "that there is no record",
    () => first,
    `${inTransaction}, which locks what is absent`,
  );
  await race("one version", () => first, inTransaction);
  const serializable = "take the isolation level SERIALIZABLE, or lock what is checked";
  await race("two records and write one of them", (i) => i % 2 ? first : second, serializable);
}

function isEqual(a: unknown, b: unknown): boolean {
  const sorted = (_: string, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort())
      : inner;
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}
