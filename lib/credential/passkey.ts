import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialDescriptorJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import type { Accounts } from "../account/accounts.ts";
import type { User } from "../account/user.ts";
import type { Device } from "../http/user_agent.ts";
import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import type { Clock } from "../time.ts";
import { challengeLifetime, type Challenges, type ChallengeUse } from "./challenge.ts";
import { passkeyName } from "./passkey_name.ts";
import { type Passkey, readPasskey } from "./passkey_record.ts";
import {
  algorithms,
  type NewCredential,
  readResponse,
  type RelyingParty,
  verifyAssertion,
  verifyRegistration,
} from "./passkey_response.ts";

const userIdForm = /^[\w-]{22}$/;
/** An account has at most so many. */
const MAX_PASSKEYS = 20;

export type RegisterPasskeyResult =
  | { readonly ok: true; readonly user: User; readonly passkey: Passkey }
  | {
    readonly ok: false;
    readonly reason: "malformed" | "challenge" | "invalid" | "taken" | "too_many";
  };

export type AuthenticatePasskeyResult =
  | { readonly ok: true; readonly user: User; readonly passkey: Passkey }
  | {
    readonly ok: false;
    /** `unknown`: nobody has it here. `unusable`: a record of it exists all the same. */
    readonly reason:
      | "malformed"
      | "challenge"
      | "user_handle"
      | "unknown"
      | "unusable"
      | "invalid"
      | "counter";
    /** Whose passkey it is, where the answer names one and has a challenge that works. */
    readonly owner: User | null;
  };

export type RemovePasskeyResult =
  | { readonly ok: true; readonly user: User; readonly passkey: Passkey }
  | { readonly ok: false; readonly reason: "gone" | "last_way_in" };

interface PasskeyList {
  readonly passkeys: readonly Passkey[];
  readonly isComplete: boolean;
}

/** What a commit that adds or removes a passkey does. */
interface PasskeyChange {
  readonly changed: User;
  readonly passkey: Passkey;
}

/** Adds writes of another subject to such a commit. */
type Join<Change = PasskeyChange> = (
  operation: Deno.AtomicOperation,
  change: Change,
) => Promise<void>;

interface Parts {
  readonly kv: Kv;
  readonly accounts: Accounts;
  readonly challenges: Challenges;
  readonly relyingParty: RelyingParty;
  /** Called for each record that cannot be read. */
  readonly reportCorrupt: (kind: "passkey", userId: string) => void;
  readonly now: Clock;
}

/**
 * Passkeys (WebAuthn Level 3), kept under `["passkey", userId, credentialId]`, and under
 * `["passkey_owner", credentialId]` (the user's id), so that one belongs to one account.
 */
export class Passkeys {
  readonly #kv: Kv;
  readonly #accounts: Accounts;
  readonly #challenges: Challenges;
  readonly #rp: RelyingParty;
  readonly #reportCorrupt: Parts["reportCorrupt"];
  readonly #now: Clock;

  constructor({ kv, accounts, challenges, relyingParty, reportCorrupt, now }: Parts) {
    this.#kv = kv;
    this.#accounts = accounts;
    this.#challenges = challenges;
    this.#rp = relyingParty;
    this.#reportCorrupt = reportCorrupt;
    this.#now = now;
  }

