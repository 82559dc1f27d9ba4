import type { ProvedIdentity, Provider } from "../oidc/provider.ts";
import { isDate } from "../time.ts";

/** An account at a provider that is linked to an account here. */
export interface Identity {
  readonly v: 1;
  readonly subject: string;
  /** The name of the provider when it was linked, such as `google`. */
  readonly provider: string;
  /** The address that the provider gave, to recognise it by; null when it gave none. */
  readonly email: string | null;
  readonly linkedAt: Date;
  readonly lastUsedAt: Date | null;
  /** When the provider said that the person logged out there; null when it never did. */
  readonly loggedOutAt: Date | null;
}

/** The record that finds a user by who they are at a provider. */
export interface IdentityOwner {
  readonly v: 1;
  readonly userId: string;
}

/** Who somebody is at a provider, and which provider that is here. */
export type NewIdentity =
  & Pick<ProvedIdentity, "issuer" | "subject" | "email">
  & { readonly provider: string };

/** What an account is linked to when somebody comes back from a provider. */
export function newIdentity(
  { name }: Pick<Provider, "name">,
  { issuer, subject, email }: Pick<ProvedIdentity, "issuer" | "subject" | "email">,
): NewIdentity {
  return { issuer, subject, email, provider: name };
}

/** Reads what describes an identity; null when it is corrupt. */
export function readIdentity(value: unknown): Identity | null {
  const record = (value ?? {}) as Identity;
  const isValid = record.v === 1 &&
    [record.subject, record.provider].every((it) => typeof it === "string") &&
    (record.email === null || typeof record.email === "string") && isDate(record.linkedAt) &&
    [record.lastUsedAt, record.loggedOutAt].every((it) => it === null || isDate(it));
  return isValid ? record : null;
}

/** Reads whose identity it is; null when the record is corrupt. */
export function readIdentityOwner(value: unknown): IdentityOwner | null {
  const record = (value ?? {}) as IdentityOwner;
  return record.v === 1 && typeof record.userId === "string" ? record : null;
}
