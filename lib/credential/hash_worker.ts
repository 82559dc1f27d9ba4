/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { type HashJob, makeHash } from "./hash_algorithms.ts";
import { shareWasmMemory } from "./wasm_memory.ts";

/** The answer of the worker to a job. */
export type HashAnswer =
  | { readonly ok: true; readonly hash: Uint8Array }
  | { readonly ok: false; readonly message: string };

shareWasmMemory();

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
/** One hash at a time, because they share a memory. */
let last: Promise<unknown> = makeHash({ recipe: cheapRecipe, password: "-", secret: zeros });

self.addEventListener("message", (event: MessageEvent<HashJob>) => {
  last = last.then(() => makeHash(event.data)).then(
    (hash) => answer({ ok: true, hash }),
    (error) => answer({ ok: false, message: String(error) }),
  );
});

function answer(answer: HashAnswer): void {
  self.postMessage(answer);
}
