import type { Accounts } from "../account/accounts.ts";
import type { User } from "../account/user.ts";
import type { Kv } from "../kv/kv.ts";
import type { Clock } from "../time.ts";
import {
  type Identity,
  type IdentityOwner,
  type NewIdentity,
  readIdentity,
  readIdentityOwner,
} from "./identity_record.ts";
import type { WaysIn } from "./way_in.ts";

/** More identities than this are refused for one account: each tenant of Microsoft's is an issuer. */
const MAX_IDENTITIES = 20;

/** Whose an identity is, as it was read. */
export interface IdentityLookup {
  /** Null when no account here is linked to it. */
  readonly userId: string | null;
  /** To check in the commit that depends on it. */
  readonly entry: Deno.KvEntryMaybe<unknown>;
}

export type LinkIdentityResult =
  | { readonly ok: true; readonly user: User }
  /**
   * `gone`: the user, or their login. `taken`: another account has it. `linked_already`: this one has it.
   * `issuer_taken`: this account has another identity of that provider. `too_many`: it has 20.
   */
  | {
    readonly ok: false;
    readonly reason: "gone" | "taken" | "linked_already" | "issuer_taken" | "too_many";
  };

export type UnlinkIdentityResult =
  | { readonly ok: true; readonly user: User; readonly identity: Identity }
  | { readonly ok: false; readonly reason: "gone" | "last_way_in" };

/** Adds writes of another subject to a commit that links or unlinks. */
type Join = (
  operation: Deno.AtomicOperation,
  changed: User,
  identity: Identity,
) => Promise<void> | void;

/**
 * The accounts at providers that people sign in with: `["identity", issuer, subject]` finds the
 * user, `["identity_of", userId, issuer]` describes it. Only issuer and subject name somebody: an
 * address may change hands (SEC-K6). The user's `identities` change in the same commit.
 */
export class Identities {
  readonly #kv: Kv;
  readonly #accounts: Accounts;
  readonly #waysIn: WaysIn;
  readonly #now: Clock;

  constructor(kv: Kv, accounts: Accounts, waysIn: WaysIn, now: Clock) {
    this.#kv = kv;
    this.#accounts = accounts;
    this.#waysIn = waysIn;
    this.#now = now;
  }

  async find(issuer: string, subject: string): Promise<IdentityLookup> {
    const entry = await this.#kv.get(["identity", issuer, subject]);
    return { userId: readIdentityOwner(entry.value)?.userId ?? null, entry };
  }

