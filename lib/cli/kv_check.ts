/**
 * Looks at every record of the database: `deno task kv:check [--repair]`. It may run beside the app: a
 * record and what it belongs to are read in one snapshot, and repaired only as long as that still holds.
 */
import { inspectRecord } from "@latchkey/login";
import { readPasswordRecord } from "../credential/password.ts";
import { readUser } from "../account/user.ts";
import { onDatabase, print, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import { damagedVersion } from "../kv/damage.ts";
import { isLimitKind } from "../throttle/rate_limit.ts";
import type { Clock } from "../time.ts";
import { readAttemptCount } from "../throttle/backoff.ts";

/** What can be wrong with a record, and how it is told. */
const problems = {
  damaged:
    "damaged in the file, and what stands beside it was perhaps not looked at: mend it with SQLite's tools, or restore a copy",
  unknown_kind: "nothing in the app writes such a key",
  unreadable: "the record cannot be read",
  index_missing: "the user's address leads nowhere: they cannot log in",
  index_astray: "the address leads to nobody, or to somebody else",
  address_twice: "another user has the same address",
  password_missing: "the user has no password: they cannot log in",
  orphan: "its user is lost: restore the user from a copy, or delete it",
  leftover: "a login of a user who is gone; it proves nothing, and ends by itself",
};

export interface Finding {
  readonly problem: keyof typeof problems;
  readonly key: Deno.KvKey;
  /** What sets it right; null when only a person can tell. */
  readonly repair: Deno.AtomicOperation | null;
}

type Entry = Deno.KvEntryMaybe<unknown>;
type Examine = (self: Entry, kv: Kv, now: Date) => Finding[] | Promise<Finding[]>;

/** The kinds of records: how many parts their keys have, all of them text, and who looks at them. */
const kinds: Record<string, [parts: number, examine: Examine]> = {
  user: [2, examineUser],
  user_by_email: [2, examineIndex],
  password: [2, examinePassword],
  session: [3, examineLogin],
  session_data: [2, examineLogin],
  remember: [3, examineLogin],
  rate: [3, examineTries],
  health: [1, () => []], // written at the start, to see that it can be
};

/** What is wrong in a database. */
export async function* checkStore(kv: Kv, now: Date): AsyncGenerator<Finding> {
  const damaged = new Set<string>();
  for (const [region, selector] of regions()) {
    const { damages } = kv.count;
    for await (const entry of kv.list(selector)) {
      for (const finding of await examine(entry, kv, now)) {
        const name = JSON.stringify(finding.key.map(String));
        // A user's record is looked at from every login.
        if (finding.problem !== "damaged" || !damaged.has(name)) yield finding;
        if (finding.problem === "damaged") damaged.add(name);
      }
    }
    if (kv.count.damages > damages) yield { problem: "damaged", key: region, repair: null };
  }
}

/** All keys in their order; each kind by itself, so that damage in one hides nothing of another. */
function* regions(): Generator<[Deno.KvKey, Deno.KvListSelector]> {
  let start: Deno.KvKey = [new Uint8Array()];
  for (const kind of Object.keys(kinds).sort()) {
    const next = [`${kind}\0`];
    yield [["unknown"], { start, end: [kind] }];
    yield [[kind], { start: [kind], end: next }];
    start = next;
  }
  yield [["unknown"], { prefix: [], start }];
}

function examine(self: Entry, kv: Kv, now: Date): Finding[] | Promise<Finding[]> {
  const kind = String(self.key[0]);
  const [parts, examineKind] = Object.hasOwn(kinds, kind) ? kinds[kind] ?? [] : [];
  const fits = self.key.length === parts && self.key.every((part) => typeof part === "string");
  if (fits && examineKind) return examineKind(self, kv, now);
  return [{ problem: "unknown_kind", key: self.key, repair: null }];
}

/** Whether somebody has to do something about it. */
export function isViolation({ problem }: Finding): boolean {
  // Users and logins are deleted in commits of their own, and a login that is under way may come
  // after both: a crash, or a race, leaves it. Without its user it proves nothing.
  return problem !== "leftover";
}

async function examineUser(self: Entry, kv: Kv): Promise<Finding[]> {
  const id = String(self.key[1]);
  const user = readUser(self.value, id);
  if (!user) return [{ problem: "unreadable", key: self.key, repair: null }];
  const [now, index, password] = await snapshot(kv, self.key, ["user_by_email", user.email], [
    "password",
    id,
  ]);
  if (now.versionstamp !== self.versionstamp) return []; // it is being worked with at this moment

  const found = damagedAmong(password);
  if (password.versionstamp === null) {
    found.push({ problem: "password_missing", key: self.key, repair: null });
  }
  if (index.value === id) return found;

  const other = await kv.get(["user", typeof index.value === "string" ? index.value : ""]);
  const rival = readUser(other.value, String(other.key[1]));
  if (other.versionstamp !== null && (!rival || rival.email === user.email)) {
    return [...found, { problem: "address_twice", key: self.key, repair: null }];
  }
  const repair = kv.atomic().check(now, index, other).set(index.key, id);
  const [damaged] = damagedAmong(index);
  if (damaged) return [...found, { ...damaged, repair }];
  const problem = index.versionstamp === null ? "index_missing" : "index_astray";
  return [...found, { problem, key: self.key, repair }];
}

async function examineIndex(self: Entry, kv: Kv): Promise<Finding[]> {
  const id = typeof self.value === "string" ? self.value : "";
  const [now, owner, password] = await snapshot(kv, self.key, ["user", id], ["password", id]);
  const user = readUser(owner.value, id);
  const isOwners = user ? user.email === self.key[1] : owner.versionstamp !== null;
  if (isOwners || now.versionstamp !== self.versionstamp) return damagedAmong(owner);
  // A lost user can be made anew of the address and the password.
  const isLost = !user && password.versionstamp !== null;
  const repair = isLost ? null : kv.atomic().check(now, owner, password).delete(self.key);
  return [{ problem: "index_astray", key: self.key, repair }];
}

async function examinePassword(self: Entry, kv: Kv): Promise<Finding[]> {
  const [now, owner] = await snapshot(kv, self.key, ["user", String(self.key[1])]);
  if (now.versionstamp !== self.versionstamp) return [];
  if (owner.versionstamp === null) return [{ problem: "orphan", key: self.key, repair: null }];
  const found = damagedAmong(owner);
  const sound = readPasswordRecord(self.value) !== null;
  return sound ? found : [...found, { problem: "unreadable", key: self.key, repair: null }];
}

async function examineLogin(self: Entry, kv: Kv, now: Date): Promise<Finding[]> {
  const facts = inspectRecord({ key: self.key.map(String), value: self.value });
  if (!facts) return [discard("unreadable", self, kv)];
  // Data names nobody, and a session's may outlive it: it is judged by its date alone.
  if (facts.userId === null || facts.expiresAt <= now) return [];
  const owner = await kv.get(["user", facts.userId]);
  return owner.versionstamp === null ? [discard("leftover", self, kv)] : damagedAmong(owner);
}

function examineTries(self: Entry, kv: Kv): Finding[] {
  if (!isLimitKind(String(self.key[1]))) {
    return [{ problem: "unknown_kind", key: self.key, repair: null }];
  }
  const beginning = new Date(0); // when nothing was over yet
  return readAttemptCount(self.value, beginning) ? [] : [discard("unreadable", self, kv)];
}

/** Lists leave out what is damaged; those who are asked for it by name know of it. */
function damagedAmong(...entries: Entry[]): Finding[] {
  return entries.filter(({ versionstamp }) => versionstamp === damagedVersion)
    .map(({ key }) => ({ problem: "damaged", key, repair: null }));
}

/** Nobody loses more by it than a login. */
function discard(problem: Finding["problem"], self: Entry, kv: Kv): Finding {
  return { problem, key: self.key, repair: kv.atomic().check(self).delete(self.key) };
}

/** Reads keys side by side: that is one snapshot (see `kv.ts`). */
function snapshot<Keys extends Deno.KvKey[]>(
  kv: Kv,
  ...keys: Keys
): Promise<{ [K in keyof Keys]: Entry }> {
  return Promise.all(keys.map((key) => kv.get(key))) as Promise<{ [K in keyof Keys]: Entry }>;
}

/** The command: 0 when nothing is wrong any more, 1 when something is, 2 when it could not look. */
async function main(args: readonly string[], now: Clock): Promise<number> {
  const mode = args.length === 0 ? "report" : "repair";
  if (args.length > 1 || (mode === "repair" && args[0] !== "--repair")) {
    return usageError("kv:check [--repair]");
  }
  return await onDatabase("stop", async (kv) => {
    const left = await report(kv, now(), mode);
    if (left > 0) print(`${left} wrong.`);
    else print(kv.count.keys > 0 ? "Nothing is wrong." : "It holds no records.");
    return left > 0 ? 1 : 0;
  });
}

/** Tells of every finding, and repairs it: how many are left. */
async function report(kv: Kv, now: Date, mode: "report" | "repair"): Promise<number> {
  let left = 0;
  for await (const finding of checkStore(kv, now)) {
    const { problem, key, repair } = finding;
    const repaired = mode === "repair" && repair && (await repair.commit()).ok;
    if (!repaired && isViolation(finding)) left++;
    const outcome = repaired ? "repaired" : repair ? "--repair sets it right" : "for a person";
    print(`${[problem, ...key.map(String)].join(" ")}: ${problems[problem]} (${outcome})`);
  }
  return left;
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
