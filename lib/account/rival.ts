import type { Kv } from "../kv/kv.ts";
import { deleteAccount } from "./account_records.ts";
import { isPending, readUser, type User } from "./user.ts";

/**
 * Another account at an address that a user proved to be theirs: a registration that waits for its
 * link has to give way, an account that is in use keeps the address. Null when there is none.
 */
export type Rival =
  | { readonly keepsAddress: true }
  | {
    readonly keepsAddress: false;
    readonly user: User;
    readonly entry: Deno.KvEntryMaybe<unknown>;
  };

/** Finds the rival by the index of the address. */
export async function findRival(
  kv: Kv,
  index: Deno.KvEntryMaybe<unknown>,
  userId: string,
): Promise<Rival | null> {
  if (typeof index.value !== "string" || index.value === userId) return null;
  const entry = await kv.get(["user", index.value]);
  const user = readUser(entry.value, index.value);
  return user && isPending(user) ? { keepsAddress: false, user, entry } : { keepsAddress: true };
}

/** Removes a rival that gives way, as a part of a commit. */
export function removeRival(operation: Deno.AtomicOperation, rival: Rival | null): void {
  if (!rival || rival.keepsAddress) return;
  operation.check(rival.entry);
  deleteAccount(operation, rival.user);
}
