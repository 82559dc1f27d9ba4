/**
 * Plants faults, one at a time, in a copy of the project, and runs the tests that should notice:
 * `deno task mutants` prints which test turned red for each. A fault that nobody notices fails the task.
 */

import { mutants } from "./mutants_list.ts";

/** A fault may also show by tests that never end, in milliseconds. */
const longestRun = 60_000;

const root = new URL("../../", import.meta.url).pathname;
const copy = await Deno.makeTempDir({ prefix: "mutants-" });
const write = (text: string) => Deno.stdout.write(new TextEncoder().encode(text));
const files = new Deno.Command("git", { args: ["-C", root, "ls-files", "-z"] });
for (
  const path of new TextDecoder().decode((await files.output()).stdout).split("\0").filter(Boolean)
) {
  await Deno.mkdir(`${copy}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
  await Deno.copyFile(`${root}/${path}`, `${copy}/${path}`);
}

let survived = 0;
for (const { fault, file, find, replace, tests } of mutants) {
  const path = `${copy}/${file}`;
  const original = await Deno.readTextFile(path);
  if (original.split(find).length !== 2) {
    throw new Error(`Cannot plant "${fault}": ${file} has changed`);
  }
  await Deno.writeTextFile(path, original.replace(find, () => replace));
  const run = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", tests],
    cwd: copy,
    env: { NO_COLOR: "1" },
    stderr: "null",
    signal: AbortSignal.timeout(longestRun),
  });
  const { success, stdout } = await run.output();
  // It failed, or never ended; of one that is slow the runner says so in the same line.
  const noticed = /^(.*) \.\.\. ?(?:FAILED|'|$)/m.exec(new TextDecoder().decode(stdout))?.[1];
  if (success || !noticed) survived++;
  await write(
    `${success || !noticed ? "SURVIVED" : "caught  "} ${fault}\n         ${noticed ?? ""}\n`,
  );
  await Deno.writeTextFile(path, original);
}
await Deno.remove(copy, { recursive: true });
await write(`\n${mutants.length - survived} of ${mutants.length} caught\n`);
Deno.exit(survived > 0 ? 1 : 0);
