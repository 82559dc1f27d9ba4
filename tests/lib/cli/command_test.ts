import { deepEqual, equal, match } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { TaskFiles } from "../../support/task.ts";

const commands: [task: string, ...args: string[]][] = [
  ["kv:check"],
  ["passwords:report"],
  ["passwords:compromised", "ann@example.com"],
  ["users:import", "/dev/null"],
];

/** Makes files that are not the database: a command must not write to them. */
async function makeOtherFiles(folder: string): Promise<[path: string, message: RegExp][]> {
  await Deno.writeTextFile(`${folder}/text`, "not a database\n");
  await Deno.writeTextFile(`${folder}/empty`, "");
  await Deno.mkdir(`${folder}/folder`);
  const foreign = new DatabaseSync(`${folder}/foreign`);
  foreign.exec("CREATE TABLE orders (id)");
  foreign.close();
  return [
    [`${folder}/text`, /file is not a database/],
    [`${folder}/empty`, /it is empty, or the database of another program/],
    [`${folder}/foreign`, /it is empty, or the database of another program/],
    [`${folder}/folder`, /it is not a file/],
    [":memory:", /the memory of another process cannot be reached/],
  ];
}

async function sizeOf(path: string): Promise<number> {
  return await Deno.stat(path).then(({ size }) => size, () => 0);
}

for (const [task, ...args] of [...commands, ["backup", "no/folder/copy"] as const]) {
  Deno.test(`deno task ${task} refuses a file that is not our database, unchanged`, async () => {
    await using files = await TaskFiles.create();
    for (const [path, message] of await makeOtherFiles(files.folder)) {
      const size = await sizeOf(path);

      const { code, out, errors } = await files.runOn(path, task, ...args);
      deepEqual([code, out], [2, ""], path);
      match(errors, message);
      equal(errors.split("\n").length, 2, errors);
      equal(await sizeOf(path), size, path);
    }
  });
}

for (const [task, ...args] of commands.slice(0, -1)) {
  Deno.test(`deno task ${task} creates no database`, async () => {
    await using files = await TaskFiles.create();
    const { code, errors } = await files.run(task, ...args);
    equal(code, 2);
    match(errors, /^Cannot use the database .*latchkey\.db: there is none\n$/);
    deepEqual(await Array.fromAsync(Deno.readDir(files.folder)), []);
  });
}

Deno.test("a database that is locked or does not answer ends a command with one line", async () => {
  await using files = await TaskFiles.create();
  (await Deno.openKv(files.path)).close();
  const holder = new DatabaseSync(files.path);
  holder.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (id)");
  using silent = Deno.listen({ hostname: "localhost", port: 0 }); // accepts no connection
  const answers = await Promise.all([
    files.run("passwords:report"),
    files.runOn("http://localhost:1", "kv:check"),
    files.runOn(`http://localhost:${silent.addr.port}`, "kv:check"),
  ]);
  holder.close();

  for (const { code, errors } of answers) {
    equal(code, 2);
    match(errors, /^Cannot use the database .*\n$/);
  }
});

Deno.test("users:import creates a missing database, readable by its owner only", async () => {
  await using files = await TaskFiles.create();
  const path = `${files.folder}/data/latchkey.db`;
  deepEqual(await files.runOn(path, "users:import", "/dev/null"), {
    code: 0,
    out: "0 imported, 0 already there, 0 refused\n",
    errors: `There is no database ${path} yet\n`,
  });
  equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

const misused: [usage: string, ...args: string[]][] = [
  ["kv:check [--repair]", "--repiar"],
  ["kv:check [--repair]", "--repair", "--repair"],
  ["kv:check [--repair]", "foo.db"],
  ["passwords:report", "--help"],
  ["passwords:report", "foo.db"],
  ["passwords:compromised ADDRESS…"],
  ["passwords:compromised ADDRESS…", "--help"],
  ["passwords:compromised ADDRESS…", "ann@example.com", "--dry-run"],
  ["backup FILE"],
  ["backup FILE", "--help"],
  ["backup FILE", "copy.db", "other.db"],
  ["restore FILE --end-logins|--keep-logins [--replace] [--despite-problems]", "copy.db"],
  ["restore FILE --end-logins|--keep-logins [--replace] [--despite-problems]", "--keep-logins"],
  [
    "restore FILE --end-logins|--keep-logins [--replace] [--despite-problems]",
    "copy.db",
    "--end-logins",
    "--keep-logins",
  ],
  [
    "restore FILE --end-logins|--keep-logins [--replace] [--despite-problems]",
    "copy.db",
    "--end-logins",
    "--force",
  ],
  ["fuzz [--requests N] [--seed S] [--keep]", "--requests", "abc"],
  ["fuzz [--requests N] [--seed S] [--keep]", "--requests", "0"],
  ["fuzz [--requests N] [--seed S] [--keep]", "--requests=-5"],
  ["fuzz [--requests N] [--seed S] [--keep]", "--requests"],
  ["fuzz [--requests N] [--seed S] [--keep]", "--seed", "x"],
  ["fuzz [--requests N] [--seed S] [--keep]", "--bogus"],
  ["model [--runs N] [--seed S]", "--runs", "0"],
  ["model [--runs N] [--seed S]", "--bogus"],
];

for (const [usage, ...args] of misused) {
  const [task = ""] = usage.split(" ");
  Deno.test(`deno task ${[task, ...args].join(" ")} prints only the usage`, async () => {
    await using files = await TaskFiles.create();
    deepEqual(await files.run(task, ...args), {
      code: 2,
      out: "",
      errors: `Usage: deno task ${usage}\n`,
    });
  });
}
