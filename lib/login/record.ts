import { readStoredData } from "./data.ts";
import { readSeries } from "./remember.ts";
import { endOfReplaced, readReplaced } from "./replaced.ts";
import { readSession, type RecordToRead } from "./session.ts";

/** What a stored record says of itself. */
export interface RecordFacts {
  /** Whose it is; null for data, which names nobody. */
  readonly userId: string | null;
  /** From then on it proves nothing, whether or not the store still has it. */
  readonly expiresAt: Date;
}

/** The first parts of the keys that the package writes. */
const readers: Record<string, (record: RecordToRead) => RecordFacts | null> = {
  session: (record) => {
    const replaced = readReplaced(record);
    if (!replaced) return readSession(record);
    return { userId: record.key[1] ?? null, expiresAt: endOfReplaced(replaced) };
  },
  session_data: (record) => {
    const stored = readStoredData(record);
    return stored && { userId: null, expiresAt: stored.expiresAt };
  },
  remember: readSeries,
};

/**
 * Reads a record of the store, for a check of everything that is in a database: null when it cannot
 * be read, and undefined when it is none of the package's.
 */
export function inspectRecord(
  record: { readonly key: readonly string[]; readonly value: unknown },
): RecordFacts | null | undefined {
  const [kind = ""] = record.key;
  const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  return read && read(record);
}
