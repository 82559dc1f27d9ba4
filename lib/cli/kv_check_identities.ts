import { readUser } from "../account/user.ts";
import { readIdentity, readIdentityOwner } from "../credential/identity_record.ts";
import type { Kv } from "../kv/kv.ts";
import type { ScannedEntry } from "../kv/record_scan.ts";
import { discard, type Finding, isAbsent, snapshot } from "./kv_finding.ts";

/** The records are what counts: the user's list follows them. */
export async function examineIdentity(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  const { key } = self;
  const [userId, issuer] = key.slice(1).map(String) as [string, string];
  const subject = readIdentity(self.value)?.subject;
  if (subject === undefined) return [{ problem: "unreadable", key, repair: null }];
  const [now, user, owner] = await snapshot(kv, key, ["user", userId], [
    "identity",
    issuer,
    subject,
  ]);
  if (now.versionstamp !== self.versionstamp) return [];
  if (isAbsent(user)) return [{ problem: "orphan", key, repair: null }];

  const found: Finding[] = [];
  const listed = readUser(user.value, userId);
  if (listed && !listed.identities.includes(issuer)) {
    const changed = withIdentities(user, [...listed.identities, issuer]);
    const repair = kv.atomic().check(now, user).set(user.key, changed);
    found.push({ problem: "identities_wrong", key, repair });
  }
  const ownerId = readIdentityOwner(owner.value)?.userId;
  if (isAbsent(owner)) {
    const repair = kv.atomic().check(now, owner).set(owner.key, { v: 1, userId });
    found.push({ problem: "identity_missing", key, repair });
  } else if (ownerId !== undefined && ownerId !== userId) {
    found.push({ problem: "identity_twice", key, repair: null });
  }
  return found;
}

/** A user's record with another list. */
export function withIdentities({ value }: ScannedEntry, identities: readonly string[]): object {
  return { ...value as object, identities };
}

/** Where its user is gone, a sign-in makes another account. */
export async function examineIdentityOwner(self: ScannedEntry, kv: Kv): Promise<Finding[]> {
  const userId = readIdentityOwner(self.value)?.userId;
  if (userId === undefined) return [{ problem: "unreadable", key: self.key, repair: null }];
  const [issuer, subject] = self.key.slice(1).map(String) as [string, string];
  const [now, user, identity] = await snapshot(kv, self.key, ["user", userId], [
    "identity_of",
    userId,
    issuer,
  ]);
  if (now.versionstamp !== self.versionstamp) return [];
  if (isAbsent(user)) return [discard("leftover", self, kv)];
  const described = readIdentity(identity.value);
  const isTheirs = described ? described.subject === subject : !isAbsent(identity);
  return isTheirs ? [] : [discard("identity_astray", self, kv)];
}
