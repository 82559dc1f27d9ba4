import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import type { Clock } from "../time.ts";
import { canonicalEmail } from "./email_address.ts";
import { type PasswordRecord, type Passwords, readPasswordRecord } from "../credential/password.ts";
import { deleteAccount, moveName, writeAccount, writeUser } from "./account_records.ts";
import { waitingTokenKeys } from "./email_token.ts";
import { findRival, removeRival, type Rival } from "./rival.ts";
import { isExpired, isPending, newUser, NO_USER_ID, readUser, type User } from "./user.ts";

export interface Registration {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** The language that mails to them are written in; English by default. */
  readonly lang?: string;
}

/** A user of another system. */
export interface ImportedUser {
  /** In canonical form. */
  readonly email: string;
  readonly name: string;
  /** In the format of the other system (see `stored_hash.ts`). */
  readonly hash: string;
  /** Whether the other system proved that the address is theirs. */
  readonly emailVerified: boolean;
  readonly lang?: string | undefined;
  readonly createdAt: Date | null;
}

export type RegisterResult =
  | { readonly ok: true; readonly user: User }
  | { readonly ok: false; readonly reason: "email_invalid" | "email_taken" };

export type AuthenticateResult =
  | { readonly ok: true; readonly user: User }
  | { readonly ok: false; readonly reason: "unknown" | "wrong" }
  /** The password is right. */
  | { readonly ok: false; readonly reason: "suspended"; readonly user: User };

/** An account as an attempt to log in needs it; without a user where the address has none. */
export interface StoredCredential {
  readonly user: User | null;
  readonly password: Deno.KvEntryMaybe<PasswordRecord>;
}

/** Adds writes of another subject to a commit that changes a user. */
export type JoinCommit = (operation: Deno.AtomicOperation, changed: User) => Promise<void>;

const nothingMore: JoinCommit = () => Promise.resolve();

/**
 * Accounts, kept under `["user", id]` and `["password", id]`, with the lists by which they are found
 * (see `account_records.ts`).
 */
export class Accounts {
  readonly #kv: Kv;
  readonly #passwords: Passwords;
  readonly #now: Clock;
  readonly #reportCorrupt: (kind: "user" | "password", userId: string) => void;

  /** @param reportCorrupt Called for each record that cannot be read. */
  constructor(
    kv: Kv,
    passwords: Passwords,
    now: Clock,
    reportCorrupt: (kind: "user" | "password", userId: string) => void = () => {},
  ) {
    this.#kv = kv;
    this.#passwords = passwords;
    this.#now = now;
    this.#reportCorrupt = reportCorrupt;
  }

