import { isDate } from "../time.ts";

/** A key pair that a user's authenticator keeps; the site has its public half. */
export interface Passkey {
  readonly v: 1;
  /** The id that its authenticator gave it, in base64url. */
  readonly id: string;
  readonly name: string;
  /** In COSE (RFC 9052). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** How often it signed, as it says itself; always 0 where an authenticator does not count. */
  readonly counter: number;
  /** How browsers reach its authenticator, such as `usb`. */
  readonly transports: readonly string[];
  /** A random id of the commit that made it or used it last: a repeated commit is recognised. */
  readonly lastUse: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Reads the record of a passkey; null when it is corrupt. */
export function readPasskey(value: unknown): Passkey | null {
  const record = (value ?? {}) as Passkey;
  const isValid = record.v === 1 &&
    [record.id, record.name, record.lastUse].every((it) => typeof it === "string") &&
    record.publicKey instanceof Uint8Array && Number.isInteger(record.counter) &&
    Array.isArray(record.transports) &&
    record.transports.every((it) => typeof it === "string") &&
    isDate(record.createdAt) && (record.lastUsedAt === null || isDate(record.lastUsedAt));
  return isValid ? record : null;
}
