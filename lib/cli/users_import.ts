/**
 * Imports the users of another system: `deno task users:import FILE.jsonl`. Each line is a JSON
 * object with `email`, `name`, `hash` (as the other system stored it) and optionally `created`
 * (ISO 8601), `verified` (true when the other system proved that the address is theirs) and `lang`
 * (of the mails to them: `en` or `it`).
 */
import { z } from "zod";
import { accountsWithoutHashing, onDatabase, print, printError, usageError } from "./command.ts";
import type { Kv } from "../kv/kv.ts";
import { type Clock, isDate } from "../time.ts";
import type { Accounts, ImportedUser } from "../account/accounts.ts";
import { canonicalEmail } from "../account/email_address.ts";
import { readStoredHash } from "../credential/stored_hash.ts";
import { canonicalName, MAX_NAME_LENGTH, nameProblem } from "../account/user.ts";

export type ParseLineResult =
  | { readonly ok: true; readonly user: ImportedUser }
  | { readonly ok: false; readonly reason: string };

/** In UTF-16 units. No user needs a longer line. */
const MAX_LINE_LENGTH = 8192;

const nameProblems = {
  missing: "name is missing",
  name_too_long: `name is longer than ${MAX_NAME_LENGTH} characters`,
  name_unprintable: "name holds control characters or line breaks",
};

const row = z.object({
  email: text("email").transform((email, { addIssue }) => {
    const address = canonicalEmail(email);
    if (!address) addIssue("email is not an email address");
    return address ?? z.NEVER;
  }),
  name: text("name").transform(canonicalName).superRefine((name, { addIssue }) => {
    const problem = nameProblem(name);
    if (problem) addIssue(nameProblems[problem]);
  }),
  hash: text("hash").superRefine((hash, { addIssue }) => {
    const stored = readStoredHash(hash);
    if (stored === "unknown") addIssue(`hash ${kindOf(hash)} is damaged, or not known here`);
    if (stored === "too_costly") addIssue(`hash ${kindOf(hash)} takes longer than is allowed here`);
  }),
  created: text("created").transform((created) => new Date(created))
    .refine(isDate, "created is not a date, such as 2024-05-31T12:00:00Z").nullish(),
  verified: z.boolean("verified is neither true nor false").nullish(),
  lang: z.enum(["en", "it"], "lang is neither en nor it").nullish(),
}, "is not a JSON object");

function text(field: string) {
  return z.string({
    error: ({ input }) => `${field} is ${input === undefined ? "missing" : "not text"}`,
  });
}

/** The beginning of a hash, which names its kind: never a salt or a digest. */
function kindOf(hash: string): string {
  const [prefix] = /^\$?[a-z\d][\w-]{0,15}(?=\$)|^(?:pbkdf2|scrypt)(?=:)/.exec(hash) ?? [];
  return prefix ? `of the kind ${prefix}` : "without the name of a kind";
}

/** Reads one line. The reason says what is wrong with it, and never quotes the hash. */
export function parseLine(line: string): ParseLineResult {
  if (line.length > MAX_LINE_LENGTH) return { ok: false, reason: "is too long" };
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { ok: false, reason: "is not JSON" };
  }
  const parsed = row.safeParse(json);
  if (!parsed.success) {
    return { ok: false, reason: parsed.error.issues.map(({ message }) => message).join("; ") };
  }
  const { created, verified, lang, ...user } = parsed.data;
  return {
    ok: true,
    user: {
      ...user,
      emailVerified: verified ?? false,
      lang: lang ?? undefined,
      createdAt: created ?? null,
    },
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
  print(`${imported} ${verb}, ${existing} already there, ${refused.length} refused`);
  return refused.length > 0 ? 1 : 0;
}

function showProgress(line: number, total: number): void {
  if (!Deno.stderr.isTerminal() || (line % 100 !== 0 && line !== total)) return;
  const done = Math.round((line / total) * 30);
  const bar = `[${"#".repeat(done)}${".".repeat(30 - done)}] ${line} of ${total}`;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r${bar}${line === total ? "\n" : ""}`));
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
