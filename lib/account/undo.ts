import type { AddedFactors, RemovedFactor } from "../credential/added_factor.ts";
import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { type Clock, MINUTE } from "../time.ts";
import { moveAddress, writeUser } from "./account_records.ts";
import {
  type EmailToken,
  type FoundToken,
  tokenLifetimes,
  waitingTokenKeys,
} from "./email_token.ts";
import { readLinkUse } from "./link_use.ts";
import { findRival, removeRival } from "./rival.ts";
import type { Undone, User } from "./user.ts";

/**
 * How long after a use the links of other addresses still end: a login that began before it may
 * write its notice later, and the clocks of two servers differ.
 */
const graceAfter = MINUTE;

export interface UndoResult {
  readonly user: User;
  /** False when the address that the notice went to belongs to somebody else now. */
  readonly hasAddress: boolean;
  /** The kind of what the notice says was added; null when nothing was removed. */
  readonly removed: RemovedFactor["removed"];
}

/** "This wasn't me": gives an account back to the owner of the address that a notice went to. */
export class Undo {
  readonly #kv: Kv;
  readonly #addedFactors: AddedFactors;
  readonly #now: Clock;

  constructor(kv: Kv, addedFactors: AddedFactors, now: Clock) {
    this.#kv = kv;
    this.#addedFactors = addedFactors;
    this.#now = now;
  }

  /**
   * Uses a link, once: the commit ends every session, marks the password as known to others, ends
   * the other links, removes the factor or identity that the notice says was added, and restores
   * the address that the notice went to. Somebody who registered that address meanwhile, but did not
   * confirm it, loses it; an account in use keeps it, and then the user is suspended. Null when the
   * link does not work any more.
   *
   * @param join Adds to the commit; called again for each attempt.
   */
  async undo(
    found: FoundToken,
    join: (
      operation: Deno.AtomicOperation,
      changed: User,
      result: Pick<UndoResult, "hasAddress">,
    ) => Promise<void>,
  ): Promise<UndoResult | null> {
    const { userId, record } = found;
    const linkUse = newId();
    let hasAddress = true;
    let removed: UndoResult["removed"] = null;
    while (true) {
      const [use, index] = await Promise.all([
        readLinkUse(this.#kv, found, { linkUse, now: this.#now() }),
        this.#kv.get(["user_by_email", record.email]),
      ]);
      if (!use) return null;
      const { user, entry, token } = use;
      if (use.isDone) return { user, hasAddress, removed };
      if (!mayUndo(user, record)) return null;

      const rival = await findRival(this.#kv, index, userId);
      hasAddress = !rival?.keepsAddress;
      const operation = this.#kv.atomic().check(entry, index, token).delete(token.key);
      const added = await this.#addedFactors.remove(operation, user, record);
      removed = added.removed;
      const changed = {
        ...user,
        factors: added.factors,
        identities: added.identities,
        factorChange: removed ? linkUse : user.factorChange,
        email: hasAddress ? record.email : user.email,
        emailVerified: hasAddress || user.emailVerified,
        // The thief reads the new address: a reset link must not reach it.
        active: hasAddress && user.active,
        epoch: user.epoch + 1,
        passwordCompromised: true,
        linkUse,
        undone: this.#undoneBy(record, user),
      };
      removeRival(operation, rival);
      for (const key of waitingTokenKeys(userId)) operation.delete(key);
      if (changed.email !== user.email) moveAddress(operation, user, changed.email);
      writeUser(operation, changed, this.#now());
      await join(operation, changed, { hasAddress });
      if ((await operation.commit()).ok) return { user: changed, hasAddress, removed };
    }
  }

  /** The uses that still end a link, with this one. */
  #undoneBy({ createdAt, email }: EmailToken, { undone }: User): Undone[] {
    const now = this.#now().getTime();
    const since = now - tokenLifetimes.undo;
    const until = new Date(now + graceAfter);
    return [
      ...undone.filter((it) => it.until.getTime() > since),
      { since: createdAt, until, email },
    ];
  }
}

/** Whether a link to undo still counts: no earlier use of another link ended it. */
export function mayUndo({ undone }: User, { createdAt, email }: EmailToken): boolean {
  return !undone.some((it) => createdAt > it.since && createdAt <= it.until && email !== it.email);
}