  /** Creates an account. When several requests register one address at once, one succeeds. */
  async register(
    registration: Registration,
    join: JoinCommit = nothingMore,
  ): Promise<RegisterResult> {
    const email = canonicalEmail(registration.email);
    if (!email) return { ok: false, reason: "email_invalid" };

    const password = await this.#passwords.hash(registration.password);
    const user = newUser({ ...registration, email }, this.#now());
    return await this.#create(user, password, join)
      ? { ok: true, user }
      : { ok: false, reason: "email_taken" };
  }

  /**
   * Creates the account of a user of another system, with the hash made there. False when the
   * address has an account already, which stays as it is.
   */
  async import(imported: ImportedUser): Promise<boolean> {
    const password: PasswordRecord = { v: 1, hash: imported.hash, keyId: null };
    return await this.#create(newUser(imported, imported.createdAt ?? this.#now()), password);
  }

  /** Whether an address (in canonical form) has an account that keeps it. */
  async isTaken(email: string): Promise<boolean> {
    const index = await this.#kv.get(["user_by_email", email]);
    return (await findRival(this.#kv, index, NO_USER_ID))?.keepsAddress === true;
  }

  /** Finds the account with an address, as typed; two round trips, also when there is none. */
  async findCredential(email: string): Promise<StoredCredential> {
    const id = await this.#idOf(canonicalEmail(email) ?? NO_USER_ID);
    const [user, password] = await Promise.all([this.find(id), this.#findPassword(id)]);
    return { user, password };
  }

  async hasPassword(id: string): Promise<boolean> {
    return (await this.#kv.get(["password", id])).versionstamp !== null;
  }

  /** Whether a user has no password: they log in with a passkey, or at a provider. */
  async lacksPassword({ id, factors, identities }: User): Promise<boolean> {
    const hasOtherWay = identities.length > 0 || factors.includes("hwk");
    return hasOtherWay && !await this.hasPassword(id);
  }

  /** Finds a user by id. */
  async find(id: string): Promise<User | null> {
    const { value, versionstamp } = await this.#kv.get(["user", id]);
    const user = readUser(value, id);
    if (!user && versionstamp !== null) this.#reportCorrupt("user", id);
    return user && !isExpired(user, this.#now()) ? user : null;
  }

  /** Checks the password of an account. Every outcome costs one hash, also without a user. */
  async authenticate(account: StoredCredential, password: string): Promise<AuthenticateResult> {
    const { user, password: record } = account;
    const isCorrect = await this.#passwords.verify(password, record.value);
    if (!user) return { ok: false, reason: "unknown" };
    if (!isCorrect) return { ok: false, reason: "wrong" };
    if (!user.active) return { ok: false, reason: "suspended", user };
    // The records of an unconfirmed registration expire together: none of them is written alone.
    if (!isPending(user)) await this.#rehashIfNeeded(password, record);
    return { ok: true, user };
  }

  /** Checks the password of a user; costs one hash either way. */
  async verifyPassword(user: User, password: string): Promise<AuthenticateResult> {
    const record = await this.#findPassword(user.id);
    const isCorrect = await this.#passwords.verify(password, record.value);
    return isCorrect ? { ok: true, user } : { ok: false, reason: "wrong" };
  }

  /**
   * Sets a new password. In the same commit the user's epoch is raised, which ends every session
   * and every remembered browser, and the links that wait in the mailbox end. API tokens live on.
   * Null when the epoch was raised meanwhile, or the account is gone.
   *
   * @param join Adds other changes to the same commit; called again for each attempt.
   */
  async changePassword(
    user: User,
    password: string,
    join: JoinCommit = nothingMore,
  ): Promise<User | null> {
    const record = await this.#passwords.hash(password);
    return await this.#change(user.id, (current) => {
      // Another browser was faster: it ended this login, and with it the right to change anything.
      if (current.epoch !== user.epoch) return null;
      const passwordChanges = current.passwordChanges + 1;
      return { ...current, epoch: user.epoch + 1, passwordChanges, passwordCompromised: false };
    }, { record, join });
  }

  /**
   * Marks the password of the account with this address as known to others. The same commit raises
   * the user's epoch, which ends every session and every remembered browser. Null when the address
   * has no account.
   */
  async markCompromised(email: string, join: JoinCommit): Promise<User | null> {
    return await this.#change(await this.#idOf(email), (user) => {
      return { ...user, epoch: user.epoch + 1, passwordCompromised: true };
    }, { join });
  }

  /**
   * Changes the factors of a user in the commit that `join` adds their records to. Null when the
   * user is gone, `change` refuses, or `join` does.
   *
   * @param join Called again for each attempt; false refuses.
   */
  async changeFactors(
    id: string,
    change: (user: User) => User | null,
    join: (operation: Deno.AtomicOperation, changed: User) => Promise<boolean>,
  ): Promise<User | null> {
    const factorChange = newId();
    while (true) {
      const entry = await this.#kv.get(["user", id]);
      const user = readUser(entry.value, id);
      if (user?.factorChange === factorChange) return user; // the commit's answer was lost
      const allowed = user && change(user);
      if (!allowed) return null;
      const changed = { ...allowed, factorChange };
      const operation = this.#kv.atomic().check(entry);
      writeUser(operation, changed, this.#now());
      if (!await join(operation, changed)) return null;
      if ((await operation.commit()).ok) return changed;
    }
  }

  /** Changes a user's name; null when the account is gone. */
  rename(id: string, name: string, join: JoinCommit = nothingMore): Promise<User | null> {
    return this.#change(id, (user) => ({ ...user, name }), { join });
  }

  /** Changes the language that mails to a user are written in; null when the account is gone. */
  setLanguage(id: string, lang: string): Promise<User | null> {
    return this.#change(id, (user) => ({ ...user, lang }));
  }

  /** Notes that a user was asked to confirm their address: it is done once. */
  noteAskedToVerify(id: string): Promise<User | null> {
    return this.#change(id, (user) => ({ ...user, askedToVerify: true }));
  }

  /** Notes that a passkey was offered to a user at this moment. */
  notePasskeyOffered(id: string): Promise<User | null> {
    return this.#change(id, (user) => ({ ...user, passkeyOfferedAt: this.#now() }));
  }

  /** Switches the mails about new browsers on or off; null when the account is gone. */
  setNewBrowserNotices(
    id: string,
    choice: "on" | "off",
    join: JoinCommit,
  ): Promise<User | null> {
    const newBrowserNotices = choice === "on";
    return this.#change(id, (user) => ({ ...user, newBrowserNotices }), { join });
  }

  /**
   * Deletes a user and all records of `Accounts` about them; the address is free again at once.
   * False when `join` refuses.
   *
   * @param join Adds to the commit, such as the removal of their factors; called again for each
   * attempt.
   */
  async delete(
    user: User,
    join: (operation: Deno.AtomicOperation) => Promise<boolean>,
  ): Promise<boolean> {
    while (true) {
      const entry = await this.#kv.get(["user", user.id]);
      const current = readUser(entry.value, user.id);
      if (!current) return true; // deleted already: the address may belong to another user now
      const operation = this.#kv.atomic().check(entry);
      deleteAccount(operation, current);
      if (!await join(operation)) return false;
      if ((await operation.commit()).ok) return true;
    }
  }

  async #findPassword(id: string): Promise<Deno.KvEntryMaybe<PasswordRecord>> {
    const record = await this.#kv.get<PasswordRecord>(["password", id]);
    if (record.versionstamp !== null && !readPasswordRecord(record.value)) {
      this.#reportCorrupt("password", id);
    }
    return record;
  }

  /** The id of the user with an address (in canonical form), or `NO_USER_ID`. */
  async #idOf(email: string): Promise<string> {
    const { value } = await this.#kv.get(["user_by_email", email]);
    return typeof value === "string" ? value : NO_USER_ID;
  }

  /**
   * Writes all records of a new account in one commit; false when the address is taken. A
   * registration that waits for its link gives way.
   */
  async #create(
    user: User,
    password: PasswordRecord,
    join: JoinCommit = nothingMore,
  ): Promise<boolean> {
    const key = ["user_by_email", user.email];
    let index: Deno.AtomicCheck = { key, versionstamp: null };
    let rival: Rival | null = null;
    while (true) {
      const operation = this.#kv.atomic().check(index);
      removeRival(operation, rival);
      writeAccount(operation, user, password, this.#now());
      await join(operation, user);
      if ((await operation.commit()).ok) return true;
      const current = await this.#kv.get(key);
      // A remote database repeats a commit whose answer was lost: then the address is this user's.
      if (current.value === user.id) return true;
      rival = await findRival(this.#kv, current, user.id);
      if (rival?.keepsAddress) return false;
      index = current;
    }
  }

  /** Changes a user, and the password if given; null when the user is gone or `change` refuses. */
  async #change(
    id: string,
    change: (user: User) => User | null,
    { record, join = nothingMore }: {
      readonly record?: PasswordRecord;
      readonly join?: JoinCommit;
    } = {},
  ): Promise<User | null> {
    while (true) {
      const entry = await this.#kv.get(["user", id]);
      const user = readUser(entry.value, id);
      const changed = user && change(user);
      if (!changed) return null;

      const operation = this.#kv.atomic().check(entry);
      writeUser(operation, changed, this.#now());
      if (changed.name !== user.name) moveName(operation, user, changed, this.#now());
      if (record) {
        operation.set(["password", id], record);
        for (const key of waitingTokenKeys(id)) operation.delete(key);
      }
      await join(operation, changed);
      if ((await operation.commit()).ok) return changed;
      if (record && await this.#isSet(id, record)) return changed; // as in #create
      // Another request changed this user, or a joined record: start again from the new ones.
    }
  }

  /** Whether this very record is stored: its salt makes its hash unique. */
  async #isSet(id: string, password: PasswordRecord): Promise<boolean> {
    const stored = readPasswordRecord((await this.#kv.get(["password", id])).value);
    return stored?.hash === password.hash;
  }

  /** Replaces an outdated hash. It happens at login, because only then is the password known. */
  async #rehashIfNeeded(
    password: string,
    entry: Deno.KvEntryMaybe<PasswordRecord>,
  ): Promise<void> {
    if (entry.value === null || !this.#passwords.needsRehash(entry.value)) return;
    const renewed = await this.#passwords.hash(password);
    // On a conflict the password was changed meanwhile, and the new one stays.
    await this.#kv.atomic().check(entry).set(entry.key, renewed).commit();
  }
}
