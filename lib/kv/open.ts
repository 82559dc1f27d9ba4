import { dirname } from "node:path";
import { SECOND } from "../time.ts";

/** Whether `KV_PATH` names a file of this machine. */
export function isFile(kvPath: string): boolean {
  return kvPath !== ":memory:" && !/^https?:\/\//.test(kvPath);
}

/** Opens the database that `KV_PATH` names, or the attached one for null. A missing file is created. */
export async function openDatabase(kvPath: string | null): Promise<Deno.Kv> {
  const file = kvPath !== null && isFile(kvPath) ? kvPath : null;
  // Only the owner may read the folder and the file.
  if (file) await Deno.mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const database = await connect(kvPath);
  if (file && Deno.build.os !== "windows") await Deno.chmod(file, 0o600);
  return database;
}

/** Opens a database, and changes nothing about its file. Gives up after ten seconds: a server may hang. */
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
