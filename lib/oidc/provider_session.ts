import { pendingLoginLifetime } from "../credential/pending_login.ts";
import type { Kv } from "../kv/kv.ts";
import type { Seal } from "../seal.ts";
import { type Clock, isDate } from "../time.ts";
import { issuerDigest } from "./issuer_digest.ts";
import type { ProvedIdentity } from "./provider.ts";

/** Who logged in here with a session at a provider. */
export interface ProviderSession {
  readonly v: 1;
  /** The subject: the record outlives an account that is deleted, and tells nothing of it. */
  readonly sealed: Uint8Array<ArrayBuffer>;
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
  readonly #seal: Seal;
  readonly #lifetimes: Lifetimes;
  readonly #now: Clock;

  constructor(kv: Kv, seal: Seal, lifetimes: Lifetimes, now: Clock) {
    this.#kv = kv;
    this.#seal = seal;
    this.#lifetimes = lifetimes;
    this.#now = now;
  }

  /** Notes the session of somebody who logs in; many providers name none. */
  async note(
    { issuer, subject, providerSession }: Pick<
      ProvedIdentity,
      "issuer" | "subject" | "providerSession"
    >,
    remember: boolean,
  ): Promise<void> {
    if (providerSession === null) return;
    const { absolute, remember: remembered } = this.#lifetimes;
    const expireIn = pendingLoginLifetime + absolute + (remember ? remembered : 0);
    const expiresAt = new Date(this.#now().getTime() + expireIn);
    const key = keyOf(issuer, providerSession);
    const sealed = this.#seal.seal(subject, key.join(" "));
    const record: ProviderSession = { v: 1, sealed, expiresAt };
    await this.#kv.atomic().set(key, record, { expireIn }).commit();
  }

  /** The subject who logged in with it; null when nobody did, or long ago. */
  async findSubject(issuer: string, providerSession: string): Promise<string | null> {
    const key = keyOf(issuer, providerSession);
    const record = readProviderSession((await this.#kv.get(key)).value);
    if (!record || record.expiresAt <= this.#now()) return null;
    return this.#seal.open(record.sealed, key.join(" "));
  }
}

function keyOf(issuer: string, providerSession: string): readonly [string, string] {
  return ["provider_session", issuerDigest(issuer, providerSession)];
}

/** Reads a record; null when it is corrupt. */
export function readProviderSession(value: unknown): ProviderSession | null {
  const record = (value ?? {}) as ProviderSession;
  const isValid = record.v === 1 && record.sealed instanceof Uint8Array && isDate(record.expiresAt);
  return isValid ? record : null;
}
