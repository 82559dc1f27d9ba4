import { SECOND } from "../time.ts";
import { isFile, prepareFile } from "./database_file.ts";

/** The database, and whether there was one before. */
export interface OpenedDatabase {
  readonly database: Deno.Kv;
  readonly source: "found" | "made" | "memory" | "remote";
}

/** Opens the database that `KV_PATH` names, the attached one for null. Creates a missing file. */
export async function openDatabase(kvPath: string | null): Promise<OpenedDatabase> {
  if (kvPath === null || !isFile(kvPath)) {
    const source = kvPath === ":memory:" ? "memory" : "remote";
    return { database: await connect(kvPath), source };
  }
  const source = await prepareFile(kvPath);
  return { database: await connect(kvPath), source };
}

/** Opens a database; its file stays as it is. Gives up after ten seconds: a server may hang. */
export async function connect(kvPath: string | null): Promise<Deno.Kv> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("it did not answer in time")), 10 * SECOND);
  try {
    return await Promise.race([openWhenUnlocked(kvPath), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tries for two seconds: another process may be creating the file at this moment. */
async function openWhenUnlocked(kvPath: string | null): Promise<Deno.Kv> {
  const late = AbortSignal.timeout(2 * SECOND);
  while (true) {
    try {
      return await Deno.openKv(kvPath ?? undefined);
    } catch (error) {
      const locked = error instanceof Error && error.message.includes("database is locked");
      if (!locked || late.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
