import { argon2id, bcrypt, scrypt, sha256 } from "hash-wasm";
import { utf8 } from "../login/bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How to make a hash. New hashes are argon2id; the others are imported from other systems. */
export type HashRecipe =
  | {
    readonly algorithm: "argon2id";
    readonly salt: Bytes;
    readonly memoryKiB: number;
    readonly passes: number;
    readonly lanes: number;
    readonly length: number;
  }
  | {
    readonly algorithm: "scrypt";
    readonly salt: Bytes;
    readonly cost: number;
    readonly blockSize: number;
    readonly lanes: number;
    readonly length: number;
  }
  | {
    readonly algorithm: "pbkdf2";
    readonly salt: Bytes;
    readonly digest: "SHA-1" | "SHA-256" | "SHA-512";
    readonly iterations: number;
    readonly length: number;
  }
  | {
    readonly algorithm: "bcrypt";
    readonly salt: Bytes;
    readonly cost: number;
    /** What Django hashes instead of the password, whose length bcrypt limits. */
    readonly prehash: "sha256_hex" | null;
  }
  | { readonly algorithm: "hmac"; readonly salt: Bytes };

/** One hash to make. */
export interface HashJob {
  readonly recipe: HashRecipe;
  readonly password: string;
  /** The pepper of our own argon2id hashes; empty for imported ones. */
  readonly secret: Bytes;
}

/** Makes one hash, in this thread or in a worker. */
export type HashPassword = (job: HashJob) => Promise<Uint8Array>;

/** bcrypt ignores the rest of a password. */
const MAX_BCRYPT_BYTES = 72;
/** The text form of bcrypt leaves out the last of 24 bytes. */
const BCRYPT_DIGEST_BYTES = 23;

/** Makes one hash in this thread, which it blocks until the hash is done. */
export async function makeHash({ recipe, password, secret }: HashJob): Promise<Uint8Array> {
  const bytes = utf8(password);
  switch (recipe.algorithm) {
    case "argon2id":
      return await argon2id({
        password: bytes,
        salt: recipe.salt,
        secret,
        memorySize: recipe.memoryKiB,
        iterations: recipe.passes,
        parallelism: recipe.lanes,
        hashLength: recipe.length,
        outputType: "binary",
      });
    case "scrypt":
      return await scrypt({
        password: bytes,
        salt: recipe.salt,
        costFactor: recipe.cost,
        blockSize: recipe.blockSize,
        parallelism: recipe.lanes,
        hashLength: recipe.length,
        outputType: "binary",
      });
    case "bcrypt": {
      const input = recipe.prehash ? utf8(await sha256(bytes)) : bytes;
      const digest = await bcrypt({
        password: input.subarray(0, MAX_BCRYPT_BYTES),
        salt: recipe.salt,
        costFactor: recipe.cost,
        outputType: "binary",
      });
      return digest.subarray(0, BCRYPT_DIGEST_BYTES);
    }
    case "pbkdf2": {
      const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
      const { salt, iterations, digest: hash, length } = recipe;
      return new Uint8Array(
        await crypto.subtle.deriveBits({ name: "PBKDF2", hash, salt, iterations }, key, 8 * length),
      );
    }
    case "hmac": {
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      const key = await crypto.subtle.importKey("raw", recipe.salt, algorithm, false, ["sign"]);
      return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
    }
  }
}
