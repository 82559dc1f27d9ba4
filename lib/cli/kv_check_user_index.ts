import { nameKey, timeKey } from "../account/user_index.ts";
import { readUser, type User } from "../account/user.ts";
import type { Kv } from "../kv/kv.ts";
import type { ScannedEntry } from "../kv/record_scan.ts";
import { discard, type Finding, isAbsent, snapshot } from "./kv_finding.ts";

/** The lists that administrators look users up in. */
export async function examineListed(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  const userId = String(self.key[2]);
  const [now, owner] = await snapshot(kv, self.key, ["user", userId]);
  if (now.versionstamp !== self.versionstamp) return [];
  if (isAbsent(owner)) return [discard("list_astray", self, kv)];
  const user = readUser(owner.value, userId);
  const isTheirs = !user || [timeKey(user), nameKey(user)].some((key) => isSame(key, self.key));
  return isTheirs ? [] : [discard("list_astray", self, kv)];
}

/** A user who is in neither list is found by the address only. */
export async function examineListsOf(
  user: User,
  self: ScannedEntry,
  kv: Kv,
): Promise<Finding[]> {
  const [now, ...listed] = await snapshot(kv, self.key, timeKey(user), nameKey(user));
  if (now?.versionstamp !== self.versionstamp || user.expiresAt) return [];
  return listed.filter(isAbsent).map((entry) => ({
    problem: "list_incomplete",
    key: entry.key,
    repair: kv.atomic().check(now, entry).set(entry.key, user.id),
  }));
}

function isSame(some: Deno.KvKey, other: Deno.KvKey): boolean {
  return some.length === other.length && some.every((part, i) => part === other[i]);
}
