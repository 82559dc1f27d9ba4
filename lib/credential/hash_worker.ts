/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { setPriority } from "node:os";
import { type HashJob, makeHash } from "./hash_algorithms.ts";
import { shareWasmMemory } from "./wasm_memory.ts";

/** The answer of the worker to a job. */
export type HashAnswer =
  | { readonly ok: true; readonly hash: Uint8Array }
  | { readonly ok: false; readonly message: string };

shareWasmMemory();
giveWay();

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

/** Lets the system prefer the main thread where both want a core: a page takes less than a hash. */
function giveWay(): void {
  if (Deno.build.os !== "linux") return; // elsewhere the priority is that of the whole process
  try {
    setPriority(0, 5); // 0 is this thread
  } catch {
    // Without the permission, hashes only slow down the pages more.
  }
}
