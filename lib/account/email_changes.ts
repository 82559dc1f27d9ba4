import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import type { Clock } from "../time.ts";
import { moveAddress, writeUser } from "./account_records.ts";
import { type FoundToken, waitingTokenKeys } from "./email_token.ts";
import { readLinkUse } from "./link_use.ts";
import { findRival, removeRival } from "./rival.ts";
import type { User } from "./user.ts";

export type EmailChangeResult =
  | { readonly ok: true; readonly user: User }
  | { readonly ok: false; readonly reason: "dead_link" | "email_taken" };

/** Adds other changes to the commit that moves an account. */
export type JoinEmailChange = (
  operation: Deno.AtomicOperation,
  change: { readonly before: User; readonly changed: User },
) => Promise<void>;

/** Moves accounts to new addresses. The records are those of `accounts.ts`. */
export class EmailChanges {
  readonly #kv: Kv;
  readonly #now: Clock;

  constructor(kv: Kv, now: Clock) {
    this.#kv = kv;
    this.#now = now;
  }

  /**
   * Gives an account the address that its link was mailed to, once. The same commit raises the
   * user's epoch, which ends the other sessions, and ends the other links. A registration that
   * waits at the new address is removed: the link proved whose address it is.
   *
   * @param user The user who is logged in: a login that ended meanwhile changes nothing.
   * @param join Called again for each attempt.
   */
  async confirm(
    found: FoundToken,
    { epoch }: Pick<User, "epoch">,
    join: JoinEmailChange,
  ): Promise<EmailChangeResult> {
    const { userId, record } = found;
    const linkUse = newId();
    while (true) {
      const [use, index] = await Promise.all([
        readLinkUse(this.#kv, found, { linkUse, now: this.#now() }),
        this.#kv.get(["user_by_email", record.email]),
      ]);
      if (!use) return { ok: false, reason: "dead_link" };
      const { user, entry, token } = use;
      if (use.isDone) return { ok: true, user };
      if (user.epoch !== epoch || user.email === record.email) {
        return { ok: false, reason: "dead_link" };
      }
      const rival = await findRival(this.#kv, index, userId);
      if (rival?.keepsAddress) return { ok: false, reason: "email_taken" };

      const operation = this.#kv.atomic().check(entry, index, token);
      removeRival(operation, rival);
      for (const key of waitingTokenKeys(userId)) operation.delete(key);
      const changed = {
        ...user,
        email: record.email,
        emailVerified: true,
        epoch: user.epoch + 1,
        linkUse,
      };
      moveAddress(operation, user, changed.email);
      writeUser(operation, changed, this.#now());
      await join(operation, { before: user, changed });
      if ((await operation.commit()).ok) return { ok: true, user: changed };
    }
  }
}
