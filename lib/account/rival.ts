import type { Kv } from "../kv/kv.ts";
import { deleteAccount } from "./account_records.ts";
import { isPending, NO_USER_ID, readUser, type User } from "./user.ts";

/**
 * Another account at an address: a registration that waits for its link gives way, an account that
 * is in use keeps the address. Null when there is none.
 */
export type Rival =
  | {
    readonly keepsAddress: true;
    /** Null when the record cannot be read. */
    readonly user: User | null;
    readonly entry: Deno.KvEntryMaybe<unknown>;
  }
  | {
    readonly keepsAddress: false;
    readonly user: User;
    readonly entry: Deno.KvEntryMaybe<unknown>;
  };

/**
 * Finds the rival by the index of the address; a free address costs the same reads. An index alone
 * is no rival: the records of a registration expire one by one. Next to a password it is, because
 * then the record of the user was lost.
 */
export async function findRival(
  kv: Kv,
  index: Deno.KvEntryMaybe<unknown>,
  userId: string,
): Promise<Rival | null> {
  if (index.value === userId) return null;
  const id = typeof index.value === "string" ? index.value : NO_USER_ID;
  const [entry, password] = await Promise.all([kv.get(["user", id]), kv.get(["password", id])]);
  const user = readUser(entry.value, id);
  if (user && isPending(user)) return { keepsAddress: false, user, entry };
  const isGone = entry.versionstamp === null && password.versionstamp === null;
  const isFree = index.versionstamp === null || (isGone && id !== NO_USER_ID);
  return isFree ? null : { keepsAddress: true, user, entry };
}

/** Removes a rival that gives way, as a part of a commit. */
export function removeRival(operation: Deno.AtomicOperation, rival: Rival | null): void {
  if (!rival || rival.keepsAddress) return;
  operation.check(rival.entry);
  deleteAccount(operation, rival.user);
}
