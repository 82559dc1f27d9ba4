import { utf8 } from "../login/bytes.ts";
import type { HashRecipe } from "./hash_algorithms.ts";

/** A stored hash, taken apart. */
export interface StoredHash {
  readonly recipe: HashRecipe;
  readonly digest: Uint8Array<ArrayBuffer>;
}

/** Why a stored hash cannot be used. */
export type StoredHashProblem = "unknown" | "too_costly";

// Limits of the work that a hash may demand: one hash at a limit takes 300 to 700 ms of a core
// (`.github/decisions/0007-imported-hashes.md`). The defaults of other systems are below them.
export const MAX_ARGON2_KIB = 131072;
/** Memory in KiB by passes. Our own hashes are bound to it as well (see `config.ts`). */
export const MAX_ARGON2_WORK = 262144;
const MAX_LANES = 16;
const MAX_SCRYPT_COST = 2 ** 18;
/** Cost by block size by lanes. */
const MAX_SCRYPT_WORK = 2 ** 20;
const MAX_ITERATIONS = { "SHA-1": 2_000_000, "SHA-256": 2_000_000, "SHA-512": 1_000_000 } as const;
const MAX_BCRYPT_COST = 13;

const MIN_DIGEST_BYTES = 16;
const MIN_ARGON2_SALT_BYTES = 8; // RFC 9106 §3.1

const phcArgon2 =
  /^(?:argon2)?\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,3})\$([A-Za-z\d+/]{11,86})\$([A-Za-z\d+/]{22,172})$/;
const phcScrypt =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z\d+/]{1,172})\$([A-Za-z\d+/]{22,172})$/;
const werkzeugScrypt = /^scrypt:(\d{1,9}):(\d{1,3}):(\d{1,3})\$([^$]{1,128})\$([\da-f]{32,256})$/;
const djangoScrypt =
  /^scrypt\$(\d{1,9})\$([^$]{1,128})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z\d+/]{86}==)$/;
const werkzeugPbkdf2 = /^pbkdf2:(sha1|sha256|sha512):(\d{1,9})\$([^$]{1,128})\$([\da-f]{40,128})$/;
/** Werkzeug up to 2.2: one round of HMAC, hardly a password hash. */
const werkzeugSha256 = /^sha256\$([^$]{1,128})\$([\da-f]{64})$/;
const djangoPbkdf2 = /^pbkdf2_(sha1|sha256)\$(\d{1,9})\$([^$]{1,128})\$([A-Za-z\d+/]{27,43}=)$/;
/** Django writes its name before the hash of bcrypt. */
const bcryptText =
  /^(bcrypt\$|bcrypt_sha256\$)?\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

const digestBytes = { "SHA-1": 20, "SHA-256": 32, "SHA-512": 64 } as const;

/** Reads a stored hash, our own or an imported one; null when it cannot be used. */
export function parseStoredHash(text: string): StoredHash | null {
  const stored = readStoredHash(text);
  return typeof stored === "string" ? null : stored;
}

/**
 * Reads a stored hash, or says why it cannot be used: it is malformed or of an unknown kind, or
 * demands work beyond the limits.
 */
export function readStoredHash(text: string): StoredHash | StoredHashProblem {
  const stored = readArgon2(text) ?? readScrypt(text) ?? readPbkdf2(text) ?? readBcrypt(text) ??
    readHmac(text);
  if (!stored || !isComplete(stored)) return "unknown";
  return isWithinLimits(stored.recipe) ? stored : "too_costly";
}

/** With an empty digest every password would be correct. */
function isComplete({ recipe, digest }: StoredHash): boolean {
  const minSaltBytes = recipe.algorithm === "argon2id" ? MIN_ARGON2_SALT_BYTES : 1;
  return digest.length >= MIN_DIGEST_BYTES && recipe.salt.length >= minSaltBytes;
}

