import type { Accounts } from "../account/accounts.ts";
import type { User } from "../account/user.ts";
import type { Kv } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import { type Passkey, readPasskey } from "./passkey_record.ts";
import type { WaysIn } from "./way_in.ts";

/** More passkeys than this are refused for one account. */
const MAX_PASSKEYS = 20;

export type AddPasskeyResult =
  | { readonly ok: true; readonly user: User; readonly passkey: Passkey }
  /** `gone`: the user. */
  | { readonly ok: false; readonly reason: "gone" | "taken" | "too_many" };

export type RemovePasskeyResult =
  | { readonly ok: true; readonly user: User; readonly passkey: Passkey }
  | { readonly ok: false; readonly reason: "gone" | "last_way_in" };

interface PasskeyList {
  readonly passkeys: readonly Passkey[];
  readonly isComplete: boolean;
}

/** A passkey, and the entry that a checked write needs. */
interface StoredPasskey {
  readonly entry: Deno.KvEntryMaybe<unknown>;
  readonly passkey: Passkey;
}

/** What a commit that adds or removes a passkey does. */
interface PasskeyChange {
  readonly changed: User;
  readonly passkey: Passkey;
}

/** What a commit that adds a passkey does. */
interface AddedPasskey extends PasskeyChange {
  readonly before: User;
}

/** Adds writes of another subject to such a commit. */
type Join<Change> = (operation: Deno.AtomicOperation, change: Change) => Promise<void>;
/** Adds writes of another subject to a commit that adds a passkey. */
export type JoinAdded = Join<AddedPasskey>;

interface Parts {
  readonly kv: Kv;
  readonly accounts: Accounts;
  readonly waysIn: WaysIn;
  /** Called for each record that cannot be read. */
  readonly reportCorrupt: (kind: "passkey", userId: string) => void;
}

/**
 * The passkeys of users (WebAuthn Level 3), kept under `["passkey", userId, credentialId]`, and under
 * `["passkey_owner", credentialId]` (the user's id), so that one belongs to one account.
 */
export class Passkeys {
  readonly #kv: Kv;
  readonly #accounts: Accounts;
  readonly #waysIn: WaysIn;
  readonly #reportCorrupt: Parts["reportCorrupt"];

  constructor({ kv, accounts, waysIn, reportCorrupt }: Parts) {
    this.#kv = kv;
    this.#accounts = accounts;
    this.#waysIn = waysIn;
    this.#reportCorrupt = reportCorrupt;
  }

