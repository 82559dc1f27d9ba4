import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { secretKeyId } from "./keys.ts";
import { utf8 } from "./login/bytes.ts";
import { deriveKey } from "./login/keyring.ts";

const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface SealKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/**
 * Encrypts what has to be read back, such as mails that wait: AES-256-GCM (NIST SP 800-38D). A sealed
 * text is the id of its key, a random nonce, the encrypted text and the tag. The first secret key
 * seals; all of them open.
 */
export class Seal {
  readonly #keys: readonly [SealKey, ...SealKey[]];
  readonly #reportUnknownKey: (keyId: string) => void;

  /** @param reportUnknownKey Called when a text needs a key that is not among these. */
  constructor(
    secretKeys: readonly Uint8Array<ArrayBuffer>[],
    reportUnknownKey: (keyId: string) => void = () => {},
  ) {
    const [first, ...others] = secretKeys.map((secret) => ({
      id: secretKeyId(secret),
      key: deriveKey(secret, "seal", 32),
    }));
    if (!first) throw new Error("Cannot seal: there is no secret key");
    this.#keys = [first, ...others];
    this.#reportUnknownKey = reportUnknownKey;
  }

  /** The id of the key that seals. */
  get keyId(): string {
    return this.#keys[0].id;
  }

  /** @param context Where the sealed text is kept: moved to another place, it does not open. */
  seal(text: string, context: string): Uint8Array<ArrayBuffer> {
    const [{ id, key }] = this.#keys;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    cipher.setAAD(utf8(context));
    const parts = [utf8(id), nonce, cipher.update(utf8(text)), cipher.final(), cipher.getAuthTag()];
    return new Uint8Array(Buffer.concat(parts));
  }

  /** Reports a key that something else needs and that is not configured. */
  requireKey(id: string): void {
    this.#findKey(id);
  }

  /** The text; null when it was changed, belongs to another context, or its key is gone. */
  open(sealed: Uint8Array, context: string): string | null {
    if (sealed.length < KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES) return null;
    const found = this.#findKey(sealedKeyId(sealed));
    if (!found) return null;
    const nonce = sealed.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", found.key, nonce);
    decipher.setAAD(utf8(context));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = decipher.update(sealed.subarray(KEY_ID_BYTES + NONCE_BYTES, -TAG_BYTES));
    try {
      return text.toString("utf8") + decipher.final("utf8");
    } catch {
      return null; // not what was sealed
    }
  }

  #findKey(id: string): SealKey | undefined {
    const found = this.#keys.find((it) => it.id === id);
    if (!found) this.#reportUnknownKey(id);
    return found;
  }
}

/** The id of the secret key that sealed a text, as `secretKeyId` tells it. */
export function sealedKeyId(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(0, KEY_ID_BYTES)).toString("latin1");
}
