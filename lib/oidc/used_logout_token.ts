import type { Kv } from "../kv/kv.ts";
import { type Clock, isDate } from "../time.ts";
import { issuerDigest } from "./issuer_digest.ts";
import type { ProviderLogout } from "./provider.ts";

/** The mark of a logout token that ended sessions, until the token is too old anyway. */
export interface UsedLogoutToken {
  readonly v: 1;
  readonly expiresAt: Date;
}

type TokenName = Pick<ProviderLogout, "issuer" | "tokenId">;

/** Logout tokens that did their work, kept under `["logout_token", digest of issuer and id]`. */
export class UsedLogoutTokens {
  readonly #kv: Kv;
  readonly #now: Clock;

  constructor(kv: Kv, now: Clock) {
    this.#kv = kv;
    this.#now = now;
  }

  async has(token: TokenName): Promise<boolean> {
    return (await this.#kv.get(keyOf(token))).versionstamp !== null;
  }

  async add({ expiresAt, ...token }: Pick<ProviderLogout, "expiresAt"> & TokenName): Promise<void> {
    const mark: UsedLogoutToken = { v: 1, expiresAt };
    const expireIn = Math.max(1, expiresAt.getTime() - this.#now().getTime());
    await this.#kv.atomic().set(keyOf(token), mark, { expireIn }).commit();
  }
}

function keyOf({ issuer, tokenId }: TokenName): Deno.KvKey {
  return ["logout_token", issuerDigest(issuer, tokenId)];
}

/** Reads a mark; null when it is corrupt. */
export function readUsedLogoutToken(value: unknown): UsedLogoutToken | null {
  const record = (value ?? {}) as UsedLogoutToken;
  return record.v === 1 && isDate(record.expiresAt) ? record : null;
}
