/**
 * Imports the users of another system: `deno task users:import FILE.jsonl`. Each line is a JSON
 * object with `email`, `name`, `hash` (as the other system stored it) and optionally `created`
 * (ISO 8601).
 */
import { accountsWithoutHashing, onDatabase, print, printError, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import { type Clock, isDate } from "../time.ts";
import type { Accounts, ImportedUser } from "../account/accounts.ts";
import { canonicalEmail } from "../account/email.ts";
import { parseStoredHash } from "../credential/stored_hash.ts";
import { canonicalName, MAX_NAME_LENGTH, nameProblem } from "../account/user.ts";

export type ParseLineResult =
  | { readonly ok: true; readonly user: ImportedUser }
  | { readonly ok: false; readonly reason: string };

const nameProblems = {
  missing: "name is missing",
  name_too_long: `name is longer than ${MAX_NAME_LENGTH} characters`,
  name_unprintable: "name holds characters that cannot be seen",
};

/** Reads one line. The reason says what is wrong with it, and never quotes the hash. */
export function parseLine(line: string): ParseLineResult {
  const refuse = (reason: string) => ({ ok: false as const, reason });
  let row: Record<string, unknown>;
  try {
    row = JSON.parse(line);
  } catch {
    return refuse("is not JSON");
  }
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    return refuse("is not a JSON object");
  }

  const { email, name, hash, created } = row;
  const address = typeof email === "string" ? canonicalEmail(email) : null;
  if (!address) return refuse("email is not an e-mail address");
  const canonical = canonicalName(typeof name === "string" ? name : "");
  const problem = nameProblem(canonical);
  if (problem) return refuse(nameProblems[problem]);
  if (typeof hash !== "string" || hash === "") return refuse("hash is missing");
  if (!parseStoredHash(hash)) {
    return refuse("hash is of a kind that is not known here, or asks for too much");
  }
  const createdAt = created === undefined || created === null ? null : new Date(String(created));
  if (createdAt && !isDate(createdAt)) {
    return refuse("created is not a date, such as 2024-05-31T12:00:00Z");
  }
  return {
    ok: true,
    user: { email: address, name: canonical, hash, createdAt },
  };
}

export interface ImportSummary {
  imported: number;
  /** Users with an account already, so that an interrupted import can be repeated. */
  existing: number;
  refused: { readonly line: number; readonly reason: string }[];
}

/** Imports the users line by line, each in one commit. */
export async function importUsers(
  lines: AsyncIterable<string>,
  accounts: Accounts,
  mode: "write" | "dry_run",
  onLine: (line: number) => void = () => {},
): Promise<ImportSummary> {
  const summary: ImportSummary = { imported: 0, existing: 0, refused: [] };
  const lineByEmail = new Map<string, number>();
  let number = 0;
  for await (const line of lines) {
    onLine(++number);
    if (line.trim() === "") continue;
    const parsed = parseLine(line);
    const firstLine = parsed.ok ? lineByEmail.get(parsed.user.email) : undefined;
    if (!parsed.ok || firstLine) {
      const reason = parsed.ok ? `email stands in line ${firstLine} already` : parsed.reason;
      summary.refused.push({ line: number, reason });
      continue;
    }
    lineByEmail.set(parsed.user.email, number);
    const isNew = mode === "write"
      ? await accounts.import(parsed.user)
      : !await accounts.isTaken(parsed.user.email);
    if (isNew) summary.imported++;
    else summary.existing++;
  }
  return summary;
}

async function* readLines(path: string): AsyncGenerator<string> {
  const file = await Deno.open(path);
  let rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

async function countLines(path: string): Promise<number> {
  let count = 0;
  for await (const _ of readLines(path)) count++;
  return count;
}

/** Returns the exit code: 0 when every line is good, 1 when not, 2 when it cannot start. */
async function main(args: readonly string[], now: Clock): Promise<number> {
  const [path, ...rest] = args.filter((arg) => arg !== "--dry-run");
  const mode = args.includes("--dry-run") ? "dry_run" : "write";
  if (!path || rest.length > 0 || path.startsWith("-")) {
    return usageError("users:import FILE.jsonl [--dry-run]");
  }
  const total = await countLines(path).catch(() => null);
  if (total === null) {
    printError(`Cannot import: ${path} cannot be read`);
    return 2;
  }
  // A new site imports its users before it has a database.
  const ifMissing = mode === "write" ? "create" : "use_empty";
  return await onDatabase(ifMissing, (kv) => importFile(path, total, kv, mode, now));
}

async function importFile(
  path: string,
  total: number,
  kv: Kv,
  mode: "write" | "dry_run",
  now: Clock,
): Promise<number> {
  const onLine = (line: number) => showProgress(line, total);
  const summary = await importUsers(readLines(path), accountsWithoutHashing(kv, now), mode, onLine);
  const { imported, existing, refused } = summary;
  for (const { line, reason } of refused) printError(`line ${line}: ${reason}`);
  const verb = mode === "write" ? "imported" : "would be imported";
  print(`${imported} ${verb}, ${existing} there already, ${refused.length} refused`);
  return refused.length > 0 ? 1 : 0;
}

function showProgress(line: number, total: number): void {
  if (!Deno.stderr.isTerminal() || (line % 100 !== 0 && line !== total)) return;
  const done = Math.round((line / total) * 30);
  const bar = `[${"#".repeat(done)}${".".repeat(30 - done)}] ${line} of ${total}`;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r${bar}${line === total ? "\n" : ""}`));
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
