/**
 * Lets the hashes of this thread share one memory. hash-wasm makes a new instance for each hash,
 * and V8 frees the memory of the old ones only when they hold hundreds of megabytes.
 *
 * Only for a thread that makes one hash at a time.
 */
export function shareWasmMemory(): void {
  const { instantiate } = WebAssembly;
  const shared = new Map<WebAssembly.Module, WebAssembly.Instance>();
  Object.assign(WebAssembly, {
    async instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      const instance = shared.get(module) ?? await instantiate(module, imports);
      const { memory, Hash_GetBuffer, Hash_SetMemorySize } = instance.exports as HashExports;
      if (!Hash_SetMemorySize) return instance; // it keeps a digest's state, not a large memory

      // argon2 expects zeros, as in a new instance.
      const start = Hash_GetBuffer(); // its first call grows the memory, which replaces the buffer
      new Uint8Array(memory.buffer, start).fill(0);
      shared.set(module, instance);
      return instance;
    },
  });
}

/** The exports of hash-wasm's modules; only argon2 and scrypt can set the size of the memory. */
type HashExports = {
  readonly memory: WebAssembly.Memory;
  readonly Hash_GetBuffer: () => number;
  readonly Hash_SetMemorySize?: (bytes: number) => number;
};
