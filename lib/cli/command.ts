import { DatabaseSync } from "node:sqlite";
import { defaultKvPath } from "../config.ts";
import { connect, isFile, openDatabase } from "../kv/open.ts";
import { Kv } from "../kv/kv.ts";
import { escapeControls } from "../log/log.ts";

/**
 * What a command does where no database is: nothing, because one that it makes would hold nobody; make it;
 * or act as if there were an empty one.
 */
export type IfMissing = "refuse" | "create" | "pretend";

/** Works on the database that `KV_PATH` names; gives the exit code, 2 when there is none to work on. */
export async function onDatabase(
  ifMissing: IfMissing,
  work: (kv: Kv) => Promise<number>,
): Promise<number> {
  const path = Deno.env.get("KV_PATH") || defaultKvPath;
  try {
    using kv = new Kv(await open(path, ifMissing));
    return await work(kv);
  } catch (error) {
    printError(`Cannot use the database ${path}: ${reasonOf(error)}`);
    return 2;
  }
}

/** Says how a command is used: what it was given is more, less or other than that. */
export function usageError(usage: string): number {
  printError(`Usage: deno task ${usage}`);
  return 2;
}

/** A line on standard output. */
export function print(text: string): void {
  write(Deno.stdout, text);
}

/** A line on standard error. */
export function printError(text: string): void {
  write(Deno.stderr, text);
}

/** Keys and arguments may hold what a terminal obeys. */
function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(`${escapeControls(text)}\n`));
}

async function open(path: string, ifMissing: IfMissing): Promise<Deno.Kv> {
  if (path === ":memory:") throw new Error("the memory of another process cannot be reached");
  if (isFile(path) && !await isThere(path)) return await openMissing(path, ifMissing);
  if (isFile(path)) await expectKv(path);
  return await connect(path);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

async function openMissing(path: string, ifMissing: IfMissing): Promise<Deno.Kv> {
  if (ifMissing === "refuse") throw new Error("there is none");
  printError(`There is no database ${path} yet`);
  return ifMissing === "pretend" ? await connect(":memory:") : await openDatabase(path);
}

/** KV would write its tables into an empty file, and into the database of another program. */
async function expectKv(path: string): Promise<void> {
  if (!(await Deno.stat(path)).isFile) throw new Error("it is not a file");
  const file = new DatabaseSync(path, { readOnly: true });
  const table = file.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'kv'").get();
  file.close();
  if (!table) throw new Error("it is empty, or the database of another program");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
