import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SECOND } from "../time.ts";

/** The file cannot be the database. The message is half a sentence: "it is …". */
export class UnusableFile extends Error {
  override name = "UnusableFile";
}

/** Whether `KV_PATH` names a file of this machine. */
export function isFile(kvPath: string): boolean {
  return kvPath !== ":memory:" && !/^https?:\/\//.test(kvPath);
}

/** Whether there is a file, or anything else, at a path. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

/** Makes the file, or checks the one that is there. Only its owner may read it and its folder. */
export async function prepareFile(path: string): Promise<"found" | "made"> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // SQLite gives `-wal` and `-shm` the mode that the file has when it is opened.
    (await Deno.open(path, { write: true, createNew: true, mode: 0o600 })).close();
    return "made";
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  for (const it of [path, `${path}-wal`, `${path}-shm`]) await closeToOthers(it);
  await requireSoundFileSoon(path);
  return "found";
}

/** Takes from all but the owner what they may do with a file, if it is there. */
export async function closeToOthers(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  try {
    const mode = (await Deno.stat(path)).mode ?? 0;
    if (mode & 0o077) await Deno.chmod(path, mode & 0o700);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Tries for two seconds: another process may be creating the file at this moment. */
async function requireSoundFileSoon(path: string): Promise<void> {
  const late = AbortSignal.timeout(2 * SECOND);
  while (true) {
    try {
      return await requireSoundFile(path);
    } catch (error) {
      if (late.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/**
 * Throws for a file that is not our database, or is damaged: KV would write its tables into an
 * empty file or a foreign database, and damaged pages end the process without a sentence.
 */
export async function requireSoundFile(path: string): Promise<void> {
  if (!(await Deno.stat(path)).isFile) throw new UnusableFile("it is not a file");
  const { table, check } = inspect(path);
  if (check !== "ok") throw new UnusableFile(damaged, { cause: new Error(check) });
  if (!table) throw new UnusableFile("it is empty, or the database of another program");
}

const damaged = "its file is damaged: restore a backup, or repair it with .recover of sqlite3";
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
export const damageCodes: readonly unknown[] = [11, 26];

function inspect(path: string): { table: unknown; check: string } {
  const file = new DatabaseSync(path, { readOnly: true });
  try {
    const table = file.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'kv'").get();
    const result = file.prepare("PRAGMA quick_check(1)").get();
    return { table, check: String(result?.quick_check).split("\n").at(-1) ?? "" };
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? error.errcode : null;
    if (damageCodes.includes(code)) throw new UnusableFile(damaged, { cause: error });
    throw error;
  } finally {
    file.close();
  }
}

/**
 * The file that the database was opened from, and its `-wal`, where the latest changes are.
 * Somebody can remove or replace them while the app runs: SQLite would go on with the old files,
 * and its changes would be gone after a restart or a crash.
 */
export class OpenedFile {
  /** Whether a path names another file now, or none. As of the last look. */
  isGone = false;
  readonly #identities: readonly (readonly [path: string, identity: string | null])[];
  readonly #onGone: () => void;

  constructor(path: string, onGone: () => void) {
    this.#identities = [path, `${path}-wal`].map((it) => [it, identityOf(it)]);
    this.#onGone = onGone;
  }

  look(): void {
    const wasGone = this.isGone;
    this.isGone = this.#identities.some(([path, identity]) =>
      identity !== null && identityOf(path) !== identity
    );
    if (this.isGone && !wasGone) this.#onGone();
  }
}

function identityOf(path: string): string | null {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
