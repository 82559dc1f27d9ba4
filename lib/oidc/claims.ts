import { canonicalEmail } from "../account/email_address.ts";
import type { ProvedIdentity } from "./provider.ts";

/** In UTF-16 units, of an address and of a name. */
const MAX_LENGTH = 320;

/** A subject, or the id of a session: as OpenID Connect Core 1.0 §2 bounds it; null otherwise. */
export function readIdentifier(claim: unknown): string | null {
  return typeof claim === "string" && /^[\x20-\x7e]{1,255}$/.test(claim) ? claim : null;
}

/** The address, if it could be one, and whether it is verified: `true`, and nothing like it. */
export function readEmail(
  email: unknown,
  verified: unknown,
): Pick<ProvedIdentity, "email" | "emailVerified"> {
  const isAddress = typeof email === "string" && email.length <= MAX_LENGTH &&
    canonicalEmail(email) !== null;
  return isAddress
    ? { email, emailVerified: verified === true }
    : { email: null, emailVerified: false };
}

/** The name, cut to a length; empty when there is none. */
export function readName(name: unknown): string {
  return typeof name === "string" ? name.slice(0, MAX_LENGTH).toWellFormed().trim() : "";
}
