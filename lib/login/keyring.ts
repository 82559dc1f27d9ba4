import { createHmac, hkdfSync } from "node:crypto";
import { decodeBase64Url, encodeBase64Url, timingSafeEqual } from "./bytes.ts";

/** Shorter keys are refused. */
const MIN_KEY_BYTES = 32;

/**
 * The server's secret keys. Each purpose has its own key, derived with HKDF (RFC 5869) from every
 * secret: the first one makes new values, all of them verify old ones.
 */
export class Keyring {
  readonly #secrets: readonly Uint8Array<ArrayBuffer>[];
  /** The derived keys of each purpose. */
  readonly #derived = new Map<string, readonly Uint8Array[]>();

  constructor(secrets: readonly (Uint8Array | string)[]) {
    const keys = secrets.map(readKey);
    const sound = keys.filter((key) => key !== null);
    if (keys.length === 0 || sound.length < keys.length) {
      throw new Error(
        `Cannot make a keyring: give at least one key, each of ${MIN_KEY_BYTES} bytes or more`,
      );
    }
    this.#secrets = sound;
  }

  /** HMAC-SHA-512 of a text under each key, the newest first. */
  macs(purpose: string, text: string): [Uint8Array, ...Uint8Array[]] {
    const mac = (key: Uint8Array): Uint8Array => createHmac("sha512", key).update(text).digest();
    return this.#keys(purpose).map(mac) as [Uint8Array, ...Uint8Array[]]; // at least one key
  }

  /** Adds a signature to a text. The text has no dot. */
  sign(purpose: string, text: string): string {
    const [mac] = this.macs(purpose, text);
    return `${text}.${encodeBase64Url(mac.subarray(0, 32))}`;
  }

  /** The text without its signature; null when no key made it for this purpose. */
  verify(purpose: string, signed: string): string | null {
    const [text = "", signature = "", ...rest] = signed.split(".");
    if (rest.length > 0) return null;
    const genuine = this.macs(purpose, text).some((mac) =>
      timingSafeEqual(encodeBase64Url(mac.subarray(0, 32)), signature)
    );
    return genuine ? text : null;
  }

  #keys(purpose: string): readonly Uint8Array[] {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const made = this.#secrets.map((secret) => deriveKey(secret, purpose, 64));
    this.#derived.set(purpose, made);
    return made;
  }
}

/**
 * Reads a secret key: bytes, or base64 or base64url text of them. Null when it is too short or
 * anything else: `new Uint8Array(text)` would be no bytes at all, and the same key for everybody.
 */
export function readKey(key: unknown): Uint8Array<ArrayBuffer> | null {
  const bytes = typeof key === "string" ? fromBase64(key) : key;
  return bytes instanceof Uint8Array && bytes.length >= MIN_KEY_BYTES
    ? new Uint8Array(bytes)
    : null;
}

function fromBase64(text: string): Uint8Array | null {
  const base64Url = text.trim().replaceAll("+", "-").replaceAll("/", "_").replace(/={1,2}$/, "");
  return decodeBase64Url(base64Url);
}

/** Derives the key of one purpose from a secret, in bytes (HKDF with SHA-256, RFC 5869). */
export function deriveKey(
  secret: Uint8Array,
  purpose: string,
  length: number,
): Uint8Array<ArrayBuffer> {
  const info = `@latchkey/login ${purpose}`;
  return new Uint8Array(hkdfSync("sha256", secret, "", info, length));
}
