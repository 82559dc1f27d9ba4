/**
 * Copies the database beside the running app, and checks the copy: `deno task backup FILE`. Exits
 * with 0 when the copy is sound, 1 when it was made but has problems, 2 when there is none.
 */
import { dirname } from "node:path";
import {
  copyDatabase,
  flushCopy,
  integrityProblems,
  removeCopy,
  stampCopy,
} from "../kv/backup_file.ts";
import { exists, requireSoundFile } from "../kv/database_file.ts";
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
import { checkCopy, type CopyFacts, keyProblems } from "./copy_check.ts";

async function main(args: readonly string[], now: Clock): Promise<number> {
  const [target = ""] = args;
  if (args.length !== 1 || /^(-|$)/.test(target)) return usageError("backup FILE");
  const source = databasePath();
  let facts: CopyFacts;
  try {
    facts = await backUp(source, target, now());
  } catch (error) {
    printError(`Cannot copy the database ${source} to ${target}: ${messageOf(error)}`);
    return 2;
  }
  print(`Copied ${facts.records} records, of ${facts.users} users.`);
  if (facts.keyIds.length > 0) print(`Secret keys that they need: ${facts.keyIds.join(", ")}.`);
  const secretKeys = readSecretKeys();
  const found = [...facts.problems, ...secretKeys ? keyProblems(facts, secretKeys) : []];
  found.forEach(printError);
  return found.length > 0 ? 1 : 0;
}

/** Works under another name: a file `target` is whole, and was checked. */
async function backUp(source: string, target: string, now: Date): Promise<CopyFacts> {
  requireFile(source);
  if (!await exists(source)) throw new Error("there is none");
  if (await exists(target)) throw new Error("there is a file of that name, which stays as it is");
  await requireSoundFile(source);
  // Only its owner may read it.
  const copy = await Deno.makeTempFile({ dir: dirname(target), prefix: ".latchkey-backup-" });
  try {
    await copyDatabase(source, copy);
    const [damage] = integrityProblems(copy);
    if (damage) throw new Error("the copy is damaged", { cause: new Error(damage) });
    const facts = await checkCopy(copy, now);
    stampCopy(copy, now);
    await flushCopy(copy);
    await Deno.rename(copy, target);
    return facts;
  } finally {
    await removeCopy(copy);
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
