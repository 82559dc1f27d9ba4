import { type Kv, RecordCorrupt } from "./kv.ts";

/** A record as it was read; a damaged one has neither value nor version. */
export type ScannedEntry = Deno.KvEntryMaybe<unknown> & { readonly isDamaged?: true };

/** Code points that text can hold, in their order: without the surrogates. */
const CODE_POINTS = 0x110000 - 0x800;

/** Reads every record whose key begins with these parts, damaged ones too, in key order. */
export async function* scan(kv: Kv, prefix: readonly string[] = []): AsyncGenerator<ScannedEntry> {
  let start = firstAfter(prefix);
  let batchSize = 100;
  while (true) {
    try {
      const selector = { prefix: [...prefix], start };
      for await (const entry of kv.list(selector, { batchSize })) {
        start = firstAfter(entry.key);
        yield entry;
      }
      return;
    } catch (error) {
      if (!(error instanceof RecordCorrupt)) throw error;
    }
    // A damaged value fails its whole batch: read up to it one by one, and then step over it.
    if (batchSize > 1) batchSize = 1;
    else {
      const entry = await read(kv, await findFirstKey(kv, prefix, start));
      yield entry;
      start = firstAfter(entry.key);
      batchSize = 100;
    }
  }
}

/** Reads one record, also when it is damaged. */
export async function read(kv: Kv, key: Deno.KvKey): Promise<ScannedEntry> {
  try {
    return await kv.get(key);
  } catch (error) {
    if (!(error instanceof RecordCorrupt)) throw error;
    return { key, value: null, versionstamp: null, isDamaged: true };
  }
}

/** The first key that can follow this one. */
function firstAfter(key: Deno.KvKey): Deno.KvKey {
  return [...key, new Uint8Array()];
}

/**
 * Finds the first key of a range. A list does not tell the key of a damaged record, but whether a
 * range is empty: so its parts are found character by character, by bisection.
 */
async function findFirstKey(
  kv: Kv,
  prefix: readonly string[],
  start: Deno.KvKey,
): Promise<Deno.KvKey> {
  const isReached = (key: Deno.KvKey) => isEmpty(kv, { start, end: key });
  const key: string[] = [...prefix];
  while (await isReached([...key, ""]) && !await isReached([...key, "\u{10FFFF}"])) {
    let text = "";
    for (let next: string | null = ""; next !== null;) {
      text += next;
      next = await lastCharacter((character) => isReached([...key, text + character]));
    }
    key.push(text);
  }
  const isThere = key.length > 0 && !await isEmpty(kv, { start, end: firstAfter(key) });
  if (!isThere) throw new Error("Cannot step over a damaged record: its key is none of the app's");
  return key;
}

async function isEmpty(kv: Kv, range: { start: Deno.KvKey; end: Deno.KvKey }): Promise<boolean> {
  try {
    for await (const _ of kv.list(range, { limit: 1 })) return false;
    return true;
  } catch (error) {
    if (error instanceof RecordCorrupt) return false;
    if (error instanceof TypeError) return true; // it ends before it begins
    throw error;
  }
}

/** The last character that fulfils a condition, which no later one does; null when none does. */
async function lastCharacter(
  condition: (character: string) => Promise<boolean>,
): Promise<string | null> {
  let [low, high] = [-1, CODE_POINTS];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await condition(characterAt(middle))) low = middle;
    else high = middle;
  }
  return low < 0 ? null : characterAt(low);
}

function characterAt(index: number): string {
  return String.fromCodePoint(index < 0xd800 ? index : index + 0x800);
}
