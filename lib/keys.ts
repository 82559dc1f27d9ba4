import { dirname, join } from "node:path";
import { closeToOthers, isFile } from "./kv/database_file.ts";
import { encodeBase64Url } from "./login/bytes.ts";
import { deriveKey } from "./login/keyring.ts";

const keyBytes = 32;
/** 32 random bytes hold about 30 different values: fewer than this are a text or a pattern. */
const MIN_DIFFERENT_BYTES = 16;

/** Reads a secret key in base64; null when it has fewer than 32 bytes or does not look random. */
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

/** The id by which records name a secret key: eight characters that tell nothing of the key. */
export function secretKeyId(secret: Uint8Array<ArrayBuffer>): string {
  return btoa(String.fromCharCode(...deriveKey(secret, "password pepper id", 6)));
}

/** Makes a secret key for `SECRET_KEY`, in base64. */
export function newSecretKey(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(keyBytes))));
}

/**
 * Reads the secret key of a development database from a file beside it, so that sessions survive
 * restarts; makes the file the first time. For a database in memory or behind a URL the file is in
 * `.data`.
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
  await closeToOthers(path);
  return await Deno.readTextFile(path);
}

/** Makes a unique id of 128 random bits, in base64url. */
export function newId(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}

/** Makes a secret of 256 random bits, in base64url. */
export function newSecret(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
