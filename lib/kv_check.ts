/**
 * Looks at every record of the database: `deno task kv:check [--repair]`. It may run beside the app: a
 * record and what it belongs to are read in one snapshot, and repaired only as long as that still holds.
 */
import { readRecord } from "@latchkey/login";
import { readPasswordRecord } from "./account/password.ts";
import { readUser } from "./account/user.ts";
import { defaultKvPath } from "./config.ts";
import { isFile } from "./keys.ts";
import { Kv } from "./kv.ts";
import type { Clock } from "./time.ts";

/** What can be wrong with a record, and how it is told. */
const problems = {
  damaged: "a record is damaged in the file: mend it with SQLite's tools, or restore a copy",
  unknown_kind: "nothing in the app writes such a key",
  unreadable: "the record cannot be read",
  index_missing: "the user's address leads nowhere: they cannot log in",
  index_astray: "the address leads to nobody, or to somebody else",
  address_twice: "another user has the same address",
  password_missing: "the user has no password: they cannot log in",
  orphan: "the record belongs to nobody",
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

const examiners: Record<string, Examine> = {
  user: examineUser,
  user_by_email: examineIndex,
  password: examinePassword,
  session: examineLogin,
  session_data: examineLogin,
  remember: examineLogin,
  rate: examineMortal,
  health: () => [], // written at the start, to see that it can be
};

/** What is wrong in a database. */
export async function* checkStore(kv: Kv, now: Date): AsyncGenerator<Finding> {
  const { damages } = kv.count;
  for await (const entry of kv.list({ prefix: [] })) {
    const kind = String(entry.key[0]);
    const examine = Object.hasOwn(examiners, kind) ? examiners[kind] : undefined;
    if (examine) yield* await examine(entry, kv, now);
    else yield { problem: "unknown_kind", key: entry.key, repair: null };
  }
  if (kv.count.damages > damages) yield { problem: "damaged", key: [], repair: null };
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

  const found: Finding[] = [];
  if (password.versionstamp === null) {
    found.push({ problem: "password_missing", key: self.key, repair: null });
  }
  if (index.value === id) return found;

  const other = await kv.get(["user", typeof index.value === "string" ? index.value : ""]);
  const rival = readUser(other.value, String(other.key[1]));
  if (other.versionstamp !== null && (!rival || rival.email === user.email)) {
    return [...found, { problem: "address_twice", key: self.key, repair: null }];
  }
  const problem = index.versionstamp === null ? "index_missing" : "index_astray";
  const repair = kv.atomic().check(now, index, other).set(index.key, id);
  return [...found, { problem, key: self.key, repair }];
}

async function examineIndex(self: Entry, kv: Kv): Promise<Finding[]> {
  const id = typeof self.value === "string" ? self.value : "";
  const [now, owner] = await snapshot(kv, self.key, ["user", id]);
  const user = readUser(owner.value, id);
  const isOwners = user ? user.email === self.key[1] : owner.versionstamp !== null;
  if (isOwners || now.versionstamp !== self.versionstamp) return [];
  const repair = kv.atomic().check(now, owner).delete(self.key);
  return [{ problem: "index_astray", key: self.key, repair }];
}

async function examinePassword(self: Entry, kv: Kv): Promise<Finding[]> {
  const [now, owner] = await snapshot(kv, self.key, ["user", String(self.key[1])]);
  if (now.versionstamp !== self.versionstamp) return [];
  if (owner.versionstamp === null) {
    const repair = kv.atomic().check(now, owner).delete(self.key);
    return [{ problem: "orphan", key: self.key, repair }];
  }
  const sound = readPasswordRecord(self.value) !== null;
  return sound ? [] : [{ problem: "unreadable", key: self.key, repair: null }];
}

async function examineLogin(self: Entry, kv: Kv, now: Date): Promise<Finding[]> {
  const facts = readRecord({ key: self.key.map(String), value: self.value });
  if (!facts) return [discard("unreadable", self, kv)];
  // Data names nobody, and a session's may outlive it: it is judged by its date alone.
  if (facts.userId === null || facts.expiresAt <= now) return [];
  const owner = await kv.get(["user", facts.userId]);
  return owner.versionstamp === null ? [discard("leftover", self, kv)] : [];
}

function examineMortal(self: Entry, kv: Kv): Finding[] {
  const { v, expiresAt } = (self.value ?? {}) as { v?: unknown; expiresAt?: unknown };
  return v === 1 && expiresAt instanceof Date ? [] : [discard("unreadable", self, kv)];
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
  const path = Deno.env.get("KV_PATH") || defaultKvPath;
  try {
    using kv = new Kv(await open(path));
    const left = await report(kv, now(), args.includes("--repair") ? "repair" : "report");
    say(left === 0 ? "Nothing is wrong." : `${left} wrong.`);
    return left === 0 ? 0 : 1;
  } catch (error) {
    say(`Cannot look at ${path}: ${error instanceof Error ? error.message : error}`);
    return 2;
  }
}

/** Tells of every finding, and repairs it: how many are left. */
async function report(kv: Kv, now: Date, mode: "report" | "repair"): Promise<number> {
  let left = 0;
  for await (const finding of checkStore(kv, now)) {
    const { problem, key, repair } = finding;
    const repaired = mode === "repair" && repair && (await repair.commit()).ok;
    if (!repaired && isViolation(finding)) left++;
    const outcome = repaired ? "repaired" : repair ? "--repair sets it right" : "for a person";
    say(`${[problem, ...key.map(String)].join(" ")}: ${problems[problem]} (${outcome})`);
  }
  return left;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Opens a database that is there: one that is made by looking would have nothing wrong with it. */
async function open(path: string): Promise<Deno.Kv> {
  if (path === ":memory:") throw new Error("the memory of another process cannot be looked at");
  if (isFile(path) && !(await Deno.stat(path)).isFile) throw new Error("it is not a file");
  return await Deno.openKv(path);
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
