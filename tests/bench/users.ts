import { eve } from "../support/people.ts";
import { newUser } from "../../lib/account/user.ts";
import type { PasswordRecord } from "../../lib/credential/password.ts";
import { openDatabase } from "../../lib/kv/open.ts";

/** The password of every user. */
export const password = "seven quiet otters row";

export function emailOf(user: number): string {
  return `user${user}@example.com`;
}

/** A commit takes a thousand writes at most; a user has three records (see `accounts.ts`). */
const usersPerCommit = 300;

/** Writes users to a new database. They share a hash: to make 100,000 would take hours. */
export async function writeUsers(
  kvPath: string,
  count: number,
  record: PasswordRecord,
): Promise<void> {
  const { database } = await openDatabase(kvPath);
  for (let first = 0; first < count; first += usersPerCommit) {
    const operation = database.atomic();
    for (let i = first; i < Math.min(count, first + usersPerCommit); i++) {
      const user = newUser({ ...eve, email: emailOf(i) }, new Date());
      operation.set(["user_by_email", user.email], user.id)
        .set(["user", user.id], { v: 1, ...user })
        .set(["password", user.id], record);
    }
    await operation.commit();
  }
  database.close();
}
