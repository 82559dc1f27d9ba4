/** Encodes bytes as base64url without padding (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Decodes base64url without padding; null when the text is anything else. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const bytes = Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")),
    (char) => char.charCodeAt(0),
  );
  // One value has one spelling: stray bits in the last character are refused.
  return encodeBase64Url(bytes) === text ? bytes : null;
}

/** Encodes text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Whether two texts or byte strings are equal, in a time that depends on their lengths only. */
export function timingSafeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const [x, y] = [toBytes(a), toBytes(b)];
  let difference = x.length ^ y.length;
  for (let i = 0; i < x.length; i++) difference |= (x[i] as number) ^ (y[i] ?? 0);
  return difference === 0;
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? utf8(value) : value;
}
