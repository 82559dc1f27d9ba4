import type { PasswordRecord } from "../credential/password.ts";
import { waitingTokenKeys } from "./email_token.ts";
import { nameKey, timeKey } from "./user_index.ts";
import type { User } from "./user.ts";

/**
 * Writes and deletions of an account's records, as parts of a commit: `["user", id]`,
 * `["user_by_email", email]`, `["user_by_time", inverted time, id]`, `["user_by_name", folded name,
 * id]` (all three hold the id) and `["password", id]`. Those of a registration that nobody confirmed
 * yet expire together.
 */

/** Writes the user alone. */
export function writeUser(operation: Deno.AtomicOperation, user: User, now: Date): void {
  operation.set(["user", user.id], { v: 1, ...user }, lifetimeOf(user, now));
}

/** Writes the user, their address and their password; null for a user without one. */
export function writeAccount(
  operation: Deno.AtomicOperation,
  user: User,
  password: PasswordRecord | null,
  now: Date,
): void {
  writeUser(operation, user, now);
  for (const key of [["user_by_email", user.email], timeKey(user), nameKey(user)]) {
    operation.set(key, user.id, lifetimeOf(user, now));
  }
  if (password) operation.set(["password", user.id], password, lifetimeOf(user, now));
}

/** Moves the user's address to another one; the user is written besides. */
export function moveAddress(operation: Deno.AtomicOperation, user: User, email: string): void {
  operation.delete(["user_by_email", user.email]).set(["user_by_email", email], user.id);
}

/** Moves the user to another name in the list of names; the user is written besides. */
export function moveName(
  operation: Deno.AtomicOperation,
  user: User,
  changed: User,
  now: Date,
): void {
  operation.delete(nameKey(user)).set(nameKey(changed), user.id, lifetimeOf(changed, now));
}

/** Deletes the user, their address, their password and the links that wait in their mailbox. */
export function deleteAccount(operation: Deno.AtomicOperation, user: User): void {
  const { id, email } = user;
  operation.delete(["user", id]).delete(["user_by_email", email]).delete(["password", id])
    .delete(timeKey(user)).delete(nameKey(user));
  for (const key of waitingTokenKeys(id)) operation.delete(key);
}

function lifetimeOf({ expiresAt }: User, now: Date): { expireIn?: number } {
  return expiresAt ? { expireIn: Math.max(1, expiresAt.getTime() - now.getTime()) } : {};
}
