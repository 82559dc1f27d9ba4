/**
 * Plants faults, one at a time, in a copy of the project, and runs the tests that should notice.
 * `deno task mutants [--file F]` plants the faults of `security_faults.tsv`, and fails when the
 * tests do not notice one. `deno task mutants --random N [--seed S] [--file F]` changes N operators
 * at random and reports the changes that no test notices.
 */

import fc from "fast-check";
import { parseArgs } from "node:util";
import { print, usageError } from "../../lib/cli/command.ts";
import { mutate, type Mutation, mutationsOf } from "./mutator.ts";

/** Tests that take this many times as long as without a fault will never end. */
const patience = 5;
/** The longest a run without a fault may take, in milliseconds. */
const longestRun = 600_000;

const faultsAndRaces = ["faults", "lifetimes", "races"].map((it) =>
  `tests/reliability/${it}_test.ts`
);
/** Where operators change, and which tests run when those named like the file notice nothing. */
const rooms: Record<string, readonly string[]> = {
  "lib/account/": ["tests/lib/credential", "tests/routes", ...faultsAndRaces],
  "lib/credential/": ["tests/lib/credential", "tests/routes", "tests/project/budget_test.ts"],
  "lib/http/": ["tests/lib/http", "tests/routes/middleware"],
  "lib/login/": ["tests/login", "tests/routes", ...faultsAndRaces],
  "lib/oidc/": ["tests/lib/oidc"],
  "lib/throttle/": ["tests/lib/throttle", "tests/routes", "tests/security"],
  "routes/guards.ts": ["tests/routes", "tests/security"],
  "routes/middleware/": ["tests/routes", "tests/security"],
};
/** The tests are not expected to notice a fault in these. */
const spared = /\/(mod|example|testing|blocklist_build)\.ts$/;

const root = new URL("../../", import.meta.url).pathname;
const copy = await Deno.makeTempDir({ prefix: "mutants-" });
const files = await copyProject();

async function copyProject(): Promise<string[]> {
  const listed = await new Deno.Command("git", { args: ["-C", root, "ls-files", "-z"] }).output();
  const paths = new TextDecoder().decode(listed.stdout).split("\0").filter(Boolean);
  for (const path of paths) {
    await Deno.mkdir(`${copy}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${root}/${path}`, `${copy}/${path}`);
  }
  return paths;
}

/** The test that fails first, or what else shows that something is wrong; null when all pass. */
async function firstFailure(tests: readonly string[], limit: number): Promise<string | null> {
  const run = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--fail-fast", "--parallel", ...tests],
    cwd: copy,
    env: { NO_COLOR: "1" },
    stderr: "null",
    signal: AbortSignal.timeout(limit),
  });
  const { success, signal, stdout } = await run.output();
  if (success) return null;
  if (signal) return "tests that never end";
  return /^(.+) => \.\/tests\//m.exec(new TextDecoder().decode(stdout))?.[1] ?? doesNotLoad;
}
const doesNotLoad = "a module that does not load";

const limits = new Map<string, number>();

/** How long tests may take, in milliseconds. Tests that fail without a fault notice nothing. */
async function limitOf(tests: readonly string[]): Promise<number> {
  const key = tests.join(" ");
  const known = limits.get(key);
  if (known) return known;

  const start = performance.now();
  const failure = await firstFailure(tests, longestRun);
  if (failure) throw new Error(`Cannot judge by ${key}: ${failure} fails without a fault`);
  const limit = 30_000 + patience * (performance.now() - start);
  limits.set(key, limit);
  return limit;
}

/** The test that notices another text in a file; null when none does. */
async function noticed(
  file: string,
  text: string,
  tests: readonly string[],
): Promise<string | null> {
  const limit = await limitOf(tests);
  const original = await Deno.readTextFile(`${copy}/${file}`);
  await Deno.writeTextFile(`${copy}/${file}`, text);
  try {
    return await firstFailure(tests, limit);
  } finally {
    await Deno.writeTextFile(`${copy}/${file}`, original);
  }
}

/** A safeguard, broken on purpose: `find` stands once in the file, and `tests` have to notice. */
interface Fault {
  readonly file: string;
  readonly name: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: string;
}

