/**
 * Bytes of a value that changed in the file make KV throw, for all that is asked for in the same call. These
 * read around them: one record that is lost must not take others with it.
 */

/** The version of a record that is there, and cannot be read. Its value reads as null. */
export const damagedVersion = "f".repeat(20);

export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes("could not deserialize") || isDamage(error.cause);
}

/** Reads what can be read of these keys from one snapshot. */
export async function getAround(
  kv: Deno.Kv,
  keys: readonly Deno.KvKey[],
): Promise<Deno.KvEntryMaybe<unknown>[]> {
  const isSound = await Promise.all(keys.map((key) =>
    kv.get(key).then(() => true, (error) => {
      if (isDamage(error)) return false;
      throw error;
    })
  ));
  const sound = await kv.getMany<unknown[]>(keys.filter((_, i) => isSound[i]));
  const damaged = { value: null, versionstamp: damagedVersion };
  return keys.map((key, i) =>
    isSound[i] ? sound.shift() as Deno.KvEntryMaybe<unknown> : { key, ...damaged }
  );
}

/** Lists what can be read: one by one up to the damage, and then from the end down to it. */
export async function* listAround<T>(
  list: (selector: Deno.KvListSelector, options: Deno.KvListOptions) => AsyncIterable<
    Deno.KvEntry<T>
  >,
  selector: Deno.KvListSelector,
  after: Deno.KvKey | null,
): AsyncGenerator<Deno.KvEntry<T>> {
  let last = after;
  for (const reverse of [false, true]) {
    const rest = (last ? { ...selector, start: last } : selector) as Deno.KvListSelector;
    try {
      for await (const entry of list(rest, { batchSize: 1, reverse })) {
        if (last && isSameKey(entry.key, last)) continue;
        if (!reverse) last = entry.key;
        yield entry;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
}

function isSameKey(a: Deno.KvKey, b: Deno.KvKey): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}
