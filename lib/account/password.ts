import { deriveKey } from "../keys.ts";
import type { HashPassword } from "./argon2.ts";
import { normalizePassword } from "./password_policy.ts";

/** A stored password: `$argon2id$v=19$m=…,t=…,p=1$salt$hash`, and which pepper it was keyed with. */
export interface PasswordRecord {
  readonly v: 1;
  readonly hash: string;
  readonly keyId: string;
}

export interface Argon2Parameters {
  readonly memoryKiB: number;
  readonly passes: number;
}

type Pepper = { readonly id: string; readonly key: Uint8Array<ArrayBuffer> };

const saltBytes = 16;
/** What a record may ask of this machine, whoever wrote it. */
const mostMemoryKiB = 262144;
const mostPasses = 10;

const phc =
  /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

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
  async make(password: string): Promise<PasswordRecord> {
    const pepper = await this.#currentPepper();
    const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
    const { memoryKiB, passes } = this.#parameters;
    const digest = await this.#hash({
      password: normalizePassword(password),
      salt,
      secret: pepper.key,
      memoryKiB,
      passes,
    });
    const hash = `$argon2id$v=19$m=${memoryKiB},t=${passes},p=1$${base64(salt)}$${base64(digest)}`;
    return { v: 1, hash, keyId: pepper.id };
  }

  /** Whether a password is the recorded one. Without a record the same work is done for nothing. */
  async verify(password: string, record: PasswordRecord | null): Promise<boolean> {
    const peppers = await this.#allPeppers();
    const stored = record && parsePhc(record.hash);
    const pepper = peppers.find(({ id }) => id === record?.keyId);
    if (!stored || !pepper || password === "") {
      await this.make(password || "-"); // an answer in no time would say: no such account
      return false;
    }

    const { salt, digest, ...parameters } = stored;
    const actual = await this.#hash({
      password: normalizePassword(password),
      salt,
      secret: pepper.key,
      ...parameters,
    });
    return equal(actual, digest);
  }

  /** Whether a record was made with other parameters, or another pepper, than one made now. */
  async isOutdated(record: PasswordRecord): Promise<boolean> {
    const { memoryKiB, passes } = this.#parameters;
    const current = `$argon2id$v=19$m=${memoryKiB},t=${passes},p=1$`;
    return !record.hash.startsWith(current) || record.keyId !== (await this.#currentPepper()).id;
  }

  async #currentPepper(): Promise<Pepper> {
    return (await this.#allPeppers())[0] as Pepper;
  }

  #allPeppers(): Promise<readonly Pepper[]> {
    return this.#peppers ??= Promise.all(this.#secretKeys.map(async (secret) => ({
      id: base64(await deriveKey(secret, "password pepper id")).slice(0, 8),
      key: await deriveKey(secret, "password pepper"),
    })));
  }
}

/** Reads what the store gave back, strictly: it says how much memory we are about to use. */
function parsePhc(text: string) {
  const [, memory, passes, salt, digest] = phc.exec(text) ?? [];
  if (!memory || !passes || !salt || !digest) return null;
  const stored = {
    memoryKiB: Number(memory),
    passes: Number(passes),
    salt: unbase64(salt),
    digest: unbase64(digest),
  };
  const bounded = stored.memoryKiB >= 8 && stored.memoryKiB <= mostMemoryKiB &&
    stored.passes >= 1 && stored.passes <= mostPasses;
  return bounded ? stored : null;
}

/** In constant time: the number of leading bytes that agree must not show. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Base64 without padding, as PHC strings have it. */
function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("=", "");
}

function unbase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