  /**
   * Adds a passkey to a user's account, where it is a second factor.
   *
   * @param join Called again for each attempt to commit.
   */
  async add(user: User, passkey: Passkey, join: JoinAdded): Promise<AddPasskeyResult> {
    const { id } = user;
    let before = user;
    let reason = "gone" as "gone" | "taken" | "too_many"; // stays where the user is gone
    const changed = await this.#accounts.changeFactors(
      id,
      (current) => {
        before = current;
        return { ...current, factors: [...new Set([...current.factors, "hwk" as const])] };
      },
      async (operation, changed) => {
        const problem = await this.#problemOf(id, passkey);
        if (problem) reason = problem;
        if (problem) return false;
        this.#set(operation, id, passkey);
        await join(operation, { before, changed, passkey });
        return true;
      },
    );
    if (changed) return { ok: true, user: changed, passkey };
    return reason === "taken" ? await this.#ifAdded(id, passkey) : refusal(reason);
  }

  /** The passkeys of a user, the oldest first. */
  async list(userId: string): Promise<readonly Passkey[]> {
    return (await this.listReadable(userId)).passkeys;
  }

  /** The same, and whether these are all: a record may be unreadable. */
  async listReadable(userId: string): Promise<PasskeyList> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: ["passkey", userId] }));
    const passkeys = entries.flatMap((entry) => this.#read(entry, userId) ?? [])
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    return { passkeys, isComplete: passkeys.length === entries.length };
  }

  async count(userId: string): Promise<number> {
    return (await this.list(userId)).length;
  }

  /** Whether a passkey belongs to somebody else, and not just to nobody any more. */
  async isAnothers(userId: string, credentialId: string): Promise<boolean> {
    if (isTooLong(credentialId)) return false;
    const { value } = await this.#kv.get(["passkey_owner", credentialId]);
    return value !== null && value !== userId;
  }

  /** Whether any account has this passkey. */
  async isKnown(credentialId: string): Promise<boolean> {
    return (await this.#kv.get(["passkey_owner", credentialId])).versionstamp !== null;
  }

  /** Null when the user has no such passkey, or its record cannot be read. */
  async find(userId: string, credentialId: string): Promise<StoredPasskey | null> {
    if (isTooLong(credentialId)) return null; // an id from a URL may be no key at all
    const entry = await this.#kv.get(["passkey", userId, credentialId]);
    const passkey = this.#read(entry, userId);
    return passkey && { entry, passkey };
  }

  /** Writes a passkey that was found; false when it changed meanwhile. */
  async replace(
    { entry }: StoredPasskey,
    passkey: Passkey,
    writes: readonly Write[] = [],
  ): Promise<boolean> {
    const operation = this.#kv.atomic().check(entry).set(entry.key, passkey);
    addWrites(operation, writes);
    return (await operation.commit()).ok;
  }

  /**
   * Gives a passkey another name; null when the user has no such passkey.
   *
   * @param writes Other records of the same commit.
   */
  async rename(
    userId: string,
    credentialId: string,
    name: string,
    writes: readonly Write[],
  ): Promise<Passkey | null> {
    while (true) {
      const found = await this.find(userId, credentialId);
      if (!found) return null;
      const renamed = { ...found.passkey, name };
      if (await this.replace(found, renamed, writes)) return renamed;
    }
  }

  /**
   * Removes a passkey of a user. The commit raises the user's epoch, which ends every session.
   *
   * @param join Called again for each attempt to commit.
   */
  async remove(
    userId: string,
    credentialId: string,
    join: Join<PasskeyChange> = () => Promise.resolve(),
  ): Promise<RemovePasskeyResult> {
    while (true) {
      const removed = await this.#tryToRemove(userId, credentialId, join);
      if (removed) return removed;
    }
  }

  /** Deletes the records of a passkey; the user's factors change in the same commit. */
  delete(operation: Deno.AtomicOperation, userId: string, credentialId: string): void {
    operation.delete(["passkey", userId, credentialId]).delete(["passkey_owner", credentialId]);
  }

  /** Removes every passkey of a user, in the commit that deletes the account. */
  async removeAll(operation: Deno.AtomicOperation, userId: string): Promise<void> {
    for await (const { key } of this.#kv.list({ prefix: ["passkey", userId] })) {
      this.delete(operation, userId, String(key[2]));
    }
  }

  /** Null when the user's passkeys changed meanwhile. */
  async #tryToRemove(
    userId: string,
    credentialId: string,
    join: Join<PasskeyChange>,
  ): Promise<RemovePasskeyResult | null> {
    const before = await this.list(userId);
    const passkey = before.find(({ id }) => id === credentialId);
    if (!passkey) return refusal("gone");
    const left = before.length - 1;

    let isOverdue = false;
    let isLastWayIn = false;
    const changed = await this.#accounts.changeFactors(
      userId,
      (user) => {
        const factors = left > 0 ? user.factors : user.factors.filter((it) => it !== "hwk");
        return { ...user, epoch: user.epoch + 1, factors };
      },
      async (operation, changed) => {
        const current = await this.list(userId);
        isOverdue = current.length !== before.length ||
          !current.some(({ id }) => id === credentialId);
        if (isOverdue) return false;
        isLastWayIn = await this.#waysIn.isLast(userId, { passkeyId: credentialId });
        if (isLastWayIn) return false;
        this.delete(operation, userId, credentialId);
        await join(operation, { changed, passkey });
        return true;
      },
    );
    if (changed) return { ok: true, user: changed, passkey };
    if (isLastWayIn) return refusal("last_way_in");
    return isOverdue ? null : refusal("gone");
  }

  /** Null when there is no record, or none that can be read. */
  #read({ value, versionstamp }: Deno.KvEntryMaybe<unknown>, userId: string): Passkey | null {
    const passkey = readPasskey(value);
    if (!passkey && versionstamp !== null) this.#reportCorrupt("passkey", userId);
    return passkey;
  }

  /** Why a passkey cannot be added to a user's; null when it can. */
  async #problemOf(userId: string, { id }: Passkey): Promise<"taken" | "too_many" | null> {
    const [owner, count] = await Promise.all([
      this.#kv.get(["passkey_owner", id]),
      this.count(userId),
    ]);
    if (owner.versionstamp !== null) return "taken";
    return count < MAX_PASSKEYS ? null : "too_many";
  }

  /** A remote database repeats a commit whose answer was lost: then the passkey is this one. */
  async #ifAdded(userId: string, passkey: Passkey): Promise<AddPasskeyResult> {
    const entry = await this.#kv.get(["passkey", userId, passkey.id]);
    const isAdded = readPasskey(entry.value)?.lastUse === passkey.lastUse;
    const user = isAdded ? await this.#accounts.find(userId) : null;
    return user ? { ok: true, user, passkey } : refusal("taken");
  }

  #set(operation: Deno.AtomicOperation, userId: string, passkey: Passkey): void {
    const owner = ["passkey_owner", passkey.id];
    operation.check({ key: owner, versionstamp: null })
      .set(owner, userId)
      .set(["passkey", userId, passkey.id], passkey);
  }
}

/** For a key. */
function isTooLong(id: string): boolean {
  return id.length > 1364;
}

function refusal<Reason extends string>(reason: Reason) {
  return { ok: false, reason } as const;
}