/** Reads the table of faults, in which ⏎ is a line break. */
async function readFaults(): Promise<Fault[]> {
  const table = await Deno.readTextFile(`${root}/tests/project/security_faults.tsv`);
  return table.trim().split("\n").slice(1).map((row) => {
    const cells = row.split("\t").map((cell) => cell.replaceAll("⏎", "\n"));
    const [file = "", name = "", find = "", replace = "", tests = ""] = cells;
    return { file, name, find, replace, tests };
  });
}

async function plantNamed(only: string | undefined): Promise<number> {
  const faults = (await readFaults()).filter(({ file }) => !only || file === only);
  let missed = 0;
  for (const { file, name, find, replace, tests } of faults) {
    const original = files.includes(file) ? await Deno.readTextFile(`${copy}/${file}`) : "";
    const isPlantable = original.split(find).length === 2;
    const by = isPlantable && await noticed(file, original.replace(find, () => replace), [tests]);
    const isCaught = by && by !== doesNotLoad;
    if (!isCaught) missed++;
    const verdict = isCaught ? "caught" : by === null ? "SURVIVED" : "STALE";
    report(verdict, name, by || file);
  }
  print(`${faults.length - missed} of ${faults.length} caught`);
  return missed > 0 ? 1 : 0;
}

async function plantAtRandom(
  count: number,
  seed: number,
  only: string | undefined,
): Promise<number> {
  print(`seed ${seed}`);
  const all: { file: string; source: string; mutation: Mutation }[] = [];
  for (const file of files.filter((it) => only ? it === only : isChosen(it))) {
    const source = await Deno.readTextFile(`${copy}/${file}`);
    all.push(...mutationsOf(source).map((mutation) => ({ file, source, mutation })));
  }
  const size = Math.min(count, all.length);
  const some = fc.shuffledSubarray(all, { minLength: size, maxLength: size });
  let survived = 0;
  for (const { file, source, mutation } of fc.sample(some, { seed, numRuns: 1 }).flat()) {
    const mutant = mutate(source, mutation);
    const by = await noticedInTurn(file, mutant);
    const line = source.slice(0, mutation.at).split("\n").length;
    const [before, after] = [source, mutant].map((text) => text.split("\n")[line - 1]?.trim());
    if (!by) survived++;
    report(by ? "caught" : "SURVIVED", `${file}:${line}`, `- ${before}`, `+ ${after}`, by ?? "");
  }
  print(`${size - survived} of ${size} caught`);
  return 0;
}

function report(verdict: string, subject: string, ...details: readonly string[]): void {
  print(`${verdict.padEnd(8)} ${subject}`);
  for (const detail of details.filter(Boolean)) print(`         ${detail}`);
}

function isChosen(file: string): boolean {
  return Object.keys(rooms).some((it) => file.startsWith(it)) && /\.tsx?$/.test(file) &&
    !spared.test(file);
}

async function noticedInTurn(file: string, mutant: string): Promise<string | null> {
  const word = /([^/]+)\.tsx?$/.exec(file)?.[1];
  const namedLike = files.filter((it) =>
    it.startsWith("tests/") && it.endsWith(`/${word}_test.ts`)
  );
  if (namedLike.length > 0) {
    const by = await noticed(file, mutant, namedLike);
    if (by) return by;
  }
  const room = Object.keys(rooms).find((it) => file.startsWith(it));
  for (const tests of (room && rooms[room]) || ["tests/routes", "tests/security"]) {
    const by = await noticed(file, mutant, [tests]);
    if (by) return by;
  }
  return null;
}

async function main(args: string[]): Promise<number> {
  const wish = readArguments(args);
  if (!wish) return usageError("mutants [--random N] [--seed S] [--file F]");
  const { random, seed, file } = wish;
  return random === undefined ? await plantNamed(file) : await plantAtRandom(random, seed, file);
}

/** Null when they are not what the usage says. */
function readArguments(args: string[]) {
  const options = {
    random: { type: "string" },
    seed: { type: "string", default: String(crypto.getRandomValues(new Uint16Array(1))[0]) },
    file: { type: "string" },
  } as const;
  try {
    const { random, seed, file } = parseArgs({ args, options }).values;
    if (!/^[1-9]\d*$/.test(random ?? "1") || !/^\d+$/.test(seed)) return null;
    return { random: random === undefined ? undefined : Number(random), seed: Number(seed), file };
  } catch {
    return null;
  }
}

try {
  Deno.exitCode = await main(Deno.args);
} finally {
  await Deno.remove(copy, { recursive: true });
}
