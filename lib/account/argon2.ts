import { argon2id } from "hash-wasm";

/** One hash to be made. */
export interface HashJob {
  readonly password: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  /** The pepper. */
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly memoryKiB: number;
  readonly passes: number;
}

/** Makes one hash of 32 bytes, somewhere. */
export type HashPassword = (job: HashJob) => Promise<Uint8Array>;

/** Argon2id (RFC 9106), on this thread: it blocks until it is done. */
export function argon2(job: HashJob): Promise<Uint8Array> {
  return argon2id({
    password: job.password,
    salt: job.salt,
    secret: job.secret,
    memorySize: job.memoryKiB,
    iterations: job.passes,
    parallelism: 1,
    hashLength: 32,
    outputType: "binary",
  });
}
