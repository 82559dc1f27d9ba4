/** A record to write, as a part of somebody's commit. */
export interface Write {
  readonly key: readonly string[];
  readonly value: unknown;
  /** In milliseconds. */
  readonly expireIn: number;
}

/** Adds records to a commit. */
export function addWrites(operation: Deno.AtomicOperation, writes: readonly Write[]): void {
  for (const { key, value, expireIn } of writes) {
    operation.set([...key], value, { expireIn: Math.max(1, Math.ceil(expireIn)) });
  }
}
