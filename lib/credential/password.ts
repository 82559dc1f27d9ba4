import { timingSafeEqual } from "../login/bytes.ts";
import { secretKeyId } from "../keys.ts";
import { deriveKey } from "../login/keyring.ts";
import type { HashPassword } from "./hash_algorithms.ts";
import { normalizePassword } from "./password_policy.ts";
import { parseStoredHash } from "./stored_hash.ts";

/**
 * A stored password: `$argon2id$v=19$m=…,t=…,p=1$salt$hash` with the id of its pepper, or a hash
 * imported from another system (see `stored_hash.ts`), which has no pepper.
 */
export interface PasswordRecord {
  readonly v: 1;
  readonly hash: string;
  /** The id of the pepper. */
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

/** Hashes and verifies passwords. Verifying costs exactly one hash, whatever the outcome. */
export class Passwords {
  readonly #hash: HashPassword;
  readonly #parameters: Argon2Parameters;
  readonly #secretKeys: readonly Uint8Array<ArrayBuffer>[];
  readonly #reportUnknownKey: (keyId: string) => void;
  #peppers: readonly Pepper[] | null = null;

  /** @param reportUnknownKey Called when a hash needs a key that is not among these. */
  constructor(
    hash: HashPassword,
    parameters: Argon2Parameters,
    secretKeys: readonly Uint8Array<ArrayBuffer>[],
    reportUnknownKey: (keyId: string) => void = () => {},
  ) {
    this.#hash = hash;
    this.#parameters = parameters;
    this.#secretKeys = secretKeys;
    this.#reportUnknownKey = reportUnknownKey;
  }

  /** Hashes a new password. */
  async hash(password: string): Promise<PasswordRecord> {
    const pepper = this.#currentPepper();
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

  /** Whether this is the password of the record. Hashes even without a readable record. */
  async verify(password: string, record: PasswordRecord | null): Promise<boolean> {
    const readable = readPasswordRecord(record);
    const stored = readable && parseStoredHash(readable.hash);
    const pepper = readable && this.#pepperOf(readable);
    if (!stored || !pepper || password === "") {
      await this.hash(password || "-"); // a faster answer would tell that there is no account
      return false;
    }

    const digest = await this.#hash({
      recipe: stored.recipe,
      // Other systems hashed the password as it was typed.
      password: readable.keyId === null ? password : normalizePassword(password),
      secret: pepper,
    });
    return timingSafeEqual(digest, stored.digest);
  }

  /** Whether a record has other parameters or another pepper than a new one would have. */
  needsRehash(record: PasswordRecord): boolean {
    const { id } = this.#currentPepper();
    return !record.hash.startsWith(this.#prefix()) || record.keyId !== id;
  }

  #prefix(): string {
    const { memoryKiB, passes } = this.#parameters;
    return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=1$`;
  }

  #pepperOf({ keyId }: PasswordRecord): Uint8Array<ArrayBuffer> | null {
    if (keyId === null) return new Uint8Array();
    const pepper = this.#allPeppers().find(({ id }) => id === keyId);
    if (!pepper) this.#reportUnknownKey(keyId);
    return pepper?.key ?? null;
  }

  #currentPepper(): Pepper {
    return this.#allPeppers()[0] as Pepper;
  }

  #allPeppers(): readonly Pepper[] {
    return this.#peppers ??= this.#secretKeys.map((secret) => ({
      id: secretKeyId(secret),
      key: deriveKey(secret, "password pepper", pepperBytes),
    }));
  }
}

/** Reads a password record; null when it is corrupt, or its hash of an unknown kind. */
export function readPasswordRecord(value: unknown): PasswordRecord | null {
  const { v, hash, keyId } = (value ?? {}) as Partial<PasswordRecord>;
  const isValid = v === 1 && typeof hash === "string" && parseStoredHash(hash) !== null &&
    (keyId === null || typeof keyId === "string");
  return isValid ? { v, hash, keyId } : null;
}

/** Base64 without padding, as in PHC strings. */
function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("=", "");
}
