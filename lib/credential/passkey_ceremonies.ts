import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialDescriptorJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import type { User } from "../account/user.ts";
import type { Device } from "../http/user_agent.ts";
import { newId } from "../keys.ts";
import type { Clock } from "../time.ts";
import { challengeLifetime, type Challenges, type ChallengeUse } from "./challenge.ts";
import type { JoinAdded, Passkeys } from "./passkey.ts";
import { passkeyName } from "./passkey_name.ts";
import type { Passkey } from "./passkey_record.ts";
import {
  algorithms,
  type NewCredential,
  readResponse,
  type RelyingParty,
  verifyAssertion,
  verifyRegistration,
} from "./passkey_response.ts";

const userIdForm = /^[\w-]{22}$/;

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

interface Parts {
  readonly passkeys: Passkeys;
  readonly challenges: Challenges;
  readonly relyingParty: RelyingParty;
  readonly now: Clock;
}

/** The ceremonies in which a browser makes a passkey or uses one. */
export class PasskeyCeremonies {
  readonly #passkeys: Passkeys;
  readonly #challenges: Challenges;
  readonly #rp: RelyingParty;
  readonly #now: Clock;

  constructor({ passkeys, challenges, relyingParty, now }: Parts) {
    this.#passkeys = passkeys;
    this.#challenges = challenges;
    this.#rp = relyingParty;
    this.#now = now;
  }

  /** What a browser needs to make a passkey. */
  async registrationOptions(
    user: User,
    sessionId: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const use = { ceremony: "register", boundTo: sessionId } as const;
    const passkeys = await this.#passkeys.list(user.id);
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
    join: JoinAdded = () => Promise.resolve(),
  ): Promise<RegisterPasskeyResult> {
    const response = readResponse(answer.text);
    if (!response) return refusal("malformed");
    const use = { ceremony: "register", boundTo: answer.sessionId } as const;
    if (!await this.#challenges.redeem(response.challenge, use)) return refusal("challenge");
    const credential = await verifyRegistration(response, this.#rp);
    if (!credential) return refusal("invalid");

    const passkey = this.#newPasskey(credential, answer.device);
    const added = await this.#passkeys.add(user, passkey, join);
    if (added.ok) return added;
    return refusal(added.reason === "gone" ? "invalid" : added.reason);
  }

  /**
   * What a browser needs to use a passkey. For a visitor it names no account: authenticators offer
   * the passkeys that they have for this site.
   */
  async authenticationOptions(
    use: ChallengeUse,
    user?: User,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const passkeys = user ? await this.#passkeys.list(user.id) : [];
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
      const found = await this.#passkeys.find(user.id, credentialId);
      if (!found) return await this.#refuseWithoutPasskey(credentialId);
      const { passkey } = found;
      if (passkey.lastUse === lastUse) return { ok: true, user, passkey }; // an answer was lost
      const counter = await verifyAssertion(response, passkey, this.#rp);
      if (counter === null) return refusedAnswer("invalid", user);
      if (!isLater(counter, passkey.counter)) return refusedAnswer("counter", user);
      const used = { ...passkey, counter, lastUse, lastUsedAt: this.#now() };
      if (await this.#passkeys.replace(found, used)) return { ok: true, user, passkey: used };
    }
  }

  /** Browsers delete an unknown passkey: one whose record only cannot be read is not unknown. */
  async #refuseWithoutPasskey(credentialId: string): Promise<AuthenticatePasskeyResult> {
    const isKnown = await this.#passkeys.isKnown(credentialId);
    return refusedAnswer(isKnown ? "unusable" : "unknown");
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
