import { readStoredData } from "./data.ts";
import { readSeries } from "./remember.ts";
import { readSession, type RecordToRead } from "./session.ts";

/** Whose a stored record is, and when it expires. */
export interface RecordFacts {
  /** The user's id; null for session data, which does not name one. */
  readonly userId: string | null;
  /** When it stops counting, whether or not the store still has it. */
  readonly expiresAt: Date;
}

/** How a record is read, by the first part of its key. */
const readers: Record<string, (record: RecordToRead) => RecordFacts | null> = {
  session: readSession,
  session_data: (record) => {
    const stored = readStoredData(record);
    return stored && { userId: null, expiresAt: stored.expiresAt };
  },
  remember: readSeries,
};

/**
 * Reads one of the package's records, for a check of a whole database; null when the record is
 * corrupt, undefined when the package writes no such key.
 */
export function inspectRecord(
  record: { readonly key: readonly string[]; readonly value: unknown },
): RecordFacts | null | undefined {
  const [kind = ""] = record.key;
  const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  return read && read(record);
}
