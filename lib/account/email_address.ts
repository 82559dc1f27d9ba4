import { utf8 } from "../login/bytes.ts";

const MAX_ADDRESS_LENGTH = 254; // in bytes: RFC 5321 §4.5.3.1.3 without the angle brackets
const MAX_LOCAL_PART_LENGTH = 64; // in bytes: RFC 5321 §4.5.3.1.1

/** RFC 5322 atext and letters, digits and marks of any script (RFC 6531), unquoted. */
const localPart =
  /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * The form in which an email address is stored and looked up: trimmed, in NFC and lower case, the
 * domain as A-labels. Null when the text is not an address.
 */
export function canonicalEmail(text: string): string | null {
  if (text.length > 2 * MAX_ADDRESS_LENGTH) return null;
  const [local, domain, ...rest] = canonicalText(text).split("@");
  if (local === undefined || domain === undefined || rest.length > 0) return null;
  if (!localPart.test(local) || !/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain)) return null;
  if (/\p{DI}/u.test(local)) return null; // invisible characters make look-alike addresses

  const host = URL.parse(`http://${domain}`)?.hostname;
  if (host === undefined || !hostName.test(host)) return null;
  const email = `${local}@${host}`;
  const bytes = (part: string) => utf8(part).length;
  return bytes(local) <= MAX_LOCAL_PART_LENGTH && bytes(email) <= MAX_ADDRESS_LENGTH ? email : null;
}

/** `ann@example.com` becomes `a…@example.com`. The address is in canonical form. */
export function maskEmail(email: string): string {
  const [local = "", domain = ""] = email.split("@");
  return `${[...local][0] ?? ""}…@${domain}`;
}

/**
 * `ann@example.com` becomes `a…@e…`, for mails to somebody else: an intruder may have chosen the
 * domain, and mail programs make a link of it. The address is in canonical form.
 */
export function maskWholeEmail(email: string): string {
  return email.split("@").map((part) => `${[...part][0] ?? ""}…`).join("@");
}

/** Normalises twice, because lower case can separate a letter from its mark again. */
function canonicalText(text: string): string {
  return text.trim().normalize("NFC").toLowerCase().normalize("NFC");
}
