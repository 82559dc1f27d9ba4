import type { Accounts } from "../account/accounts.ts";
import type { Kv } from "../kv/kv.ts";
import { linkedProvider } from "../oidc/linked_provider.ts";
import type { ProviderConfig } from "../oidc/provider_config.ts";
import { readIdentity } from "./identity_record.ts";

/** The passkey or the identity that is to be removed. */
export type RemovedWayIn = { readonly passkeyId: string } | { readonly issuer: string };

/** What opens an account: a password, a passkey, an account at a provider. */
export class WaysIn {
  readonly #kv: Kv;
  readonly #accounts: Pick<Accounts, "hasPassword">;
  readonly #providers: readonly ProviderConfig[];

  constructor(
    kv: Kv,
    accounts: Pick<Accounts, "hasPassword">,
    providers: readonly ProviderConfig[],
  ) {
    this.#kv = kv;
    this.#accounts = accounts;
    this.#providers = providers;
  }

  /**
   * Whether nothing else opens the account. A second factor alone does not, nor does a provider that
   * the settings no longer have. Each way in changes the user's record: check it in the same commit.
   */
  async isLast(userId: string, removed: RemovedWayIn): Promise<boolean> {
    const [hasPassword, passkeys, issuers] = await Promise.all([
      this.#accounts.hasPassword(userId),
      this.#passkeysOf(userId),
      this.#usableIssuers(userId),
    ]);
    const ids = "issuer" in removed
      ? [...passkeys, ...issuers.filter((it) => it !== removed.issuer)]
      : [...passkeys.filter((it) => it !== removed.passkeyId), ...issuers];
    return !hasPassword && ids.length === 0;
  }

  async #passkeysOf(userId: string): Promise<string[]> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: ["passkey", userId] }));
    return entries.map(({ key }) => String(key[2]));
  }

  async #usableIssuers(userId: string): Promise<string[]> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: ["identity_of", userId] }));
    return entries.flatMap(({ key, value }) => {
      const issuer = String(key[2]);
      const identity = readIdentity(value);
      return identity && linkedProvider({ issuer, ...identity }, this.#providers) ? [issuer] : [];
    });
  }
}
