import { decodeBase64Url, encodeBase64Url, timingSafeEqual, utf8 } from "./bytes.ts";

/** Shorter keys are refused. */
const MIN_KEY_BYTES = 32;

/**
 * The server's secret keys. Each purpose has its own key, derived with HKDF (RFC 5869) from every
 * secret: the first one makes new values, all of them verify old ones.
 */
export class Keyring {
  readonly #secrets: readonly Uint8Array<ArrayBuffer>[];
  readonly #derived = new Map<string, Promise<CryptoKey>[]>();

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
  macs(purpose: string, text: string): Promise<Uint8Array[]> {
    return Promise.all(
      this.#keys(purpose).map(async (key) => {
        return new Uint8Array(await crypto.subtle.sign("HMAC", await key, utf8(text)));
      }),
    );
  }

  /** Adds a signature to a text. The text has no dot. */
  async sign(purpose: string, text: string): Promise<string> {
    const [mac] = await this.macs(purpose, text);
    return `${text}.${encodeBase64Url((mac as Uint8Array).subarray(0, 32))}`;
  }

  /** The text without its signature; null when no key made it for this purpose. */
  async verify(purpose: string, signed: string): Promise<string | null> {
    const [text = "", signature = "", ...rest] = signed.split(".");
    if (rest.length > 0) return null;
    const macs = await this.macs(purpose, text);
    const genuine = macs.some((mac) =>
      timingSafeEqual(encodeBase64Url(mac.subarray(0, 32)), signature)
    );
    return genuine ? text : null;
  }

  #keys(purpose: string): Promise<CryptoKey>[] {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const made = this.#secrets.map((secret) => macKey(secret, purpose));
    this.#derived.set(purpose, made);
    return made;
  }
}

/**
 * Reads a secret key: bytes, or base64 or base64url text of them. Null when it is too short or anything
 * else: `new Uint8Array(text)` would be no bytes at all, and the same key for everybody.
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

async function macKey(secret: Uint8Array<ArrayBuffer>, purpose: string): Promise<CryptoKey> {
  const bytes = await deriveKey(secret, purpose, 64);
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-512" }, false, [
    "sign",
  ]);
}

/** Derives the key of one purpose from a secret, in bytes (HKDF with SHA-256, RFC 5869). */
export async function deriveKey(
  secret: Uint8Array<ArrayBuffer>,
  purpose: string,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = utf8(`@latchkey/login ${purpose}`);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, base, 8 * length));
}
