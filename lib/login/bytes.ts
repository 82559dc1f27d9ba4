import { Buffer } from "node:buffer";

const encoder = new TextEncoder();

/** Encodes bytes as base64url without padding (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

/** Decodes base64url without padding; null when the text is anything else. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const bytes = new Uint8Array(Buffer.from(text, "base64url"));
  // One value has one spelling: a stray character at the end, or stray bits in it, are refused.
  return encodeBase64Url(bytes) === text ? bytes : null;
}

/** Encodes text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Whether two texts or byte strings are equal, in a time that depends on their lengths only. */
export function timingSafeEqual<T extends string | Uint8Array>(a: T, b: T): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= unitAt(a, i) ^ unitAt(b, i);
  return difference === 0;
}

/** Beyond the end it is no number, which counts as 0. */
function unitAt(value: string | Uint8Array, i: number): number {
  return typeof value === "string" ? value.charCodeAt(i) : value[i] as number;
}
