/** Counts the stored hashes by parameters and key: `deno task passwords:census`. */
import { defaultKvPath } from "../config.ts";
import { Kv } from "../kv.ts";
import type { PasswordRecord } from "./password.ts";

/** How many hashes there are of each kind, the commonest first. */
export async function countHashes(kv: Kv): Promise<[kind: string, count: number][]> {
  const counts = new Map<string, number>();
  for await (const { value } of kv.list<Partial<PasswordRecord> | null>({ prefix: ["password"] })) {
    const { hash, keyId = null } = value ?? {};
    const key = keyId === null ? "no key" : `key ${keyId}`;
    const kind = `${parametersOf(String(hash))}, ${key}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** All of a hash but its salt and its digest. */
function parametersOf(hash: string): string {
  const bcrypt = /^\$2[aby]\$\d\d\$/.exec(hash)?.[0];
  if (bcrypt) return bcrypt;
  const parts = hash.split("$");
  return parts.length > 2 ? parts.slice(0, -2).join("$") : "unreadable";
}

if (import.meta.main) {
  using kv = new Kv(await Deno.openKv(Deno.env.get("KV_PATH") || defaultKvPath));
  for (const [kind, count] of await countHashes(kv)) {
    await Deno.stdout.write(new TextEncoder().encode(`${String(count).padStart(8)}  ${kind}\n`));
  }
}
