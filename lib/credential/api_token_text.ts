import { decodeBase64Url, encodeBase64Url } from "../login/bytes.ts";
import { newId, newSecret } from "../keys.ts";

/**
 * The text of an API token: `lk_`, then in base62 the user's id, the token's id and a secret of 256
 * bits, and then six digits of a CRC-32 over all before them. Scanners for leaked secrets recognise
 * it, and a typing error is found without the database.
 */
const prefix = "lk_";
const ID_BYTES = 16;
const SECRET_BYTES = 32;
/** 62^86 is just above 2^512. */
const BODY_LENGTH = 86;
const CHECKSUM_LENGTH = 6;

const form = new RegExp(`^${prefix}[0-9A-Za-z]{${BODY_LENGTH + CHECKSUM_LENGTH}}$`);
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The public parts of a token. */
export interface TokenParts {
  readonly userId: string;
  readonly id: string;
}

export type ParseTokenResult =
  | { readonly ok: true } & TokenParts
  | { readonly ok: false; readonly reason: "malformed" | "checksum" };

/** Makes a new token of a user. */
export function newTokenText(userId: string): TokenParts & { readonly text: string } {
  const id = newId();
  const bytes = [userId, id, newSecret()].map((part) => decodeBase64Url(part) ?? new Uint8Array());
  const isWhole = [ID_BYTES, ID_BYTES, SECRET_BYTES].every((size, i) => bytes[i]?.length === size);
  if (!isWhole) throw new Error("Cannot make an API token: the user's id has no 128 bits");
  const body = prefix + encodeBase62(bytes.flatMap((part) => [...part]), BODY_LENGTH);
  return { userId, id, text: body + checksumOf(body) };
}

/** Reads the public parts. It only compares the checksum: the database knows whether it is true. */
export function parseTokenText(text: string): ParseTokenResult {
  if (!form.test(text)) return { ok: false, reason: "malformed" };
  const body = text.slice(0, -CHECKSUM_LENGTH);
  if (checksumOf(body) !== text.slice(-CHECKSUM_LENGTH)) return { ok: false, reason: "checksum" };
  const bytes = decodeBase62(body.slice(prefix.length), 2 * ID_BYTES + SECRET_BYTES);
  if (!bytes) return { ok: false, reason: "malformed" };
  return {
    ok: true,
    userId: encodeBase64Url(bytes.subarray(0, ID_BYTES)),
    id: encodeBase64Url(bytes.subarray(ID_BYTES, 2 * ID_BYTES)),
  };
}

function encodeBase62(bytes: readonly number[], length: number): string {
  let rest = bytes.reduce((number, byte) => number << 8n | BigInt(byte), 0n);
  let text = "";
  while (text.length < length) {
    text = digits.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

/** The bytes of a number; null when it needs more. */
function decodeBase62(text: string, size: number): Uint8Array | null {
  let rest = 0n;
  for (const digit of text) rest = rest * 62n + BigInt(digits.indexOf(digit));
  const bytes = new Uint8Array(size);
  for (let i = size - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return rest === 0n ? bytes : null;
}

function checksumOf(text: string): string {
  const number = crc32(new TextEncoder().encode(text));
  return encodeBase62([24, 16, 8, 0].map((shift) => number >>> shift & 255), CHECKSUM_LENGTH);
}

/** As in gzip and PNG (ISO/IEC 3309). */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
