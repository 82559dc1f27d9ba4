import { dirname, join } from "node:path";
import { isFile } from "./kv/open.ts";
import { encodeBase64Url } from "./login/bytes.ts";
import { deriveKey } from "./login/keyring.ts";

const keyBytes = 32;
/** Random bytes almost never repeat this much: 32 of them hold about 30 different values. */
const MIN_DIFFERENT_BYTES = 16;

/** Reads a secret key; null when it is not base64 of at least 32 bytes that look random. */
export function parseSecretKey(text: string): Uint8Array<ArrayBuffer> | null {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
    bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
  return bytes.length >= keyBytes && new Set(bytes).size >= MIN_DIFFERENT_BYTES ? bytes : null;
}

/** A new secret key, as `SECRET_KEY` wants it. */
export function newSecretKey(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(keyBytes))));
}

/**
 * The key of a development database: made once and kept beside it, so that sessions survive
 * restarts. A database in memory or behind a URL has its key in `.data`.
 */
export async function developmentKey(kvPath: string): Promise<string> {
  const directory = isFile(kvPath) ? dirname(kvPath) : ".data";
  const path = join(directory, "secret_key");
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    await Deno.writeTextFile(path, newSecretKey(), { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  return await Deno.readTextFile(path);
}

/** A name that says nothing and is nobody else's: 128 random bits. */
export function newId(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}

/** The key with which codes of one purpose are made and verified. */
export async function hmacKey(
  secret: Uint8Array<ArrayBuffer>,
  purpose: string,
): Promise<CryptoKey> {
  const bytes = await deriveKey(secret, purpose, keyBytes);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
}
