import { Accounts } from "../../lib/account/accounts.ts";
import { type PasswordRecord, Passwords } from "../../lib/credential/password.ts";
import { Kv } from "../../lib/kv/kv.ts";
import { openDatabase } from "../../lib/kv/open.ts";
import { MINUTE } from "../../lib/time.ts";

/** The password of every user. */
export const password = "seven quiet otters row";

export function emailOf(user: number): string {
  return `user${user}@example.com`;
}

/** Commits under way at once. */
const writers = 64;

/** Writes users to a new database. They share a hash: to make 100,000 would take hours. */
export async function writeUsers(
  kvPath: string,
  count: number,
  record: PasswordRecord,
): Promise<void> {
  using kv = new Kv((await openDatabase(kvPath)).database, { deadline: MINUTE });
  const accounts = new Accounts(kv, new OneHash(record), () => new Date());
  let next = 0;
  await Promise.all(Array.from({ length: writers }, async () => {
    while (next < count) {
      const user = next++;
      await accounts.register({ name: `User ${user}`, email: emailOf(user), password });
    }
  }));
}

class OneHash extends Passwords {
  readonly #record: PasswordRecord;

  constructor(record: PasswordRecord) {
    super(() => Promise.reject(new Error("Cannot hash here")), { memoryKiB: 0, passes: 0 }, []);
    this.#record = record;
  }

  override hash(): Promise<PasswordRecord> {
    return Promise.resolve(this.#record);
  }
}
