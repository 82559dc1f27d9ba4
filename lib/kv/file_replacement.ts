import { lchown } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { damageCodes, exists } from "./database_file.ts";

/** The database is open in another process, such as the app. */
export class DatabaseInUse extends Error {
  override name = "DatabaseInUse";
}

/**
 * Puts a new file in the place of a database, and keeps the old one under another name, with all
 * that its `-wal` held. Throws `DatabaseInUse` and changes nothing while a process has it open.
 * Returns the files that are kept.
 */
export async function replaceDatabase(path: string, by: string, aside: string): Promise<string[]> {
  using _held = await exists(path) ? hold(path, ["PRAGMA journal_mode = DELETE", takesLock]) : null;
  const kept: string[] = [];
  // A `-wal` that is still there is that of a lost or damaged file. SQLite would write it into the
  // new one.
  if (await exists(`${path}-wal`)) {
    await Deno.rename(`${path}-wal`, `${aside}-wal`);
    kept.push(`${aside}-wal`);
  }
  if (await exists(`${path}-shm`)) await Deno.remove(`${path}-shm`); // SQLite makes it anew
  // At each moment there is a database at `path`: an app that starts would create an empty one.
  if (await exists(path)) {
    await Deno.link(path, aside);
    kept.push(aside);
  }
  await Deno.rename(by, path);
  return kept;
}

/**
 * Gives a new file the owner of the database that it replaces, or else of the folder: root may
 * restore for an app that runs as somebody else, and could not open a file of root.
 */
export async function takeOwner(path: string, database: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const like = await Deno.stat(await exists(database) ? database : dirname(database));
  const { uid } = await Deno.stat(path);
  if (like.uid === null || like.gid === null || like.uid === uid) return;
  try {
    // Not of what a link leads to: the folder may belong to an app that a stranger took over.
    await lchown(path, like.uid, like.gid);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
    // Only root may give files away. Others can only hope that the app runs as they do.
  }
}

/** Throws `DatabaseInUse` while a process has the database open. */
export function requireClosed(path: string): void {
  hold(path, [takesLock])?.[Symbol.dispose]();
}

const takesLock = "BEGIN EXCLUSIVE";

/**
 * Takes the lock of SQLite that no other connection may share, not even one that does nothing.
 * Null for a file that is too damaged to be locked: an app on it notices that it is replaced.
 */
function hold(path: string, statements: readonly string[]): Disposable | null {
  const file = new DatabaseSync(path);
  try {
    for (const sql of ["PRAGMA locking_mode = EXCLUSIVE", ...statements]) file.prepare(sql).get();
    return file;
  } catch (error) {
    file.close();
    const code = error instanceof Error && "errcode" in error ? error.errcode : null;
    if (code === SQLITE_BUSY) {
      throw new DatabaseInUse("a process has it open: stop the app first", { cause: error });
    }
    if (damageCodes.includes(code)) return null;
    throw error;
  }
}

const SQLITE_BUSY = 5;
