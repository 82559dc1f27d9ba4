import { createHash } from "node:crypto";
import { backup, DatabaseSync } from "node:sqlite";
import { SECOND } from "../time.ts";
import { exists } from "./database_file.ts";

const MAX_PAGES = 0x7fff_ffff;

/** When a copy was made, and whether its records are still those that were copied. */
export interface Stamp {
  readonly madeAt: string;
  readonly isIntact: boolean;
}

/**
 * Copies the database of a file into an empty file, as it is at this moment. Other processes go on
 * writing meanwhile.
 */
export async function copyDatabase(source: string, target: string): Promise<void> {
  using file = new DatabaseSync(source, { readOnly: true });
  file.exec(`PRAGMA busy_timeout = ${5 * SECOND}`); // another process may be starting on it
  // All pages in one step are one snapshot. In several it would start anew after each write.
  await backup(file, target, { rate: MAX_PAGES });
}

/**
 * Writes a digest of all records into a table of the copy. SQLite notices damaged pages by itself,
 * but not a changed byte within a value.
 */
export function stampCopy(path: string, madeAt: Date): void {
  using file = new DatabaseSync(path);
  makeOneFile(file);
  file.exec("CREATE TABLE latchkey_backup (made_at TEXT NOT NULL, digest TEXT NOT NULL) STRICT");
  file.prepare("INSERT INTO latchkey_backup VALUES (?, ?)")
    .run(madeAt.toISOString(), digestOf(file));
}

/** Reads the stamp of a copy; null when it has none, as one that another program made. */
export function readStamp(path: string): Stamp | null {
  using file = new DatabaseSync(path, { readOnly: true });
  const isStamped = file.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'latchkey_backup'")
    .get();
  if (!isStamped) return null;
  const row = file.prepare("SELECT made_at, digest FROM latchkey_backup").get();
  return { madeAt: String(row?.made_at), isIntact: row?.digest === digestOf(file) };
}

/** Makes a copy the database of an app. */
export function removeStamp(path: string): void {
  using file = new DatabaseSync(path);
  makeOneFile(file);
  file.exec("DROP TABLE IF EXISTS latchkey_backup");
}

/** What SQLite finds wrong in a file, its first lines; nothing in a sound one. */
export function integrityProblems(path: string): string[] {
  using file = new DatabaseSync(path, { readOnly: true });
  const rows = file.prepare("PRAGMA integrity_check(3)").all();
  return rows.map((row) => String(row.integrity_check)).filter((line) => line !== "ok");
}

/** Has the disk keep a copy: SQLite leaves that to the system. */
export async function flushCopy(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.sync();
}

/** Removes an unfinished copy, with the files that SQLite keeps beside it. */
export async function removeCopy(path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) {
    if (await exists(path + suffix)) await Deno.remove(path + suffix);
  }
}

/** Moves the changes in the `-wal` file into the main file, which is then the whole copy. */
function makeOneFile(file: DatabaseSync): void {
  file.exec("PRAGMA journal_mode = DELETE");
}

/** The SHA-256 of every record, each part with its length in front. */
function digestOf(file: DatabaseSync): string {
  const hash = createHash("sha256");
  const rows = file.prepare("SELECT k, v, v_encoding, version, expiration_ms FROM kv ORDER BY k");
  for (const { k, v, v_encoding, version, expiration_ms } of rows.iterate()) {
    const [key, value] = [k, v] as [Uint8Array, Uint8Array];
    hash.update(`${key.length} ${value.length} ${v_encoding} ${version} ${expiration_ms}\n`);
    hash.update(key).update(value);
  }
  return hash.digest("hex");
}
