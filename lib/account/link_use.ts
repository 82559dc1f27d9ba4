import type { Kv } from "../kv/kv.ts";
import { type FoundToken, readEmailToken } from "./email_token.ts";
import { isExpired, readUser, type User } from "./user.ts";

/** A link and its user, as the commit that uses the link has to find them. */
export interface LinkUse {
  readonly user: User;
  /** The user's record, to check. */
  readonly entry: Deno.KvEntryMaybe<unknown>;
  /** The link's record, to check and to delete. */
  readonly token: Deno.KvEntryMaybe<unknown>;
  /** Whether the commit happened already, and its answer was lost. */
  readonly isDone: boolean;
}

/**
 * Reads a link and its user for the commit that uses the link, before each attempt. Null when the
 * link does not work any more, or the account is gone.
 *
 * @param linkUse A random id that the commit writes to the user: a repeated commit finds it there.
 */
export async function readLinkUse(
  kv: Kv,
  { userId, record, entry: { key } }: FoundToken,
  { linkUse, now }: { readonly linkUse: string; readonly now: Date },
): Promise<LinkUse | null> {
  const [entry, token] = await Promise.all([kv.get(["user", userId]), kv.get(key)]);
  const user = readUser(entry.value, userId);
  if (!user || isExpired(user, now)) return null;
  const isDone = user.linkUse === linkUse;
  const isThere = readEmailToken(token.value)?.digest === record.digest;
  return isDone || isThere ? { user, entry, token, isDone } : null;
}
