import type { Identities, IdentityLookup } from "../credential/identity.ts";
import type { NewIdentity } from "../credential/identity_record.ts";
import type { Kv } from "../kv/kv.ts";
import { addWrites } from "../kv/write.ts";
import type { Clock } from "../time.ts";
import { deleteAccount, writeAccount } from "./account_records.ts";
import type { Accounts } from "./accounts.ts";
import type { OwnedRecords } from "./owned_records.ts";
import type { RegistrationMails } from "./registrations.ts";
import { findRival, type Rival } from "./rival.ts";
import { isPending, newUser, NO_USER_ID, registrationLifetime, type User } from "./user.ts";

export interface IdentityRegistration {
  readonly name: string;
  /** In canonical form. */
  readonly email: string;
  readonly lang: string;
  /**
   * Who proved that the address is theirs: the provider, a mailed link that is still to be used, or
   * nobody on a site without mail.
   */
  readonly proof: "provider" | "link" | "none";
}

/** Whether the address of a new account is free. */
export type AddressUse =
  | "free"
  /** Nobody ever confirmed that the account's address is theirs: an owner of the address replaces it. */
  | "unconfirmed"
  | "taken";

export type IdentityRegistrationResult =
  /** `replaced`: the account that gave way. */
  | { readonly ok: true; readonly user: User; readonly replaced: User | null }
  /** `linked`: another request was faster, and the identity has an account. */
  | { readonly ok: false; readonly reason: "email_taken" | "linked" };

interface Parts {
  readonly kv: Kv;
  readonly accounts: Accounts;
  readonly identities: Identities;
  readonly ownedRecords: OwnedRecords;
  readonly now: Clock;
}

/** Creates accounts for people who proved at a provider who they are. They have no password. */
export class IdentityRegistrations {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whether a new account can have this address (in canonical form). */
  async addressUse(email: string): Promise<AddressUse> {
    const { kv } = this.#parts;
    const index = await kv.get(["user_by_email", email]);
    return useOf(await findRival(kv, index, NO_USER_ID));
  }

  /**
   * Creates an account. The provider's proof of the address removes an account there that nobody
   * ever confirmed, with all that belongs to it; without that proof only a registration that waits
   * for its link gives way. An address that is taken costs the same reads and one commit.
   */
  async register(
    { proof, ...registration }: IdentityRegistration,
    identity: NewIdentity,
    mails: RegistrationMails,
  ): Promise<IdentityRegistrationResult> {
    const { kv, identities, now } = this.#parts;
    const createdAt = now();
    const waitsUntil = new Date(createdAt.getTime() + registrationLifetime);
    const user = newUser({
      ...registration,
      emailVerified: proof === "provider",
      identities: [identity.issuer],
      expiresAt: proof === "link" ? waitsUntil : null,
    }, createdAt);

    let replaced: User | null = null;
    while (true) {
      const [index, lookup] = await Promise.all([
        kv.get(["user_by_email", user.email]),
        identities.find(identity.issuer, identity.subject),
      ]);
      if (lookup.userId === user.id) return { ok: true, user, replaced }; // the answer was lost
      if (await this.#isLinked(lookup)) return { ok: false, reason: "linked" };
      const rival = await findRival(kv, index, user.id);
      const isTaken = rival !== null && !givesWay(rival, proof, mails.waiting);
      replaced = isTaken ? null : rival?.user ?? null;

      const operation = kv.atomic().check(index);
      if (rival) operation.check(rival.entry);
      // Without an account that gives way there are none; the read costs the same.
      await identities.removeAll(operation, replaced?.id ?? NO_USER_ID);
      if (isTaken) addWrites(operation, mails.taken(rival.user));
      else {
        if (replaced) await this.#remove(operation, replaced);
        writeAccount(operation, user, null, createdAt);
        identities.add(operation, user, identity, lookup);
        addWrites(operation, await mails.created(user));
      }
      if (!(await operation.commit()).ok) continue;
      return isTaken ? { ok: false, reason: "email_taken" } : { ok: true, user, replaced };
    }
  }

  /** An identity whose account ended is free. */
  async #isLinked({ userId }: IdentityLookup): Promise<boolean> {
    return userId !== null && await this.#parts.accounts.find(userId) !== null;
  }

  async #remove(operation: Deno.AtomicOperation, rival: User): Promise<void> {
    deleteAccount(operation, rival);
    if (isPending(rival)) return; // it opened nothing: it has no factors, and one link
    await this.#parts.ownedRecords.removeAll(operation, rival.id);
  }
}

function givesWay(
  rival: Rival,
  proof: IdentityRegistration["proof"],
  waiting: RegistrationMails["waiting"],
): boolean {
  if (proof === "provider") return useOf(rival) === "unconfirmed";
  return !rival.keepsAddress && waiting === "gives_way";
}

/**
 * An account whose record cannot be read keeps its address. So does one with a role: whoever gave it
 * knew whose account it is, and an administrator has to stay.
 */
function useOf(rival: Rival | null): AddressUse {
  if (!rival) return "free";
  const { user } = rival;
  if (user === null || user.roles.length > 0) return "taken";
  return isPending(user) || !user.emailVerified ? "unconfirmed" : "taken";
}