function isWithinLimits(recipe: HashRecipe): boolean {
  switch (recipe.algorithm) {
    case "argon2id": {
      const { memoryKiB, passes, lanes } = recipe;
      return within(lanes, 1, MAX_LANES) && within(memoryKiB, 8 * lanes, MAX_ARGON2_KIB) &&
        within(memoryKiB * passes, 1, MAX_ARGON2_WORK);
    }
    case "scrypt": {
      const { cost, blockSize, lanes } = recipe;
      return Number.isInteger(Math.log2(cost)) && within(cost, 2, MAX_SCRYPT_COST) &&
        within(lanes, 1, MAX_LANES) && within(cost * blockSize * lanes, 1, MAX_SCRYPT_WORK);
    }
    case "pbkdf2":
      return within(recipe.iterations, 1, MAX_ITERATIONS[recipe.digest]);
    case "bcrypt":
      return within(recipe.cost, 4, MAX_BCRYPT_COST);
    case "hmac":
      return true;
  }
}

function readArgon2(text: string): StoredHash | null {
  const [, memory, passes, lanes, salt = "", digestText = ""] = phcArgon2.exec(text) ?? [];
  if (!memory) return null;
  const digest = base64(digestText);
  const parameters = { memoryKiB: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  return {
    recipe: { algorithm: "argon2id", salt: base64(salt), ...parameters, length: digest.length },
    digest,
  };
}

function readScrypt(text: string): StoredHash | null {
  const [, log, phcSize, phcLanes, phcSalt = "", phcDigest = ""] = phcScrypt.exec(text) ?? [];
  if (log) return scrypt(2 ** Number(log), phcSize, phcLanes, base64(phcSalt), base64(phcDigest));

  const [, cost, blockSize, lanes, salt = "", digest = ""] = werkzeugScrypt.exec(text) ?? [];
  if (cost) return scrypt(Number(cost), blockSize, lanes, utf8(salt), hex(digest));

  const [, work, saltText = "", size, parallelism, key = ""] = djangoScrypt.exec(text) ?? [];
  return work ? scrypt(Number(work), size, parallelism, utf8(saltText), base64(key)) : null;
}

function scrypt(
  cost: number,
  blockSize: string | undefined,
  lanes: string | undefined,
  salt: Uint8Array<ArrayBuffer>,
  digest: Uint8Array<ArrayBuffer>,
): StoredHash {
  const parameters = { cost, blockSize: Number(blockSize), lanes: Number(lanes) };
  return { recipe: { algorithm: "scrypt", salt, ...parameters, length: digest.length }, digest };
}

function readPbkdf2(text: string): StoredHash | null {
  const [, name = "", iterations, salt = "", digest = ""] = werkzeugPbkdf2.exec(text) ?? [];
  if (iterations) return pbkdf2(name, iterations, salt, hex(digest));

  const [, djangoName = "", count, djangoSalt = "", key = ""] = djangoPbkdf2.exec(text) ?? [];
  return count ? pbkdf2(djangoName, count, djangoSalt, base64(key)) : null;
}

function pbkdf2(
  name: string,
  iterations: string,
  saltText: string,
  digest: Uint8Array<ArrayBuffer>,
): StoredHash | null {
  const hash = ({ sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" } as const)[name];
  // A longer digest would cost as many times the iterations.
  if (!hash || digest.length !== digestBytes[hash]) return null;
  const parameters = { salt: utf8(saltText), digest: hash, iterations: Number(iterations) };
  return { recipe: { algorithm: "pbkdf2", ...parameters, length: digest.length }, digest };
}

function readBcrypt(text: string): StoredHash | null {
  const [, django, cost, salt = "", digest = ""] = bcryptText.exec(text) ?? [];
  if (!cost) return null;
  const prehash = django === "bcrypt_sha256$" ? "sha256_hex" as const : null;
  const recipe = { salt: bcryptBase64(salt), cost: Number(cost), prehash };
  return { recipe: { algorithm: "bcrypt", ...recipe }, digest: bcryptBase64(digest) };
}

function readHmac(text: string): StoredHash | null {
  const [, key, mac = ""] = werkzeugSha256.exec(text) ?? [];
  return key ? { recipe: { algorithm: "hmac", salt: utf8(key) }, digest: hex(mac) } : null;
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Decodes base64; empty, which parseStoredHash refuses, when the text is not base64. */
function base64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

const standardAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const bcryptAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Decodes base64 in bcrypt's alphabet. */
function bcryptBase64(text: string): Uint8Array<ArrayBuffer> {
  return base64([...text].map((char) => standardAlphabet[bcryptAlphabet.indexOf(char)]).join(""));
}
