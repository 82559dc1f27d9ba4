import type { Kv } from "../kv/kv.ts";
import { read, type ScannedEntry } from "../kv/record_scan.ts";

/** What can be wrong with a record, and what it means. */
export const problems = {
  damaged: "its bytes are damaged: each request that needs it gets an error page",
  unknown_kind: "no part of the app writes this key",
  unreadable: "the record cannot be read",
  index_missing: "the user's address points to no account: they cannot log in",
  index_astray: "the address points to no user, or to another one",
  address_twice: "another user has the same address",
  no_way_in: "the user has no password, passkey or account at a provider: they cannot log in",
  owner_astray: "the id of a passkey leads to no passkey: nobody can add it again",
  owner_missing: "the id of a passkey leads to nobody: somebody else could add it",
  identities_wrong: "the user's accounts at providers are not those that the user's record lists",
  identity_missing: "a user's account at a provider leads to nobody: it logs nobody in",
  identity_twice: "an account at a provider leads to another user: it does not log in this one",
  identity_astray:
    "leads to a user who does not have it: it logs nobody in, and nobody can link it",
  list_incomplete: "a list of users lacks one: administrators do not find them there",
  list_astray: "a list of users leads to nobody, or to somebody of another name",
  role_missing: "the user lists a role that has no record: they cannot act by it",
  role_astray: "a role of a user who does not list it: it gives nothing",
  orphan: "its user is lost: restore the user from a copy, or delete it",
  leftover: "belongs to a deleted user: it grants nothing and expires by itself",
};

/** A record that is wrong. */
export interface Finding {
  readonly problem: keyof typeof problems;
  readonly key: Deno.KvKey;
  /** The commit that repairs it; null when a person has to decide. */
  readonly repair: Deno.AtomicOperation | null;
}

/** Looks at one record, and those that it refers to. */
export type Examine = (self: ScannedEntry, kv: Kv, now: Date) => Finding[] | Promise<Finding[]>;

/** Whether there is no record; a damaged one is there. */
export function isAbsent({ versionstamp, isDamaged }: ScannedEntry): boolean {
  return versionstamp === null && !isDamaged;
}

/** Deletes a record whose loss costs nobody more than a login. */
export function discard(problem: Finding["problem"], self: ScannedEntry, kv: Kv): Finding {
  return { problem, key: self.key, repair: kv.atomic().check(self).delete(self.key) };
}

/** Reads keys side by side: from one snapshot (see `kv.ts`). */
export function snapshot<Keys extends Deno.KvKey[]>(
  kv: Kv,
  ...keys: Keys
): Promise<{ [K in keyof Keys]: ScannedEntry }> {
  return Promise.all(keys.map((key) => read(kv, key))) as Promise<
    { [K in keyof Keys]: ScannedEntry }
  >;
}
