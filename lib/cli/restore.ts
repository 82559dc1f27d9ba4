/**
 * Puts a copy in the place of the database, once everything about it was checked:
 * `deno task restore FILE --end-logins|--keep-logins [--replace] [--despite-problems]`. Exits with
 * 0 when it is done, 1 when the copy has problems and nothing was done, 2 when it could not work.
 */
import { dirname } from "node:path";
import {
  copyDatabase,
  flushCopy,
  integrityProblems,
  readStamp,
  removeCopy,
  removeStamp,
} from "../kv/backup_file.ts";
import { exists, requireSoundFile } from "../kv/database_file.ts";
import { replaceDatabase, requireClosed, takeOwner } from "../kv/file_replacement.ts";
import { scan } from "../kv/record_scan.ts";
import type { Clock } from "../time.ts";
import {
  databasePath,
  messageOf,
  print,
  printError,
  readSecretKeys,
  requireFile,
  usageError,
} from "./command.ts";
import { checkCopy, type CopyFacts, keyProblems, openCopy } from "./copy_check.ts";

const usage = "restore FILE --end-logins|--keep-logins [--replace] [--despite-problems]";

/** What a logout, a new password or its use may have ended after the copy was made. */
const loginKinds = [
  ...["session", "session_data", "remember", "pending_login", "held_request"],
  ...["oidc_transaction", "proved_identity", "admin_invite"],
];
/** Mailed links that let somebody in. Those that undo what a thief did go on working. */
const linkPurposes = ["reset_password", "log_in", "change_email", "recover_account"];

/** What the arguments ask for. */
interface Wish {
  readonly source: string;
  readonly logins: "end" | "keep";
  readonly ifThere: "stop" | "replace";
  readonly ifProblems: "stop" | "go_on";
}

async function main(args: readonly string[], now: Clock): Promise<number> {
  const wish = readWish(args);
  if (!wish) return usageError(usage);
  const target = databasePath();
  try {
    const problems = await restore(wish, target, now());
    problems.forEach(printError);
    if (problems.length === 0 || wish.ifProblems === "go_on") return 0;
    printError("Nothing was restored. --despite-problems restores the copy as it is.");
    return 1;
  } catch (error) {
    printError(`Cannot restore ${wish.source} as ${target}: ${messageOf(error)}`);
    return 2;
  }
}

function readWish([source = "", ...flags]: readonly string[]): Wish | null {
  const logins = flags.filter((flag) => /^--(end|keep)-logins$/.test(flag));
  const known = [...logins, "--replace", "--despite-problems"];
  const isUsable = /^[^-]/.test(source) && logins.length === 1 &&
    flags.every((flag, i) => known.includes(flag) && flags.indexOf(flag) === i);
  if (!isUsable) return null;
  return {
    source,
    logins: logins[0] === "--end-logins" ? "end" : "keep",
    ifThere: flags.includes("--replace") ? "replace" : "stop",
    ifProblems: flags.includes("--despite-problems") ? "go_on" : "stop",
  };
}

/** Returns the problems of the copy, because of which nothing is done unless that is wished. */
async function restore(wish: Wish, target: string, now: Date): Promise<readonly string[]> {
  const { source } = wish;
  requireFile(target);
  if (!await exists(source)) throw new Error("there is no such file");
  await requireSoundFile(source);
  const isThere = await exists(target);
  if (isThere && wish.ifThere === "stop") {
    throw new Error("there is a database already. --replace keeps it under another name");
  }
  if (isThere) requireClosed(target);

  await Deno.mkdir(dirname(target), { recursive: true, mode: 0o700 });
  // In the folder of the database, where it can be renamed. Only its owner may read it.
  const copy = await Deno.makeTempFile({ dir: dirname(target), prefix: ".latchkey-restore-" });
  try {
    await copyDatabase(source, copy);
    const madeAt = requireIntact(copy);
    const facts = await checkCopy(copy, now);
    const problems = problemsOf(facts);
    if (problems.length > 0 && wish.ifProblems === "stop") return problems;
    if (wish.logins === "end") await endLogins(copy);
    removeStamp(copy);
    await flushCopy(copy);
    await takeOwner(copy, target);
    const aside = `${target}.before-${now.toISOString().replaceAll(/[:.]/g, "-")}`;
    const kept = await replaceDatabase(target, copy, aside);
    if (madeAt) print(`The copy is of ${madeAt}.`);
    print(`Restored ${facts.records} records, of ${facts.users} users.`);
    for (const file of kept) print(`Kept of the former database: ${file}`);
    return problems;
  } finally {
    await removeCopy(copy);
  }
}

/** Throws for a damaged copy. Returns when it was made, if `backup` made it. */
function requireIntact(copy: string): string | null {
  const [damage] = integrityProblems(copy);
  if (damage) throw new Error("it is damaged", { cause: new Error(damage) });
  const stamp = readStamp(copy);
  if (stamp && !stamp.isIntact) {
    throw new Error("it is damaged: its records are not those that were copied");
  }
  return stamp?.madeAt ?? null;
}

/** What somebody has to look at before the copy is used. */
function problemsOf(facts: CopyFacts): string[] {
  const secretKeys = readSecretKeys();
  if (secretKeys) return [...facts.problems, ...keyProblems(facts, secretKeys)];
  if (facts.keyIds.length === 0) return [...facts.problems];
  const keys = `keys ${facts.keyIds.join(", ")}: set SECRET_KEY, so that they can be compared`;
  return [...facts.problems, keys];
}

async function endLogins(copy: string): Promise<void> {
  using kv = await openCopy(copy);
  for (const kind of loginKinds) {
    for await (const { key } of scan(kv, [kind])) await kv.atomic().delete(key).commit();
  }
  for await (const { key } of scan(kv, ["email_token"])) {
    const [, , purpose] = key; // of a link that undoes: an id
    if (linkPurposes.includes(String(purpose))) await kv.atomic().delete(key).commit();
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
