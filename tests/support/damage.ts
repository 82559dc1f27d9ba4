import { equal } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";

/** Damages the value of a record in the file of a database: it cannot be deserialised any more. */
export function damageRecord(path: string, key: Deno.KvKey): void {
  using file = new DatabaseSync(path);
  const { changes } = file.prepare(
    "UPDATE kv SET v = CAST(x'00' || SUBSTR(v, 2) AS BLOB) WHERE k = ?",
  )
    .run(encodeKey(key));
  equal(Number(changes), 1, key.join(" "));
}

/** A key as KV stores it. */
function encodeKey(key: Deno.KvKey): Uint8Array {
  const bytes = key.flatMap((part) => {
    if (typeof part === "boolean") return [part ? 0x27 : 0x26];
    const text = [...new TextEncoder().encode(String(part))];
    return [0x02, ...text.flatMap((byte) => byte === 0 ? [0, 0xff] : [byte]), 0x00];
  });
  return new Uint8Array(bytes);
}
