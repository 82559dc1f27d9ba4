const MAX_ADDRESS_LENGTH = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets
const MAX_LOCAL_PART_LENGTH = 64;

/** RFC 5322 atext and any letters, digits and marks (RFC 6531); no quoting, no spaces. */
const localPart =
  /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * The one spelling of an e-mail address that is stored and looked up: trimmed, NFC, lower-cased, its
 * domain in A-label form. Null when the text is not an address.
 */
export function canonicalEmail(text: string): string | null {
  if (text.length > 2 * MAX_ADDRESS_LENGTH) return null;
  const [local, domain, ...rest] = canonicalText(text).split("@");
  if (local === undefined || domain === undefined || rest.length > 0) return null;
  if (!localPart.test(local) || !/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain)) return null;
  if (/\p{DI}/u.test(local)) return null; // letters and marks that nobody sees: another's look-alike

  const host = URL.parse(`http://${domain}`)?.hostname;
  if (host === undefined || !hostName.test(host)) return null;
  const email = `${local}@${host}`;
  const bytes = (part: string) => new TextEncoder().encode(part).length;
  return bytes(local) <= MAX_LOCAL_PART_LENGTH && bytes(email) <= MAX_ADDRESS_LENGTH ? email : null;
}

/** Lower-casing may leave a letter and its mark apart: put together again, so that there is one spelling. */
function canonicalText(text: string): string {
  return text.trim().normalize("NFC").toLowerCase().normalize("NFC");
}
