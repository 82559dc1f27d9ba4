import type { PasswordRecord } from "../credential/password.ts";
import { waitingTokenKeys } from "./email_token.ts";
import type { User } from "./user.ts";

/**
 * Writes and deletions of an account's records, as parts of a commit: `["user", id]`,
 * `["user_by_email", email]` (the id) and `["password", id]`. Those of a registration that nobody
 * confirmed yet expire together.
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
  operation.set(["user_by_email", user.email], user.id, lifetimeOf(user, now));
  if (password) operation.set(["password", user.id], password, lifetimeOf(user, now));
}

/** Moves the user's address to another one; the user is written besides. */
export function moveAddress(operation: Deno.AtomicOperation, user: User, email: string): void {
  operation.delete(["user_by_email", user.email]).set(["user_by_email", email], user.id);
}

/** Deletes the user, their address, their password and the links that wait in their mailbox. */
export function deleteAccount(operation: Deno.AtomicOperation, { id, email }: User): void {
  operation.delete(["user", id]).delete(["user_by_email", email]).delete(["password", id]);
  for (const key of waitingTokenKeys(id)) operation.delete(key);
}

function lifetimeOf({ expiresAt }: User, now: Date): { expireIn?: number } {
  return expiresAt ? { expireIn: Math.max(1, expiresAt.getTime() - now.getTime()) } : {};
}
