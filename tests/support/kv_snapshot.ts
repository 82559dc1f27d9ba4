/** A database as it was at one moment: reading it asks the database nothing. */
export function snapshotOf(
  database: Deno.Kv,
  entries: readonly Deno.KvEntry<unknown>[],
): Deno.Kv {
  const byName = new Map(entries.map((entry) => [nameOf(entry.key), entry]));
  const read = (key: Deno.KvKey) =>
    byName.get(nameOf(key)) ?? { key, value: null, versionstamp: null };

  return new Proxy(database, {
    get: (kv, name) => {
      switch (name) {
        case "getMany":
          return (keys: readonly Deno.KvKey[]) => Promise.resolve(keys.map(read));
        case "list":
          return (selector: Deno.KvListSelector) => listAll(selector, entries);
        case "atomic":
          return () => kv.atomic();
        default:
          throw new Error(`A snapshot has no ${String(name)}`);
      }
    },
  });
}

/** Lists everything: the check of the database asks for nothing else. */
async function* listAll(
  selector: Deno.KvListSelector,
  entries: readonly Deno.KvEntry<unknown>[],
): AsyncGenerator<Deno.KvEntry<unknown>> {
  const beginning = "prefix" in selector && selector.prefix.length === 0 &&
    "start" in selector && nameOf(selector.start) === nameOf([new Uint8Array()]);
  if (!beginning) throw new Error("A snapshot is listed as a whole");
  yield* entries;
}

function nameOf(key: Deno.KvKey): string {
  return JSON.stringify(key.map((part) => [typeof part, String(part)]));
}
