/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { type HashJob, makeHash } from "./password_hash.ts";

/** What the worker answers. */
export type HashAnswer =
  | { readonly ok: true; readonly hash: Uint8Array }
  | { readonly ok: false; readonly message: string };

// Compiles the WebAssembly before the first password comes.
const nothing = new Uint8Array(16);
const smallest = {
  algorithm: "argon2id" as const,
  salt: nothing,
  memoryKiB: 8,
  passes: 1,
  lanes: 1,
  length: 32,
};
void makeHash({ recipe: smallest, password: "-", secret: nothing });

self.addEventListener("message", (event: MessageEvent<HashJob>) => {
  makeHash(event.data).then(
    (hash) => answer({ ok: true, hash }),
    (error) => answer({ ok: false, message: String(error) }),
  );
});

function answer(answer: HashAnswer): void {
  self.postMessage(answer);
}
