import { Accounts } from "../account/accounts.ts";
import { type Config, defaultKvPath, readConfig, readEnvironment } from "../config.ts";
import { Passwords } from "../credential/password.ts";
import { makeHash } from "../credential/hash_algorithms.ts";
import { developmentKey, newSecretKey, parseSecretKey } from "../keys.ts";
import { exists, isFile, requireSoundFile } from "../kv/database_file.ts";
import { Kv } from "../kv/kv.ts";
import { connect, openDatabase } from "../kv/open.ts";
import type { MailEnvironment } from "../mail/mail_config.ts";
import { escapeControls } from "../log/log.ts";
import { type Clock, SECOND } from "../time.ts";

/** Without a database a command stops, creates one, or uses an empty one in memory. */
export type MissingDatabase = "stop" | "create" | "use_empty";

/** Runs a command on the database of `KV_PATH`. Returns its exit code, or 2 without a database. */
export async function onDatabase(
  ifMissing: MissingDatabase,
  run: (kv: Kv) => Promise<number>,
): Promise<number> {
  const path = databasePath();
  try {
    using kv = new Kv(await open(path, ifMissing), { deadline: 2 * SECOND });
    return await run(kv);
  } catch (error) {
    printError(`Cannot use the database ${path}: ${messageOf(error)}`);
    return 2;
  }
}

/** What `KV_PATH` names: a file or a URL. */
export function databasePath(): string {
  return Deno.env.get("KV_PATH") || defaultKvPath;
}

/** Throws unless `KV_PATH` names a file: a copy has to be made where the file is. */
export function requireFile(kvPath: string): void {
  if (kvPath === ":memory:") throw new Error("the memory of another process cannot be reached");
  if (isFile(kvPath)) return;
  throw new Error(
    "it is a server. Run this on the machine of denokv, with KV_PATH set to the file of denokv",
  );
}

/** The usable keys of `SECRET_KEY` and `SECRET_KEY_FALLBACKS`; null when none is set. */
export function readSecretKeys(): Uint8Array<ArrayBuffer>[] | null {
  const texts = ["SECRET_KEY", "SECRET_KEY_FALLBACKS"]
    .flatMap((name) => Deno.env.get(name)?.split(",") ?? []);
  const keys = texts.flatMap((text) => parseSecretKey(text.trim()) ?? []);
  return keys.length > 0 ? keys : null;
}

/** What to say where they are missing. */
export const needsSettings = "This command needs the environment of the app. " +
  "For the app of `deno task dev`, set APP_ENV=development.";

/** The settings of the app; null when it could not start with them, and the problems are printed. */
export async function readSettings(): Promise<Config | null> {
  const environment = readEnvironment((name) => Deno.env.get(name));
  if (environment.APP_ENV === "development") {
    environment.SECRET_KEY ||= await developmentKey(environment.KV_PATH || defaultKvPath);
  }
  const result = readConfig(environment);
  if (result.ok) return result.config;
  result.problems.forEach(printError);
  return null;
}

/** The address of the site and its providers; null when they are wrong, and the problems printed. */
export function readProviderSettings(): Pick<Config, "origin" | "providers"> | null {
  const isAsked = (name: string) => /^(?:APP_ENV|ORIGIN|PORT|OIDC_.*)$/.test(name);
  const environment = readEnvironment((name) => isAsked(name) ? Deno.env.get(name) : undefined);
  const result = readConfig({ ...environment, SECRET_KEY: newSecretKey() });
  if (result.ok) return result.config;
  result.problems.forEach(printError);
  return null;
}

/** The variables that say how mails leave. */
export function readMailEnvironment(): MailEnvironment {
  const names = ["MAIL_FROM", "SMTP_URL", "MAIL_API_URL", "MAIL_API_KEY"] as const;
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name) ?? ""]));
}

/** The accounts for commands that hash no password: parameters and keys do not matter then. */
export function accountsWithoutHashing(kv: Kv, now: Clock): Accounts {
  return new Accounts(kv, new Passwords(makeHash, { memoryKiB: 0, passes: 0 }, []), now);
}

/** Prints how to use a command, for wrong arguments; returns the exit code. */
export function usageError(usage: string): number {
  printError(`Usage: deno task ${usage}`);
  return 2;
}

/** Prints a line on standard output. */
export function print(text: string): void {
  write(Deno.stdout, text);
}

/** Writes text on standard output as it is: for data that another program reads. */
export async function writeOut(text: string): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

/** Prints a line on standard error. */
export function printError(text: string): void {
  write(Deno.stderr, text);
}

/** Escapes control characters, because keys and arguments can hold what a terminal obeys. */
function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(`${escapeControls(text)}\n`));
}

async function open(path: string, ifMissing: MissingDatabase): Promise<Deno.Kv> {
  if (path === ":memory:") throw new Error("the memory of another process cannot be reached");
  if (isFile(path) && !await exists(path)) return await openMissing(path, ifMissing);
  if (isFile(path)) await requireSoundFile(path);
  return await connect(path);
}

async function openMissing(path: string, ifMissing: MissingDatabase): Promise<Deno.Kv> {
  if (ifMissing === "stop") throw new Error("there is none");
  printError(`There is no database ${path} yet`);
  return ifMissing === "use_empty"
    ? await connect(":memory:")
    : (await openDatabase(path)).database;
}

/** What an error says, with its cause. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
