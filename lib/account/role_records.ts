import type { Kv } from "../kv/kv.ts";
import { type Clock, isDate } from "../time.ts";
import { can, type Permission, roleNames, rolesThatAllow } from "./role.ts";
import { readUser, type User } from "./user.ts";

interface RoleRecord {
  readonly v: 1;
  readonly since: Date;
}

/**
 * Who has which role: `["role", role, userId]`, written in the commit that changes `roles` of the
 * user. A commit that acts by a permission checks the record that gives it, so that no act follows
 * the end of a role.
 */
export class Roles {
  readonly #kv: Kv;
  readonly #now: Clock;

  constructor(kv: Kv, now: Clock) {
    this.#kv = kv;
    this.#now = now;
  }

  /**
   * Lets a commit happen only while its actor may do it; false when they may not any more, or their
   * login ended.
   */
  async checkActor(
    operation: Deno.AtomicOperation,
    { id, epoch }: Pick<User, "id" | "epoch">,
    permission: Permission,
  ): Promise<boolean> {
    const [entry, ...records] = await Promise.all([
      this.#kv.get(["user", id]),
      ...rolesThatAllow(permission).map((role) => this.#kv.get(["role", role, id])),
    ]);
    const user = readUser(entry.value, id);
    const record = records.find(({ key, value }) =>
      readRole(value) && user?.roles.includes(String(key[1]))
    );
    if (!user?.active || user.epoch !== epoch || !record || !can(user, permission)) return false;
    operation.check(entry, record);
    return true;
  }

  /**
   * Lets a commit that takes the administrator from the site (demotes, suspends, deletes) happen only
   * while another one stays; false when this is the last one.
   */
  async checkOtherAdmin(operation: Deno.AtomicOperation, userId: string): Promise<boolean> {
    for await (const record of this.#kv.list({ prefix: ["role", "admin"] })) {
      const id = String(record.key[2]);
      if (id === userId || !readRole(record.value)) continue;
      const entry = await this.#kv.get(["user", id]);
      const other = readUser(entry.value, id);
      if (!other?.active || !other.roles.includes("admin")) continue;
      // Two who demote each other meet here: the second commit conflicts.
      operation.check(entry, record);
      return true;
    }
    return false;
  }

  /** The roles of a user, and since when they have each. */
  async list({ id, roles }: User): Promise<{ role: string; since: Date | null }[]> {
    return await Promise.all(roles.map(async (role) => {
      const record = readRole((await this.#kv.get(["role", role, id])).value);
      return { role, since: record?.since ?? null };
    }));
  }

  /** Removes the records of a user's roles, in the commit that deletes the account. */
  removeAll(operation: Deno.AtomicOperation, userId: string): void {
    for (const role of roleNames) operation.delete(["role", role, userId]);
  }

  /** Writes the records of a user's roles, in the commit that changes the user. */
  writeChange(operation: Deno.AtomicOperation, before: User, { id, roles }: User): void {
    const since: RoleRecord = { v: 1, since: this.#now() };
    for (const role of before.roles) {
      if (!roles.includes(role)) operation.delete(["role", role, id]);
    }
    for (const role of roles) {
      if (!before.roles.includes(role)) operation.set(["role", role, id], since);
    }
  }
}

/** Reads the record of a role; null when it is corrupt. */
export function readRole(value: unknown): RoleRecord | null {
  const record = value as RoleRecord | null;
  return record?.v === 1 && isDate(record.since) ? record : null;
}