  /** What a browser needs to make a passkey. */
  async registrationOptions(
    user: User,
    sessionId: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const use = { ceremony: "register", boundTo: sessionId } as const;
    const passkeys = await this.list(user.id);
    return {
      challenge: this.#challenges.issue(use),
      rp: { id: this.#rp.id, name: this.#rp.name },
      user: { id: user.id, name: user.email, displayName: user.name },
      pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
      timeout: challengeLifetime,
      excludeCredentials: passkeys.map(descriptorOf),
      authenticatorSelection: {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
      attestation: "none",
    };
  }

  /**
   * Adds the passkey of a browser's answer to a user's account.
   *
   * @param device The browser, for the first name of a passkey whose authenticator is unknown.
   * @param join Called again for each attempt to commit.
   */
  async register(
    user: User,
    answer: { readonly text: string; readonly sessionId: string; readonly device: Device },
    join: Join<PasskeyChange & { readonly before: User }> = () => Promise.resolve(),
  ): Promise<RegisterPasskeyResult> {
    const response = readResponse(answer.text);
    if (!response) return refusal("malformed");
    const use = { ceremony: "register", boundTo: answer.sessionId } as const;
    if (!await this.#challenges.redeem(response.challenge, use)) return refusal("challenge");
    const credential = await verifyRegistration(response, this.#rp);
    if (!credential) return refusal("invalid");

    const passkey = this.#newPasskey(credential, answer.device);
    let before = user;
    let reason = "invalid" as "invalid" | "taken" | "too_many"; // stays where the user is gone
    const changed = await this.#accounts.changeFactors(
      user.id,
      (current) => {
        before = current;
        return { ...current, factors: [...new Set([...current.factors, "hwk" as const])] };
      },
      async (operation, changed) => {
        const problem = await this.#problemOf(user.id, passkey);
        if (problem) reason = problem;
        if (problem) return false;
        this.#add(operation, user.id, passkey);
        await join(operation, { before, changed, passkey });
        return true;
      },
    );
    if (changed) return { ok: true, user: changed, passkey };
    return reason === "taken" ? await this.#ifAdded(user.id, passkey) : refusal(reason);
  }

  /**
   * What a browser needs to use a passkey. For a visitor it names no account: authenticators offer
   * the passkeys that they have for this site.
   */
  async authenticationOptions(
    use: ChallengeUse,
    user?: User,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const passkeys = user ? await this.list(user.id) : [];
    return {
      challenge: this.#challenges.issue(use),
      rpId: this.#rp.id,
      allowCredentials: passkeys.map(descriptorOf),
      userVerification: "required",
      timeout: challengeLifetime,
    };
  }

  /** Which passkey of which user a browser's answer claims to be; null when it names nobody. */
  readClaim(text: string): { readonly userId: string; readonly credentialId: string } | null {
    const response = readResponse(text);
    const userId = response?.userHandle ?? "";
    return response && userIdForm.test(userId)
      ? { userId, credentialId: response.credentialId }
      : null;
  }

  /**
   * Checks a browser's answer with a passkey of a user. Its challenge is used up either way.
   *
   * @param user Whose passkey it claims to be; null when there is no such user.
   */
  async authenticate(
    user: User | null,
    text: string,
    use: ChallengeUse,
  ): Promise<AuthenticatePasskeyResult> {
    const response = readResponse(text);
    if (!response) return refusedAnswer("malformed");
    if (!await this.#challenges.redeem(response.challenge, use)) return refusedAnswer("challenge");
    if (!user) return await this.#refuseWithoutPasskey(response.credentialId);
    const { userHandle, credentialId } = response;
    const isTheirs = userHandle === user.id || (userHandle === null && use.ceremony !== "login");
    if (!isTheirs) return refusedAnswer("user_handle");

    const lastUse = newId();
    while (true) {
      const entry = await this.#kv.get(["passkey", user.id, credentialId]);
      const passkey = this.#read(entry, user.id);
      if (!passkey) return await this.#refuseWithoutPasskey(credentialId);
      if (passkey.lastUse === lastUse) return { ok: true, user, passkey }; // an answer was lost
      const counter = await verifyAssertion(response, passkey, this.#rp);
      if (counter === null) return refusedAnswer("invalid", user);
      if (!isLater(counter, passkey.counter)) return refusedAnswer("counter", user);
      const used = { ...passkey, counter, lastUse, lastUsedAt: this.#now() };
      const { ok } = await this.#kv.atomic().check(entry).set(entry.key, used).commit();
      if (ok) return { ok, user, passkey: used };
    }
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

  /** Gives a passkey another name; null when the user has no such passkey. */
  async rename(userId: string, credentialId: string, name: string): Promise<Passkey | null> {
    while (true) {
      const entry = await this.#find(userId, credentialId);
      const passkey = readPasskey(entry?.value);
      if (!entry || !passkey) return null;
      const renamed = { ...passkey, name };
      if ((await this.#kv.atomic().check(entry).set(entry.key, renamed).commit()).ok) {
        return renamed;
      }
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
    join: Join = () => Promise.resolve(),
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
    join: Join,
  ): Promise<RemovePasskeyResult | null> {
    const before = await this.list(userId);
    const passkey = before.find(({ id }) => id === credentialId);
    if (!passkey) return refusal("gone");
    const left = before.length - 1;
    const hasPassword = await this.#accounts.hasPassword(userId);
    if (isLastWayIn({ passkeys: left, hasPassword })) return refusal("last_way_in");

    let isOverdue = false;
    const changed = await this.#accounts.changeFactors(
      userId,
      (user) => ({
        ...user,
        epoch: user.epoch + 1,
        factors: left > 0 ? user.factors : user.factors.filter((factor) => factor !== "hwk"),
      }),
      async (operation, changed) => {
        const current = await this.list(userId);
        isOverdue = current.length !== before.length ||
          !current.some(({ id }) => id === credentialId);
        if (isOverdue) return false;
        this.delete(operation, userId, credentialId);
        await join(operation, { changed, passkey });
        return true;
      },
    );
    if (changed) return { ok: true, user: changed, passkey };
    return isOverdue ? null : refusal("gone");
  }

  /** Null when there is no record, or none that can be read. */
  #read({ value, versionstamp }: Deno.KvEntryMaybe<unknown>, userId: string): Passkey | null {
    const passkey = readPasskey(value);
    if (!passkey && versionstamp !== null) this.#reportCorrupt("passkey", userId);
    return passkey;
  }

  /** Browsers delete an unknown passkey: one whose record only cannot be read is not unknown. */
  async #refuseWithoutPasskey(credentialId: string): Promise<AuthenticatePasskeyResult> {
    const owner = await this.#kv.get(["passkey_owner", credentialId]);
    return refusedAnswer(owner.versionstamp === null ? "unknown" : "unusable");
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
  async #ifAdded(userId: string, passkey: Passkey): Promise<RegisterPasskeyResult> {
    const entry = await this.#kv.get(["passkey", userId, passkey.id]);
    const isAdded = readPasskey(entry.value)?.lastUse === passkey.lastUse;
    const user = isAdded ? await this.#accounts.find(userId) : null;
    return user ? { ok: true, user, passkey } : refusal("taken");
  }

  #add(operation: Deno.AtomicOperation, userId: string, passkey: Passkey): void {
    const owner = ["passkey_owner", passkey.id];
    operation.check({ key: owner, versionstamp: null })
      .set(owner, userId)
      .set(["passkey", userId, passkey.id], passkey);
  }

  #newPasskey({ aaguid, ...credential }: NewCredential, device: Device): Passkey {
    const name = passkeyName(aaguid, device) ?? `${this.#rp.name} passkey`;
    return {
      v: 1,
      ...credential,
      name,
      lastUse: newId(),
      createdAt: this.#now(),
      lastUsedAt: null,
    };
  }

  /** An id from a URL may be no key at all. */
  async #find(userId: string, id: string): Promise<Deno.KvEntryMaybe<unknown> | null> {
    return isTooLong(id) ? null : await this.#kv.get(["passkey", userId, id]);
  }
}

/** For a key. */
function isTooLong(id: string): boolean {
  return id.length > 1364;
}

/** Whether an account that is left with these could not be opened any more. */
function isLastWayIn(
  { passkeys, hasPassword }: { readonly passkeys: number; readonly hasPassword: boolean },
): boolean {
  return passkeys === 0 && !hasPassword;
}

/** A counter that stands still or goes back means that two authenticators have the same key. */
function isLater(counter: number, stored: number): boolean {
  return counter > stored || (counter === 0 && stored === 0);
}

function descriptorOf({ id, transports }: Passkey): PublicKeyCredentialDescriptorJSON {
  return { type: "public-key", id, transports: [...transports] };
}

function refusedAnswer(
  reason: Extract<AuthenticatePasskeyResult, { ok: false }>["reason"],
  owner: User | null = null,
): AuthenticatePasskeyResult {
  return { ok: false, reason, owner };
}

function refusal<Reason extends string>(reason: Reason) {
  return { ok: false, reason } as const;
}
