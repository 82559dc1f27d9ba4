import { readRole } from "../account/role_records.ts";
import { readUser, type User } from "../account/user.ts";
import type { Kv } from "../kv/kv.ts";
import type { ScannedEntry } from "../kv/record_scan.ts";
import { discard, type Finding, isAbsent, snapshot } from "./kv_finding.ts";

/** The list of the user is what counts: a role without it gives nothing. */
export async function examineRole(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  if (!readRole(self.value)) return [discard("unreadable", self, kv)];
  const [role, userId] = self.key.slice(1).map(String) as [string, string];
  const [now, owner] = await snapshot(kv, self.key, ["user", userId]);
  if (now.versionstamp !== self.versionstamp) return [];
  if (isAbsent(owner)) return [discard("leftover", self, kv)];
  const user = readUser(owner.value, userId);
  return !user || user.roles.includes(role) ? [] : [discard("role_astray", self, kv)];
}

/** Nobody acts by a role without its record. */
export async function examineRolesOf(
  { id, roles }: User,
  self: ScannedEntry,
  kv: Kv,
  now: Date,
): Promise<Finding[]> {
  if (roles.length === 0) return [];
  const keys = roles.map((role) => ["role", role, id]);
  const [user, ...records] = await snapshot(kv, self.key, ...keys);
  if (user?.versionstamp !== self.versionstamp) return [];
  return records.filter(isAbsent).map((record) => ({
    problem: "role_missing",
    key: record.key,
    repair: kv.atomic().check(user, record).set(record.key, { v: 1, since: now }),
  }));
}
