import type { Identities } from "../credential/identity.ts";
import type { PasswordRecord, Passwords } from "../credential/password.ts";
import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import type { Clock } from "../time.ts";
import { deleteAccount, writeAccount, writeUser } from "./account_records.ts";
import type { FoundToken } from "./email_token.ts";
import { readLinkUse } from "./link_use.ts";
import { findRival, removeRival } from "./rival.ts";
import {
  isPending,
  newUser,
  NO_USER_ID,
  readUser,
  registrationLifetime,
  type User,
} from "./user.ts";

export interface NewRegistration {
  readonly name: string;
  /** In canonical form. */
  readonly email: string;
  readonly password: string;
  readonly lang: string;
}

/** An account that was created, and the one that gave way to it. */
export interface CreatedAccount {
  readonly user: User;
  readonly replaced: User | null;
}

/** The mails that a registration commits: to a new user, or to the owner of the address. */
export interface RegistrationMails {
  /** Whether a registration that waits at the address gives way; it is taken when it stays. */
  readonly waiting: "gives_way" | "stays";
  readonly created: (user: User) => readonly Write[] | Promise<readonly Write[]>;
  /** Without a user when their record cannot be read. */
  readonly taken: (owner: User | null) => readonly Write[];
}

/**
 * Registrations with mail: the account opens nothing before the link in the mail is used. Its
 * records are those of `accounts.ts`.
 */
export class Registrations {
  readonly #kv: Kv;
  readonly #passwords: Passwords;
  readonly #identities: Identities;
  readonly #now: Clock;

  constructor(kv: Kv, passwords: Passwords, identities: Identities, now: Clock) {
    this.#kv = kv;
    this.#passwords = passwords;
    this.#identities = identities;
    this.#now = now;
  }

  /**
   * Creates an account that waits for its link. Null when the address is taken. Both cost one hash,
   * the same reads and one commit.
   */
  async register(
    registration: NewRegistration,
    mails: RegistrationMails,
  ): Promise<CreatedAccount | null> {
    const password = await this.#passwords.hash(registration.password);
    const createdAt = this.#now();
    const expiresAt = new Date(createdAt.getTime() + registrationLifetime);
    const user = newUser({ ...registration, expiresAt }, createdAt);

    let replaced: User | null = null;
    while (true) {
      const index = await this.#kv.get(["user_by_email", user.email]);
      if (index.value === user.id) return { user, replaced }; // the commit's answer was lost
      const rival = await findRival(this.#kv, index, user.id);
      const isTaken = rival !== null && (rival.keepsAddress || mails.waiting === "stays");
      replaced = isTaken ? null : rival?.user ?? null;

      const operation = this.#kv.atomic().check(index);
      // Without an account that gives way there are none; the read costs the same.
      await this.#identities.removeAll(operation, replaced?.id ?? NO_USER_ID);
      if (isTaken) addWrites(operation.check(rival.entry), mails.taken(rival.user));
      else {
        removeRival(operation, rival);
        writeAccount(operation, user, password, createdAt);
        addWrites(operation, await mails.created(user));
      }
      if ((await operation.commit()).ok) return isTaken ? null : { user, replaced };
    }
  }

  /**
   * Confirms an address by its link, once; null when the link does not work any more.
   *
   * @param writes Other records of the same commit.
   */
  async confirm(found: FoundToken, writes: readonly Write[]): Promise<User | null> {
    const linkUse = newId();
    while (true) {
      const [use, password] = await Promise.all([
        readLinkUse(this.#kv, found, { linkUse, now: this.#now() }),
        this.#kv.get<PasswordRecord>(["password", found.userId]),
      ]);
      if (use?.user.email !== found.record.email) return null;
      const { user, entry, token } = use;
      if (use.isDone) return user;

      const confirmed = { ...user, emailVerified: true, expiresAt: null, linkUse };
      const operation = this.#kv.atomic().check(entry, password, token).delete(token.key);
      if (isPending(user)) {
        writeAccount(operation, confirmed, password.value, this.#now()); // none of them expires now
        await this.#identities.keepAll(operation, user.id);
      } else writeUser(operation, confirmed, this.#now());
      addWrites(operation, writes);
      if ((await operation.commit()).ok) return confirmed;
    }
  }

  /**
   * Removes an account that waits for its link, because the owner of the address did not register.
   * False when the link does not work any more, or the account is in use.
   */
  async reject({ userId, record, entry: token }: FoundToken): Promise<boolean> {
    while (true) {
      const entry = await this.#kv.get(["user", userId]);
      const user = readUser(entry.value, userId);
      if (!user || user.email !== record.email || !isPending(user)) return false;
      const operation = this.#kv.atomic().check(entry, token);
      deleteAccount(operation, user);
      await this.#identities.removeAll(operation, userId);
      if ((await operation.commit()).ok) return true;
      const current = await this.#kv.get(token.key);
      if (current.versionstamp !== token.versionstamp) return false;
    }
  }
}
