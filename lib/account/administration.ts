import type { Kv } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import type { Clock } from "../time.ts";
import { writeUser } from "./account_records.ts";
import { waitingTokenKeys } from "./email_token.ts";
import type { Permission } from "./role.ts";
import type { Roles } from "./role_records.ts";
import { isPending, readUser, type User } from "./user.ts";

/** Who acts: an administrator, or somebody at the command line of the server. */
export type Actor = User | "command";

export type ActResult =
  | { readonly ok: true; readonly user: User }
  | { readonly ok: false; readonly reason: ActRefusal };

export type ActRefusal =
  | "gone"
  /** The actor may not do it any more. */
  | "refused"
  | "last_admin"
  /** The account is in this state already. */
  | "no_change";

/** Adds to the commit of an act; called again for each attempt. False refuses. */
export type JoinAct = (operation: Deno.AtomicOperation) => Promise<boolean>;

/** The records that the same commit writes: the event of the timeline first, then mails. */
export type ActWrites = (changed: User) => Promise<readonly [Write, ...Write[]]>;

interface Act {
  readonly actor: Actor;
  readonly permission: Permission;
  /** Null when there is nothing to change. */
  readonly change: (user: User) => User | null;
  readonly writes: ActWrites;
  /** Adds to the commit; false refuses. */
  readonly join?: JoinAct;
}

/**
 * What people who run the site do to accounts. Each act is one commit, which happens only while the
 * actor may do it, and writes its event.
 */
export class Administration {
  readonly #kv: Kv;
  readonly #roles: Roles;
  readonly #now: Clock;

  constructor(kv: Kv, roles: Roles, now: Clock) {
    this.#kv = kv;
    this.#roles = roles;
    this.#now = now;
  }

  /**
   * Closes an account for the time being. The same commit ends every session, and the links that
   * wait in the mailbox.
   */
  suspend(actor: Actor, userId: string, reason: string, writes: ActWrites): Promise<ActResult> {
    const suspension = { reason, at: this.#now() };
    return this.#act(userId, {
      actor,
      permission: "users.suspend",
      change: (user) =>
        user.suspension ? null : { ...user, active: false, suspension, epoch: user.epoch + 1 },
      writes,
      join: (operation) => {
        for (const key of waitingTokenKeys(userId)) operation.delete(key);
        return Promise.resolve(true);
      },
    });
  }

  reactivate(actor: Actor, userId: string, writes: ActWrites): Promise<ActResult> {
    return this.#act(userId, {
      actor,
      permission: "users.suspend",
      change: (user) => user.active ? null : { ...user, active: true, suspension: null },
      writes,
    });
  }

  /** Ends every session, remembered browser and API token of a user. */
  endSessions(actor: Actor, userId: string, writes: ActWrites): Promise<ActResult> {
    return this.#act(userId, {
      actor,
      permission: "users.end_sessions",
      change: (user) => ({ ...user, epoch: user.epoch + 1 }),
      writes,
    });
  }

  /** Replaces all roles of a user. */
  setRoles(
    actor: Actor,
    userId: string,
    roles: readonly string[],
    writes: ActWrites,
    join: JoinAct = () => Promise.resolve(true),
  ): Promise<ActResult> {
    return this.#act(userId, {
      actor,
      permission: "users.roles",
      change: (user) => isSameSet(user.roles, roles) ? null : { ...user, roles },
      writes,
      join,
    });
  }

  /** Writes records by a permission, without a change of the user. */
  note(
    actor: Actor,
    userId: string,
    permission: Permission,
    writes: ActWrites,
  ): Promise<ActResult> {
    return this.#act(userId, { actor, permission, change: (user) => user, writes });
  }

  /**
   * Lets the commit that deletes an account happen only while its actor may do it, and another
   * administrator stays; null when it may happen.
   */
  async checkDeletion(
    operation: Deno.AtomicOperation,
    actor: Actor | "owner",
    user: User,
  ): Promise<"refused" | "last_admin" | null> {
    if (typeof actor === "object") {
      const isAllowed = await this.#roles.checkActor(operation, actor, "users.delete");
      if (!isAllowed) return "refused";
    }
    return await this.#takesLastAdmin(operation, user, null) ? "last_admin" : null;
  }

  async #act(userId: string, { actor, permission, change, writes, join }: Act): Promise<ActResult> {
    let event: Write | null = null;
    while (true) {
      const entry = await this.#kv.get(["user", userId]);
      const user = readUser(entry.value, userId);
      if (!user || isPending(user)) return { ok: false, reason: "gone" };
      // A remote database may commit and lose the answer.
      if (event && await this.#isStored(event)) return { ok: true, user };

      const operation = this.#kv.atomic().check(entry);
      if (actor !== "command" && !await this.#roles.checkActor(operation, actor, permission)) {
        return { ok: false, reason: "refused" };
      }
      const changed = change(user);
      if (!changed) return { ok: false, reason: "no_change" };
      if (await this.#takesLastAdmin(operation, user, changed)) {
        return { ok: false, reason: "last_admin" };
      }
      if (join && !await join(operation)) return { ok: false, reason: "refused" };
      if (changed !== user) writeUser(operation, changed, this.#now());
      this.#roles.writeChange(operation, user, changed);
      const records = await writes(changed);
      event = records[0];
      addWrites(operation, records);
      if ((await operation.commit()).ok) return { ok: true, user: changed };
    }
  }

  /** Whether the site would have no administrator any more; else the commit checks that it has. */
  async #takesLastAdmin(
    operation: Deno.AtomicOperation,
    before: User,
    changed: User | null,
  ): Promise<boolean> {
    if (!isAdmin(before) || (changed && isAdmin(changed))) return false;
    return !await this.#roles.checkOtherAdmin(operation, before.id);
  }

  async #isStored({ key }: Write): Promise<boolean> {
    return (await this.#kv.get([...key])).versionstamp !== null;
  }
}

function isAdmin({ active, roles }: User): boolean {
  return active && roles.includes("admin");
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((it) => others.includes(it));
}
