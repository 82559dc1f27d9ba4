const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BITS_PER_CHARACTER = 5;

/** Encodes bytes as base32 without padding (RFC 4648 §6). */
export function encodeBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((it) => alphabet[parseInt(it.padEnd(BITS_PER_CHARACTER, "0"), 2)]).join("");
}

/** Decodes base32 without padding; null when the text is anything else. */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Z2-7]*$/.test(text)) return null;
  const bits = [...text]
    .map((it) => alphabet.indexOf(it).toString(2).padStart(BITS_PER_CHARACTER, "0"))
    .join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (it) => parseInt(it, 2));
}

/** Splits a text into groups of four, which people can read and type. */
export function inGroupsOfFour(text: string, separator: string): string {
  return (text.match(/.{1,4}/g) ?? []).join(separator);
}
