import type { ApiTokens } from "../credential/api_token.ts";
import type { Identities } from "../credential/identity.ts";
import type { Passkeys } from "../credential/passkey.ts";
import type { RecoveryCodes } from "../credential/recovery_code.ts";
import type { Totp } from "../credential/totp.ts";
import type { EmailTokens } from "./email_token.ts";
import type { Events } from "./events.ts";
import type { Roles } from "./role_records.ts";

interface Parts {
  readonly emailTokens: EmailTokens;
  readonly totp: Totp;
  readonly recoveryCodes: RecoveryCodes;
  readonly passkeys: Passkeys;
  readonly identities: Identities;
  readonly apiTokens: ApiTokens;
  readonly roles: Roles;
  readonly events: Events;
}

/**
 * What belongs to an account besides its own records: links, factors, identities, API tokens, roles,
 * events.
 */
export class OwnedRecords {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Removes everything, in the commit that deletes the account. */
  async removeAll(operation: Deno.AtomicOperation, userId: string): Promise<void> {
    await this.#parts.emailTokens.removeAll(operation, userId);
    await this.#parts.events.removeAll(operation, userId);
    this.#parts.roles.removeAll(operation, userId);
    await this.removeCredentials(operation, userId);
  }

  /**
   * Removes the factors, identities and API tokens. A stranger may have prepared them at an address that nobody
   * confirmed: its owner must not inherit them.
   */
  async removeCredentials(operation: Deno.AtomicOperation, userId: string): Promise<void> {
    const { totp, recoveryCodes, passkeys, identities, apiTokens } = this.#parts;
    await apiTokens.removeAll(operation, userId);
    await passkeys.removeAll(operation, userId);
    await identities.removeAll(operation, userId);
    totp.remove(operation, userId);
    recoveryCodes.removeAll(operation, userId);
  }
}
