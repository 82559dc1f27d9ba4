import { pendingLoginLifetime } from "../credential/pending_login.ts";
import type { Kv } from "../kv/kv.ts";
import { type Clock, isDate } from "../time.ts";
import { issuerDigest } from "./issuer_digest.ts";
import type { ProvedIdentity } from "./provider.ts";

/** Who logged in here with a session at a provider. */
export interface ProviderSession {
  readonly v: 1;
  readonly userId: string;
  readonly expiresAt: Date;
}

/** How long a session, and a remembered browser, can last, in milliseconds. */
interface Lifetimes {
  readonly absolute: number;
  readonly remember: number;
}

/**
 * Who logged in with which session at a provider, for a logout that names nobody:
 * `["provider_session", digest of issuer and session]`, for as long as the login can last.
 */
export class ProviderSessions {
  readonly #kv: Kv;
  readonly #lifetimes: Lifetimes;
  readonly #now: Clock;

  constructor(kv: Kv, lifetimes: Lifetimes, now: Clock) {
    this.#kv = kv;
    this.#lifetimes = lifetimes;
    this.#now = now;
  }

  /** Notes the session of somebody who logs in; many providers name none. */
  async note(
    userId: string,
    { issuer, providerSession }: Pick<ProvedIdentity, "issuer" | "providerSession">,
    remember: boolean,
  ): Promise<void> {
    if (providerSession === null) return;
    const { absolute, remember: remembered } = this.#lifetimes;
    const expireIn = pendingLoginLifetime + absolute + (remember ? remembered : 0);
    const expiresAt = new Date(this.#now().getTime() + expireIn);
    const record: ProviderSession = { v: 1, userId, expiresAt };
    await this.#kv.atomic().set(keyOf(issuer, providerSession), record, { expireIn }).commit();
  }

  /** The id of the user who logged in with it; null when nobody did, or long ago. */
  async findUserId(issuer: string, providerSession: string): Promise<string | null> {
    const { value } = await this.#kv.get(keyOf(issuer, providerSession));
    const record = readProviderSession(value);
    return record && record.expiresAt > this.#now() ? record.userId : null;
  }
}

function keyOf(issuer: string, providerSession: string): Deno.KvKey {
  return ["provider_session", issuerDigest(issuer, providerSession)];
}

/** Reads a record; null when it is corrupt. */
export function readProviderSession(value: unknown): ProviderSession | null {
  const record = (value ?? {}) as ProviderSession;
  const isValid = record.v === 1 && typeof record.userId === "string" && isDate(record.expiresAt);
  return isValid ? record : null;
}
