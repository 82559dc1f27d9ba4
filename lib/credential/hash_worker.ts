/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { type HashJob, makeHash } from "./hash_algorithms.ts";

/** The answer of the worker to a job. */
export type HashAnswer =
  | { readonly ok: true; readonly hash: Uint8Array }
  | { readonly ok: false; readonly message: string };

// Compiles the WebAssembly before the first job.
const zeros = new Uint8Array(16);
const cheapRecipe = {
  algorithm: "argon2id" as const,
  salt: zeros,
  memoryKiB: 8,
  passes: 1,
  lanes: 1,
  length: 32,
};
void makeHash({ recipe: cheapRecipe, password: "-", secret: zeros });

self.addEventListener("message", (event: MessageEvent<HashJob>) => {
  makeHash(event.data).then(
    (hash) => answer({ ok: true, hash }),
    (error) => answer({ ok: false, message: String(error) }),
  );
});

function answer(answer: HashAnswer): void {
  self.postMessage(answer);
}
