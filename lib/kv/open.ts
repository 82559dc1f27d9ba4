import { dirname } from "node:path";
import { SECOND } from "../time.ts";

/** Whether `KV_PATH` names a file of this machine. */
export function isFile(kvPath: string): boolean {
  return kvPath !== ":memory:" && !/^https?:\/\//.test(kvPath);
}

/** Opens the database that `KV_PATH` names, null for the one that is attached; makes a file that is missing. */
export async function openDatabase(kvPath: string | null): Promise<Deno.Kv> {
  const file = kvPath !== null && isFile(kvPath) ? kvPath : null;
  // For its owner only.
  if (file) await Deno.mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const database = await connect(kvPath);
  if (file && Deno.build.os !== "windows") await Deno.chmod(file, 0o600);
  return database;
}

/** Opens a database as it is. One behind a URL that hangs would be waited for without a word. */
export async function connect(kvPath: string | null): Promise<Deno.Kv> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("it did not answer in time")), 10 * SECOND);
  try {
    return await Promise.race([openWhenFree(kvPath), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Another process may be making the file at this very moment: for two seconds it is tried again. */
async function openWhenFree(kvPath: string | null): Promise<Deno.Kv> {
  const enough = AbortSignal.timeout(2 * SECOND);
  while (true) {
    try {
      return await Deno.openKv(kvPath ?? undefined);
    } catch (error) {
      const locked = error instanceof Error && error.message.includes("database is locked");
      if (!locked || enough.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