  /** The identities of a user, with their issuers, the oldest first. */
  async list(userId: string): Promise<readonly (Identity & { readonly issuer: string })[]> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: ["identity_of", userId] }));
    return entries.flatMap(({ key, value }) => {
      const identity = readIdentity(value);
      return identity ? [{ ...identity, issuer: String(key[2]) }] : [];
    }).sort((a, b) => a.linkedAt.getTime() - b.linkedAt.getTime());
  }

  /** Links an identity to the account of a user, whose login no other request ended meanwhile. */
  async link(
    { id: userId, epoch }: Pick<User, "id" | "epoch">,
    proved: NewIdentity,
    join: Join = () => {},
  ): Promise<LinkIdentityResult> {
    let reason: Extract<LinkIdentityResult, { ok: false }>["reason"] = "gone";
    const user = await this.#accounts.changeFactors(
      userId,
      (user) =>
        user.epoch === epoch
          ? { ...user, identities: [...new Set([...user.identities, proved.issuer])] }
          : null,
      async (operation, changed) => {
        const owner = await this.find(proved.issuer, proved.subject);
        const problem = await this.#linkProblem(changed, proved, owner);
        if (problem) {
          reason = problem;
          return false;
        }
        const identity = this.add(operation, changed, proved, owner);
        await join(operation, changed, identity);
        return true;
      },
    );
    return user ? { ok: true, user } as const : { ok: false, reason } as const;
  }

  /**
   * Unlinks the identity of an issuer, unless the account could not be opened any more, or another
   * request ended the user's login meanwhile. The commit raises the user's epoch, which ends every
   * session.
   */
  async unlink(
    { id: userId, epoch }: Pick<User, "id" | "epoch">,
    issuer: string,
    join: Join = () => {},
  ): Promise<UnlinkIdentityResult> {
    let reason: "gone" | "last_way_in" = "gone";
    const unlinked: Identity[] = [];
    const user = await this.#accounts.changeFactors(
      userId,
      (user) => {
        if (user.epoch !== epoch) return null;
        const identities = user.identities.filter((it) => it !== issuer);
        return { ...user, epoch: epoch + 1, identities };
      },
      async (operation, changed) => {
        const entry = await this.#kv.get(["identity_of", userId, issuer]);
        const identity = readIdentity(entry.value);
        if (!identity) return false;
        if (await this.#waysIn.isLast(userId, { issuer })) {
          reason = "last_way_in";
          return false;
        }
        unlinked.push(identity);
        this.delete(operation.check(entry), userId, { issuer, subject: identity.subject });
        await join(operation, changed, identity);
        return true;
      },
    );
    const identity = unlinked.at(-1);
    return user && identity ? { ok: true, user, identity } : { ok: false, reason };
  }

  /**
   * Notes that somebody signs in with it; false when it was unlinked meanwhile, or they logged out
   * at the provider after they proved it. Its user has to be read before: a later unlinking then
   * ends what that user starts.
   */
  async noteUse(
    user: User,
    issuer: string,
    { entry: owner }: IdentityLookup,
    provedAt: Date,
  ): Promise<boolean> {
    const key = ["identity_of", user.id, issuer];
    while (true) {
      const entry = await this.#kv.get(key);
      const identity = readIdentity(entry.value);
      if (!identity || (identity.loggedOutAt ?? 0) > provedAt) return false;
      const used: Identity = { ...identity, lastUsedAt: this.#now() };
      const operation = this.#kv.atomic().check(entry, owner)
        .set(key, used, this.#lifetimeOf(user));
      if ((await operation.commit()).ok) return true;
      if ((await this.#kv.get(owner.key)).versionstamp !== owner.versionstamp) return false;
    }
  }

  /** Notes that somebody logged out at the provider: what they proved before counts no more. */
  async noteLogout(user: User, issuer: string): Promise<void> {
    while (true) {
      const entry = await this.#kv.get(["identity_of", user.id, issuer]);
      const identity = readIdentity(entry.value);
      if (!identity) return;
      const loggedOut: Identity = { ...identity, loggedOutAt: this.#now() };
      const operation = this.#kv.atomic().check(entry)
        .set(entry.key, loggedOut, this.#lifetimeOf(user));
      if ((await operation.commit()).ok) return;
    }
  }

  /**
   * Adds an identity in the commit that writes its user. Those of an account that waits for its
   * link end with it.
   *
   * @param lookup Whose it was: nobody's, or somebody's who is gone.
   * @returns What the commit writes.
   */
  add(
    operation: Deno.AtomicOperation,
    user: User,
    { issuer, subject, email, provider }: NewIdentity,
    lookup: IdentityLookup,
  ): Identity {
    const identity: Identity = {
      v: 1,
      subject,
      provider,
      email,
      linkedAt: this.#now(),
      lastUsedAt: null,
      loggedOutAt: null,
    };
    const owner: IdentityOwner = { v: 1, userId: user.id };
    const options = this.#lifetimeOf(user);
    operation.check(lookup.entry).set(["identity", issuer, subject], owner, options)
      .set(["identity_of", user.id, issuer], identity, options);
    return identity;
  }

  /** Writes the identities of a user again, who confirmed their address: none of them ends now. */
  async keepAll(operation: Deno.AtomicOperation, userId: string): Promise<void> {
    for await (const entry of this.#kv.list({ prefix: ["identity_of", userId] })) {
      const identity = readIdentity(entry.value);
      if (!identity) continue;
      const owner: IdentityOwner = { v: 1, userId };
      operation.check(entry).set(entry.key, identity)
        .set(["identity", String(entry.key[2]), identity.subject], owner);
    }
  }

  /** Removes every identity of a user, in the commit that changes or deletes the user. */
  async removeAll(operation: Deno.AtomicOperation, userId: string): Promise<void> {
    for await (const { key, value } of this.#kv.list({ prefix: ["identity_of", userId] })) {
      const subject = readIdentity(value)?.subject;
      if (subject === undefined) operation.delete(key);
      else this.delete(operation, userId, { issuer: String(key[2]), subject });
    }
  }

  /** Deletes the records of an identity; the user's identities change in the same commit. */
  delete(
    operation: Deno.AtomicOperation,
    userId: string,
    { issuer, subject }: { readonly issuer: string; readonly subject: string },
  ): void {
    operation.delete(["identity", issuer, subject]).delete(["identity_of", userId, issuer]);
  }

  #lifetimeOf({ expiresAt }: User): { expireIn?: number } {
    return expiresAt ? { expireIn: Math.max(1, expiresAt.getTime() - this.#now().getTime()) } : {};
  }

  /** @param changed The user, with the issuer in their list. */
  async #linkProblem(changed: User, { issuer }: NewIdentity, owner: IdentityLookup) {
    if (owner.userId === changed.id) return "linked_already";
    if (owner.userId !== null && await this.#accounts.find(owner.userId)) return "taken";
    const own = await this.#kv.get(["identity_of", changed.id, issuer]);
    if (own.versionstamp !== null) return "issuer_taken";
    return changed.identities.length > MAX_IDENTITIES ? "too_many" : null;
  }
}
