import type { EmailToken } from "../account/email_token.ts";
import type { User } from "../account/user.ts";
import type { Passkeys } from "./passkey.ts";
import type { RecoveryCodes } from "./recovery_code.ts";
import type { Factor } from "./second_factor.ts";
import type { Totp } from "./totp.ts";

interface Parts {
  readonly totp: Totp;
  readonly recoveryCodes: RecoveryCodes;
  readonly passkeys: Passkeys;
}

export interface RemovedFactor {
  /** The factors that stay. */
  readonly factors: readonly Factor[];
  /** Null when the factor is gone already, or the link is about none. */
  readonly removed: Factor | null;
}

const passkeyPrefix = "hwk ";

/** How the record of a link names a passkey; its authenticator may have chosen any id. */
export function addedPasskey(id: string): string {
  return `${passkeyPrefix}${id}`;
}

/** Removes the factor that the mail about it says was added: a stranger's must not stay. */
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
    if (factor === undefined) return { factors: user.factors, removed: null };
    const result = factor === "otp"
      ? await this.#removeTotp(operation, user, createdAt)
      : await this.#removePasskey(operation, user, factor.slice(passkeyPrefix.length));
    if (result.removed && result.factors.length === 0) {
      this.#parts.recoveryCodes.removeAll(operation, user.id);
    }
    return result;
  }

  /** An app that was enrolled after the mail is another one. */
  async #removeTotp(
    operation: Deno.AtomicOperation,
    user: User,
    createdAt: Date,
  ): Promise<RemovedFactor> {
    const app = await this.#parts.totp.find(user.id);
    if (!app || app.enrolledAt > createdAt) return { factors: user.factors, removed: null };
    this.#parts.totp.remove(operation, user.id);
    return { factors: user.factors.filter((it) => it !== "otp"), removed: "otp" };
  }

  async #removePasskey(
    operation: Deno.AtomicOperation,
    user: User,
    credentialId: string,
  ): Promise<RemovedFactor> {
    const passkeys = await this.#parts.passkeys.list(user.id);
    const left = passkeys.filter(({ id }) => id !== credentialId);
    if (left.length === passkeys.length) return { factors: user.factors, removed: null };
    this.#parts.passkeys.delete(operation, user.id, credentialId);
    const factors = left.length > 0 ? user.factors : user.factors.filter((it) => it !== "hwk");
    return { factors, removed: "hwk" };
  }
}
