import type { Kv } from "../kv/kv.ts";
import { type Clock, isDate } from "../time.ts";
import { writeUser } from "./account_records.ts";
import type { JoinCommit } from "./accounts.ts";
import { can, type Permission, type Role, roleNames, rolesThatAllow } from "./role.ts";
import { isPending, readUser, type User } from "./user.ts";

export type SetRolesResult =
  | { readonly ok: true; readonly user: User }
  /** `refused`: whoever asked may not change roles any more. */
  | { readonly ok: false; readonly reason: "unknown" | "last_admin" | "refused" };

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
   * Replaces all roles of a user.
   *
   * @param actor Who asks; null for the command line.
   * @param join Called again for each attempt; not called when the user has just these roles.
   */
  async set(
    actor: User | null,
    { userId, roles }: { readonly userId: string; readonly roles: readonly Role[] },
    join: JoinCommit = () => Promise.resolve(),
  ): Promise<SetRolesResult> {
    while (true) {
      const entry = await this.#kv.get(["user", userId]);
      const user = readUser(entry.value, userId);
      if (!user || isPending(user)) return { ok: false, reason: "unknown" };
      // Also when the answer to the commit was lost.
      if (isSameSet(user.roles, roles)) return { ok: true, user };

      const operation = this.#kv.atomic().check(entry);
      if (actor && !await this.checkActor(operation, actor, "users.roles")) {
        return { ok: false, reason: "refused" };
      }
      const losesAdmin = user.roles.includes("admin") && !roles.includes("admin");
      if (losesAdmin && !await this.checkOtherAdmin(operation, userId)) {
        return { ok: false, reason: "last_admin" };
      }
      const changed = { ...user, roles };
      writeUser(operation, changed, this.#now());
      this.#writeRecords(operation, user, changed);
      await join(operation, changed);
      if ((await operation.commit()).ok) return { ok: true, user: changed };
    }
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

  /** Removes the records of a user's roles, in the commit that deletes the account. */
  removeAll(operation: Deno.AtomicOperation, userId: string): void {
    for (const role of roleNames) operation.delete(["role", role, userId]);
  }

  #writeRecords(operation: Deno.AtomicOperation, before: User, { id, roles }: User): void {
    const since: RoleRecord = { v: 1, since: this.#now() };
    for (const role of before.roles) {
      if (!roles.includes(role)) operation.delete(["role", role, id]);
    }
    for (const role of roles) {
      if (!before.roles.includes(role)) operation.set(["role", role, id], since);
    }
  }
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((it) => others.includes(it));
}

/** Reads the record of a role; null when it is corrupt. */
export function readRole(value: unknown): RoleRecord | null {
  const record = value as RoleRecord | null;
  return record?.v === 1 && isDate(record.since) ? record : null;
}
