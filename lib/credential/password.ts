import { timingSafeEqual } from "../login/bytes.ts";
import { deriveKey } from "../login/keyring.ts";
import type { HashPassword } from "./password_hash.ts";
import { normalizePassword } from "./password_policy.ts";
import { parseStoredHash } from "./stored_hash.ts";

/**
 * A stored password: `$argon2id$v=19$m=…,t=…,p=1$salt$hash` and which pepper it was keyed with; or a hash
 * that was brought along from another system, which has none.
 */
export interface PasswordRecord {
  readonly v: 1;
  readonly hash: string;
  readonly keyId: string | null;
}

export interface Argon2Parameters {
  readonly memoryKiB: number;
  readonly passes: number;
}

type Pepper = { readonly id: string; readonly key: Uint8Array<ArrayBuffer> };

const pepperBytes = 32;
const saltBytes = 16;
const digestBytes = 32;

/** Makes and checks password records. Every check costs exactly one hash, whatever its outcome. */
export class Passwords {
  readonly #hash: HashPassword;
  readonly #parameters: Argon2Parameters;
  readonly #secretKeys: readonly Uint8Array<ArrayBuffer>[];
  #peppers: Promise<readonly Pepper[]> | null = null;

  constructor(
    hash: HashPassword,
    parameters: Argon2Parameters,
    secretKeys: readonly Uint8Array<ArrayBuffer>[],
  ) {
    this.#hash = hash;
    this.#parameters = parameters;
    this.#secretKeys = secretKeys;
  }

  /** Makes the record of a new password. */
  async hash(password: string): Promise<PasswordRecord> {
    const pepper = await this.#currentPepper();
    const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
    const recipe = {
      algorithm: "argon2id" as const,
      salt,
      ...this.#parameters,
      lanes: 1,
      length: digestBytes,
    };
    const digest = await this.#hash({
      recipe,
      password: normalizePassword(password),
      secret: pepper.key,
    });
    const hash = `${this.#prefix()}${base64(salt)}$${base64(digest)}`;
    return { v: 1, hash, keyId: pepper.id };
  }

  /** Whether a password is the recorded one. Without a record the same work is done for nothing. */
  async verify(password: string, record: PasswordRecord | null): Promise<boolean> {
    const sound = readPasswordRecord(record);
    const stored = sound && parseStoredHash(sound.hash);
    const secret = sound && await this.#secretOf(sound);
    if (!stored || !secret || password === "") {
      await this.hash(password || "-"); // an answer in no time would say: no such account
      return false;
    }

    const digest = await this.#hash({
      recipe: stored.recipe,
      // What another system hashed, it hashed as it was typed.
      password: sound.keyId === null ? password : normalizePassword(password),
      secret,
    });
    return timingSafeEqual(digest, stored.digest);
  }

  /** Whether a record was made with other parameters, or another pepper, than one made now. */
  async needsRehash(record: PasswordRecord): Promise<boolean> {
    const { id } = await this.#currentPepper();
    return !record.hash.startsWith(this.#prefix()) || record.keyId !== id;
  }

  #prefix(): string {
    const { memoryKiB, passes } = this.#parameters;
    return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=1$`;
  }

  async #secretOf({ keyId }: PasswordRecord): Promise<Uint8Array<ArrayBuffer> | null> {
    if (keyId === null) return new Uint8Array();
    return (await this.#allPeppers()).find(({ id }) => id === keyId)?.key ?? null;
  }

  async #currentPepper(): Promise<Pepper> {
    return (await this.#allPeppers())[0] as Pepper;
  }

  #allPeppers(): Promise<readonly Pepper[]> {
    return this.#peppers ??= Promise.all(this.#secretKeys.map(async (secret) => ({
      id: base64(await deriveKey(secret, "password pepper id", pepperBytes)).slice(0, 8),
      key: await deriveKey(secret, "password pepper", pepperBytes),
    })));
  }
}

/** Reads a stored password; null when the record is broken, or its hash of no kind that is known. */
export function readPasswordRecord(value: unknown): PasswordRecord | null {
  const { v, hash, keyId } = (value ?? {}) as Partial<PasswordRecord>;
  const sound = v === 1 && typeof hash === "string" && parseStoredHash(hash) !== null &&
    (keyId === null || typeof keyId === "string");
  return sound ? { v, hash, keyId } : null;
}

/** Base64 without padding, as PHC strings have it. */
function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("=", "");
}
