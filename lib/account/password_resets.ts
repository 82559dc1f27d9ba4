import type { Passwords } from "../credential/password.ts";
import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import type { Clock } from "../time.ts";
import type { JoinCommit } from "./accounts.ts";
import { writeAccount } from "./account_records.ts";
import { type FoundToken, waitingTokenKeys } from "./email_token.ts";
import { readLinkUse } from "./link_use.ts";
import type { User } from "./user.ts";

/** New passwords for people who forgot theirs. The records are those of `accounts.ts`. */
export class PasswordResets {
  readonly #kv: Kv;
  readonly #passwords: Passwords;
  readonly #now: Clock;

  constructor(kv: Kv, passwords: Passwords, now: Clock) {
    this.#kv = kv;
    this.#passwords = passwords;
    this.#now = now;
  }

  /**
   * Sets a new password by a link, once. The same commit raises the user's epoch, which ends every
   * session and every remembered browser, and ends the other links that wait in the mailbox; the
   * link proved the address. Null when the link does not work any more.
   *
   * @param mails The mails that the commit writes.
   */
  reset(
    found: FoundToken,
    newPassword: string,
    mails: (changed: User) => readonly Write[],
  ): Promise<User | null> {
    return this.#replace(found, newPassword, {
      change: (user) => user,
      join: (operation, changed) => Promise.resolve(addWrites(operation, mails(changed))),
    });
  }

  /**
   * As `reset`, and nothing else opens the account any more, neither a second factor nor an identity
   * at a provider: the operator opened this way back to somebody who lost every factor, or nobody
   * confirmed the address, and a stranger may have prepared them. Null also when somebody confirmed
   * the address meanwhile.
   *
   * @param join Removes the records of the factors and identities, and adds the mails.
   */
  resetWithPasswordAlone(
    found: FoundToken,
    newPassword: string,
    join: JoinCommit,
  ): Promise<User | null> {
    return this.#replace(found, newPassword, {
      change: (user) =>
        keepsFactors(found, user)
          ? null
          : { ...user, factors: [], identities: [], factorChange: newId() },
      join,
    });
  }

  async #replace(
    found: FoundToken,
    newPassword: string,
    { change, join }: { readonly change: (user: User) => User | null; readonly join: JoinCommit },
  ): Promise<User | null> {
    const password = await this.#passwords.hash(newPassword);
    const linkUse = newId();
    while (true) {
      const use = await readLinkUse(this.#kv, found, { linkUse, now: this.#now() });
      if (use?.user.email !== found.record.email) return null;
      const { user, entry, token } = use;
      if (use.isDone) return user;

      const allowed = change(user);
      if (!allowed) return null;
      const changed = {
        ...allowed,
        epoch: user.epoch + 1,
        emailVerified: true,
        passwordCompromised: false,
        expiresAt: null,
        linkUse,
      };
      const operation = this.#kv.atomic().check(entry, token);
      for (const key of waitingTokenKeys(user.id)) operation.delete(key);
      writeAccount(operation, changed, password, this.#now());
      await join(operation, changed);
      if ((await operation.commit()).ok) return changed;
    }
  }
}

/** Whether a reset by this link leaves factors and identities as they are, and asks for a factor. */
export function keepsFactors({ record }: FoundToken, { emailVerified }: User): boolean {
  return record.purpose !== "recover_account" && emailVerified;
}
