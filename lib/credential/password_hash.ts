import { argon2id, bcrypt, scrypt } from "hash-wasm";

type Bytes = Uint8Array<ArrayBuffer>;

/** How a hash is made. New ones are argon2id; the others are brought along from elsewhere. */
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
  | { readonly algorithm: "bcrypt"; readonly salt: Bytes; readonly cost: number }
  | { readonly algorithm: "hmac"; readonly salt: Bytes };

/** One hash to be made. */
export interface HashJob {
  readonly recipe: HashRecipe;
  readonly password: string;
  /** The pepper of an argon2id hash of ours; empty for every other. */
  readonly secret: Bytes;
}

/** Makes one hash, somewhere. */
export type HashPassword = (job: HashJob) => Promise<Uint8Array>;

/** All that bcrypt looks at. */
const MAX_BCRYPT_BYTES = 72;
/** Its text form leaves the last byte of the digest out. */
const bcryptDigest = 23;

/** Makes one hash on this thread: it blocks until it is done. */
export async function makeHash({ recipe, password, secret }: HashJob): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(password);
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
      const digest = await bcrypt({
        password: bytes.subarray(0, MAX_BCRYPT_BYTES),
        salt: recipe.salt,
        costFactor: recipe.cost,
        outputType: "binary",
      });
      return digest.subarray(0, bcryptDigest);
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
