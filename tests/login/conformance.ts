/**
 * Flask-Login's behaviour, row by row, against the tests that pin it: `deno task conformance` runs
 * them and prints the table. It fails when a row of `conformance.tsv` that we match (M) or improve
 * (I) has no passing test, or a failing one; O is optional. A test pins the rows that its name ends
 * with: `[FL-S01]`.
 */

interface Result {
  readonly name: string;
  readonly passed: boolean;
}

async function runTests(): Promise<Result[]> {
  const junit = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const args = [
      "test",
      "-A",
      "--parallel",
      `--junit-path=${junit}`,
      "tests/login",
      "tests/lib/credential",
      "tests/routes",
    ];
    await new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "null" }).output();
    const xml = await Deno.readTextFile(junit);
    return [...xml.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)]
      .map(([, name = "", body = ""]) => ({
        name,
        passed: !/<(failure|error|skipped)/.test(body),
      }));
  } finally {
    await Deno.remove(junit);
  }
}

const table = await Deno.readTextFile(new URL("conformance.tsv", import.meta.url));
const rows = table.trim().split("\n").slice(1).map((line) => line.split("\t"));
const results = await runTests();
const lines: string[] = ["| row | we | what | tests |", "| --- | --- | --- | --- |"];
let missing = 0;
for (const [id, mark, subject] of rows) {
  const tests = results.filter((result) => result.name.includes(`[FL-${id}]`));
  const isHeld = tests.every((test) => test.passed) && (mark === "O" || tests.length > 0);
  if (!isHeld) missing++;
  const state = isHeld ? tests.length || "left out" : tests.length ? "FAILED" : "NO TEST";
  lines.push(`| ${id} | ${mark} | ${subject} | ${state} |`);
}
const held = rows.filter(([, mark]) => mark !== "O").length - missing;
lines.push("", `${held} rows held, ${missing} not.`);
await Deno.stdout.write(new TextEncoder().encode(lines.join("\n") + "\n"));
Deno.exit(missing > 0 ? 1 : 0);
