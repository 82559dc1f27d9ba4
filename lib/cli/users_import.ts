/**
 * Brings users along from another system: `deno task users:import FILE.jsonl` reads one JSON object a line,
 * with `email`, `name`, `hash` (as the other system stored it) and optionally `created` (ISO 8601).
 */
import { onDatabase, print, printError, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import type { Clock } from "../time.ts";
import { Accounts, type ImportedUser } from "../account/accounts.ts";
import { canonicalEmail } from "../account/email.ts";
import { makeHash } from "../credential/password_hash.ts";
import { Passwords } from "../credential/password.ts";
import { parseStoredHash } from "../credential/stored_hash.ts";
import { canonicalName, MAX_NAME_LENGTH, nameProblem } from "../account/user.ts";

export type ParsedLine =
  | { readonly ok: true; readonly user: ImportedUser }
  | { readonly ok: false; readonly reason: string };

const nameProblems = {
  missing: "name is missing",
  name_too_long: `name is longer than ${MAX_NAME_LENGTH} characters`,
  name_unprintable: "name holds characters that cannot be seen",
};

/** Reads one line; a refusal says what is wrong with it, and quotes no hash. */
export function parseLine(line: string): ParsedLine {
  const no = (reason: string) => ({ ok: false as const, reason });
  let row: Record<string, unknown>;
  try {
    row = JSON.parse(line);
  } catch {
    return no("is not JSON");
  }
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    return no("is not a JSON object");
  }

  const { email, name, hash, created } = row;
  const canonical = typeof email === "string" ? canonicalEmail(email) : null;
  if (!canonical) return no("email is not an e-mail address");
  const kept = canonicalName(typeof name === "string" ? name : "");
  const problem = nameProblem(kept);
  if (problem) return no(nameProblems[problem]);
  if (typeof hash !== "string" || hash === "") return no("hash is missing");
  if (!parseStoredHash(hash)) {
    return no("hash is of a kind that is not known here, or asks for too much");
  }
  const createdAt = created === undefined || created === null ? null : new Date(String(created));
  if (createdAt && Number.isNaN(createdAt.getTime())) {
    return no("created is not a date, such as 2024-05-31T12:00:00Z");
  }
  return {
    ok: true,
    user: { email: canonical, name: kept, hash, createdAt },
  };
}

export interface ImportSummary {
  imported: number;
  /** Had an account before: a run that was interrupted can simply be repeated. */
  present: number;
  refused: { readonly line: number; readonly reason: string }[];
}

/** Imports line by line; each user is written whole or not at all. */
export async function importUsers(
  lines: AsyncIterable<string>,
  accounts: Accounts,
  mode: "write" | "dry_run",
  onLine: (line: number) => void = () => {},
): Promise<ImportSummary> {
  const summary: ImportSummary = { imported: 0, present: 0, refused: [] };
  const seen = new Map<string, number>();
  let number = 0;
  for await (const line of lines) {
    onLine(++number);
    if (line.trim() === "") continue;
    const parsed = parseLine(line);
    const before = parsed.ok ? seen.get(parsed.user.email) : undefined;
    if (!parsed.ok || before) {
      const reason = parsed.ok ? `email stands in line ${before} already` : parsed.reason;
      summary.refused.push({ line: number, reason });
      continue;
    }
    seen.set(parsed.user.email, number);
    const isNew = mode === "write"
      ? await accounts.import(parsed.user)
      : !await accounts.isTaken(parsed.user.email);
    if (isNew) summary.imported++;
    else summary.present++;
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

/** The command. */
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
  // A new site has no database before its users come.
  const ifMissing = mode === "write" ? "create" : "pretend";
  return await onDatabase(ifMissing, (kv) => importFile(path, total, kv, mode, now));
}

async function importFile(
  path: string,
  total: number,
  kv: Kv,
  mode: "write" | "dry_run",
  now: Clock,
): Promise<number> {
  // Hashes are taken as they are: none is made here, so neither parameters nor keys matter.
  const accounts = new Accounts(kv, new Passwords(makeHash, { memoryKiB: 0, passes: 0 }, []), now);
  const onLine = (line: number) => showProgress(line, total);
  const { imported, present, refused } = await importUsers(readLines(path), accounts, mode, onLine);
  for (const { line, reason } of refused) printError(`line ${line}: ${reason}`);
  const did = mode === "write" ? "imported" : "would be imported";
  print(`${imported} ${did}, ${present} there already, ${refused.length} refused`);
  return refused.length > 0 ? 1 : 0;
}

function showProgress(line: number, total: number): void {
  if (!Deno.stderr.isTerminal() || (line % 100 !== 0 && line !== total)) return;
  const done = Math.round((line / total) * 30);
  const bar = `[${"#".repeat(done)}${".".repeat(30 - done)}] ${line} of ${total}`;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r${bar}${line === total ? "\n" : ""}`));
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
