import type { EmailToken } from "../account/email_token.ts";
import type { User } from "../account/user.ts";
import type { Identities } from "./identity.ts";
import type { Passkeys } from "./passkey.ts";
import type { RecoveryCodes } from "./recovery_code.ts";
import type { Factor } from "./second_factor.ts";
import type { Totp } from "./totp.ts";

interface Parts {
  readonly totp: Totp;
  readonly recoveryCodes: RecoveryCodes;
  readonly passkeys: Passkeys;
  readonly identities: Identities;
}

/** The factors and identities that an account keeps, and the kind that was removed. */
export interface RemovedFactor extends Pick<User, "factors" | "identities"> {
  /** Null when it is gone already, or the link is about nothing that was added. */
  readonly removed: Factor | "fed" | null;
}

const passkeyPrefix = "hwk ";
const identityPrefix = "fed ";

/** How the record of a link names a passkey; its authenticator may have chosen any id. */
export function addedPasskey(id: string): string {
  return `${passkeyPrefix}${id}`;
}

/** How the record of a link names the identity at an issuer. */
export function linkedIdentity(issuer: string): string {
  return `${identityPrefix}${issuer}`;
}

/** Whether the record of a link names an identity, and no factor. */
export function isLinkedIdentity(factor: string): boolean {
  return factor.startsWith(identityPrefix);
}

/**
 * Removes the factor that the mail about it says was added, or the identity that was linked: a
 * stranger's must not stay.
 */
export class AddedFactors {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Removes the factor in a commit that checks the user's record, which changes with every factor.
   * With the last factor its recovery codes end.
   */
  async remove(
    operation: Deno.AtomicOperation,
    user: User,
    { factor, createdAt }: Pick<EmailToken, "factor" | "createdAt">,
  ): Promise<RemovedFactor> {
    if (factor === undefined) return nothingRemoved(user);
    if (isLinkedIdentity(factor)) {
      const issuer = factor.slice(identityPrefix.length);
      return await this.#unlink(operation, user, { issuer, createdAt });
    }
    const result = factor === "otp"
      ? await this.#removeTotp(operation, user, createdAt)
      : await this.#removePasskey(operation, user, factor.slice(passkeyPrefix.length));
    if (result.removed && result.factors.length === 0) {
      this.#parts.recoveryCodes.removeAll(operation, user.id);
    }
    return result;
  }

  /** An identity that was linked after the mail is another one. */
  async #unlink(
    operation: Deno.AtomicOperation,
    user: User,
    { issuer, createdAt }: { readonly issuer: string; readonly createdAt: Date },
  ): Promise<RemovedFactor> {
    const identities = await this.#parts.identities.list(user.id);
    const linked = identities.find((it) => it.issuer === issuer);
    if (!linked || linked.linkedAt > createdAt) return nothingRemoved(user);
    this.#parts.identities.delete(operation, user.id, linked);
    const left = user.identities.filter((it) => it !== issuer);
    return { factors: user.factors, identities: left, removed: "fed" };
  }

  /** An app that was enrolled after the mail is another one. */
  async #removeTotp(
    operation: Deno.AtomicOperation,
    user: User,
    createdAt: Date,
  ): Promise<RemovedFactor> {
    const app = await this.#parts.totp.find(user.id);
    if (!app || app.enrolledAt > createdAt) return nothingRemoved(user);
    this.#parts.totp.remove(operation, user.id);
    const factors = user.factors.filter((it) => it !== "otp");
    return { factors, identities: user.identities, removed: "otp" };
  }

  async #removePasskey(
    operation: Deno.AtomicOperation,
    user: User,
    credentialId: string,
  ): Promise<RemovedFactor> {
    const passkeys = await this.#parts.passkeys.list(user.id);
    const left = passkeys.filter(({ id }) => id !== credentialId);
    if (left.length === passkeys.length) return nothingRemoved(user);
    this.#parts.passkeys.delete(operation, user.id, credentialId);
    const factors = left.length > 0 ? user.factors : user.factors.filter((it) => it !== "hwk");
    return { factors, identities: user.identities, removed: "hwk" };
  }
}

function nothingRemoved({ factors, identities }: User): RemovedFactor {
  return { factors, identities, removed: null };
}
