import { utf8 } from "../login/bytes.ts";
import type { HashRecipe } from "./password_hash.ts";

/** A stored hash, taken apart. */
export interface StoredHash {
  readonly recipe: HashRecipe;
  readonly digest: Uint8Array<ArrayBuffer>;
}

// Limits of the work that a record can demand of this machine.
const MAX_MEMORY_KIB = 262144;
const MAX_ARGON2_PASSES = 10;
const MAX_LANES = 16;
const MAX_SCRYPT_WORK = 2 ** 22;
const MAX_ITERATIONS = 5_000_000;
const MAX_BCRYPT_COST = 14;
/** In bytes. */
const MIN_DIGEST_BYTES = 16;
/** In bytes (RFC 9106 §3.1). */
const MIN_ARGON2_SALT_BYTES = 8;

const phcArgon2 =
  /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z\d+/]{11,86})\$([A-Za-z\d+/]{22,172})$/;
const phcScrypt =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z\d+/]{1,172})\$([A-Za-z\d+/]{22,172})$/;
const werkzeugScrypt = /^scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2})\$([^$]{1,128})\$([\da-f]{32,256})$/;
const werkzeugPbkdf2 = /^pbkdf2:(sha1|sha256|sha512):(\d{1,8})\$([^$]{1,128})\$([\da-f]{40,128})$/;
/** Werkzeug up to 2.2: one round of HMAC, hardly a password hash. */
const werkzeugSha256 = /^sha256\$([^$]{1,128})\$([\da-f]{64})$/;
const djangoPbkdf2 = /^pbkdf2_sha256\$(\d{1,8})\$([^$]{1,128})\$([A-Za-z\d+/]{43}=)$/;
const bcryptText = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

/**
 * Reads a stored hash, our own or an imported one; null when it is malformed, of another kind, or
 * demands more work than the limits allow.
 */
export function parseStoredHash(text: string): StoredHash | null {
  const stored = read(text);
  // With an empty digest every password would be correct.
  const isComplete = stored && stored.digest.length >= MIN_DIGEST_BYTES &&
    stored.recipe.salt.length >=
      (stored.recipe.algorithm === "argon2id" ? MIN_ARGON2_SALT_BYTES : 1);
  return isComplete ? stored : null;
}

function read(text: string): StoredHash | null {
  return readArgon2(text) ?? readArgon2(text.replace(/^argon2\$/, "$")) ?? readPhcScrypt(text) ??
    readWerkzeug(text) ?? readDjango(text) ?? readBcrypt(text);
}

function readArgon2(text: string): StoredHash | null {
  const [, memory, passes, lanes, salt = "", digest = ""] = phcArgon2.exec(text) ?? [];
  const recipe = {
    algorithm: "argon2id" as const,
    salt: base64(salt),
    memoryKiB: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    length: base64(digest).length,
  };
  const bounded = within(recipe.memoryKiB, 8 * recipe.lanes, MAX_MEMORY_KIB) &&
    within(recipe.passes, 1, MAX_ARGON2_PASSES) && within(recipe.lanes, 1, MAX_LANES);
  return bounded ? { recipe, digest: base64(digest) } : null;
}

function readPhcScrypt(text: string): StoredHash | null {
  const [, log, blockSize, lanes, salt = "", digest = ""] = phcScrypt.exec(text) ?? [];
  return scrypt(2 ** Number(log), blockSize, lanes, base64(salt), base64(digest));
}

function readWerkzeug(text: string): StoredHash | null {
  const [, cost, blockSize, lanes, salt = "", digest = ""] = werkzeugScrypt.exec(text) ?? [];
  if (cost) return scrypt(Number(cost), blockSize, lanes, utf8(salt), hex(digest));

  const [, name = "", iterations, keySalt = "", key = ""] = werkzeugPbkdf2.exec(text) ?? [];
  if (iterations) return pbkdf2(name, iterations, utf8(keySalt), hex(key));

  const [, macKey, mac = ""] = werkzeugSha256.exec(text) ?? [];
  return macKey ? { recipe: { algorithm: "hmac", salt: utf8(macKey) }, digest: hex(mac) } : null;
}

function readDjango(text: string): StoredHash | null {
  const [, iterations, salt = "", digest = ""] = djangoPbkdf2.exec(text) ?? [];
  return iterations ? pbkdf2("sha256", iterations, utf8(salt), base64(digest)) : null;
}

function readBcrypt(text: string): StoredHash | null {
  const [, cost, salt = "", digest = ""] = bcryptText.exec(text) ?? [];
  if (!within(Number(cost), 4, MAX_BCRYPT_COST)) return null;
  const recipe = { algorithm: "bcrypt" as const, salt: bcryptBase64(salt), cost: Number(cost) };
  return { recipe, digest: bcryptBase64(digest) };
}

function scrypt(
  cost: number,
  blockSizeText: string | undefined,
  lanesText: string | undefined,
  salt: Uint8Array<ArrayBuffer>,
  digest: Uint8Array<ArrayBuffer>,
): StoredHash | null {
  const [blockSize, lanes] = [Number(blockSizeText), Number(lanesText)];
  const bounded = Number.isInteger(Math.log2(cost)) && cost > 1 && within(blockSize, 1, 32) &&
    within(lanes, 1, MAX_LANES) && cost * blockSize * lanes <= MAX_SCRYPT_WORK &&
    cost * blockSize / 8 <= MAX_MEMORY_KIB;
  if (!bounded) return null;
  return {
    recipe: { algorithm: "scrypt", salt, cost, blockSize, lanes, length: digest.length },
    digest,
  };
}

function pbkdf2(
  name: string,
  iterationsText: string,
  salt: Uint8Array<ArrayBuffer>,
  digest: Uint8Array<ArrayBuffer>,
): StoredHash | null {
  const iterations = Number(iterationsText);
  if (!within(iterations, 1, MAX_ITERATIONS)) return null;
  const hash = ({ sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" } as const)[name];
  if (!hash) return null;
  return {
    recipe: { algorithm: "pbkdf2", salt, digest: hash, iterations, length: digest.length },
    digest,
  };
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
