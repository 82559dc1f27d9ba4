import { deepEqual } from "node:assert/strict";
import { dirname, join, relative } from "node:path";

// Who may import whom, read from the import lines (.github/ARCHITECTURE.md).

const root = new URL("../../", import.meta.url).pathname;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly from: string; readonly typeOnly: boolean }[];
}

const sources = await Array.fromAsync(readSources(""));

async function* readSources(folder: string): AsyncGenerator<Source> {
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && !/^(\.|tests|node_modules|examples)/.test(entry.name)) {
      yield* readSources(path);
    }
    if (!entry.isFile || !/\.tsx?$/.test(entry.name)) continue;
    const text = await Deno.readTextFile(join(root, path));
    const imports = [...text.matchAll(/^(?:import|export)( type)?\b[^;]*? from "([^"]+)"/gm)]
      .map(([, type, from = ""]) => ({
        from: from.startsWith(".") ? relative(root, join(root, dirname(path), from)) : from,
        typeOnly: type !== undefined,
      }));
    yield { path, text, imports };
  }
}

function offenders(rule: (source: Source) => boolean | undefined): string[] {
  return sources.filter(rule).map((source) => source.path).sort();
}

const imports = (source: Source, pattern: RegExp) =>
  source.imports.some(({ from }) => pattern.test(from));

Deno.test("the sources are read", () => {
  deepEqual(sources.filter(({ path }) => path === "main.ts").length, 1);
  deepEqual(offenders((it) => it.path === "routes/app.ts" && imports(it, /^routes\/login\.tsx$/)), [
    "routes/app.ts",
  ]);
});

Deno.test("lib imports neither routes nor views", () => {
  deepEqual(offenders((it) => it.path.startsWith("lib/") && imports(it, /^(routes|views)\//)), []);
});

Deno.test("hono is imported in lib/login/hono.ts only, within lib, but for its example and help for tests", () => {
  const found = offenders((it) => it.path.startsWith("lib/") && imports(it, /^hono\b/));
  deepEqual(found, ["lib/login/example.ts", "lib/login/hono.ts", "lib/login/testing.ts"]);
});

Deno.test("lib/login imports nothing of ours", () => {
  const ours = /^(lib\/(?!login\/)|routes\/|views\/|main)/;
  deepEqual(offenders((it) => it.path.startsWith("lib/login/") && imports(it, ours)), []);
});

Deno.test("outside the package only its leaf modules are imported by path", () => {
  const inside = (it: Source) =>
    !it.path.startsWith("lib/login/") &&
    imports(it, /^lib\/login\/(?!(?:bytes|clock|keyring|memo)\.ts$)/);
  deepEqual(offenders(inside), []);
});

Deno.test("lib does not import the package, except the check of the whole database", () => {
  const knows = (it: Source) =>
    /^lib\/(?!login\/)/.test(it.path) && imports(it, /^@latchkey\/login/);
  deepEqual(offenders(knows), ["lib/cli/kv_check.ts"]);
});

Deno.test("views take types from lib, never values but memo, and nothing from routes", () => {
  const wrong = (it: Source) =>
    it.path.startsWith("views/") &&
    it.imports.some(({ from, typeOnly }) =>
      /^routes\//.test(from) || (/^lib\/(?!login\/memo\.ts$)/.test(from) && !typeOnly)
    );
  deepEqual(offenders(wrong), []);
});

Deno.test("routes do not import each other; what they share has no route in it", () => {
  const withRoutes = new Set(offenders((it) => /^export function \w+Routes\(/m.test(it.text)));
  const wrong = (it: Source) =>
    it.path !== "routes/app.ts" && it.imports.some(({ from }) => withRoutes.has(from));
  deepEqual(withRoutes.size > 5, true);
  deepEqual(offenders(wrong), []);
});

Deno.test("there are no cycles", () => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) return void cycles.push([...trail, path].join(" > "));
    for (const { from, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly) visit(from, [...trail, path]);
    }
  };
  visit("main.ts", []);
  visit("lib/login/mod.ts", []);
  visit("lib/login/testing.ts", []);
  deepEqual(cycles, []);
});

const onlys: [what: string, pattern: RegExp, where: string[], ids?: string][] = [
  ["Deno.env", /Deno\.env\b/, ["lib/cli/command.ts", "main.ts"]],
  ["Deno.openKv", /^(?! \*).*Deno\.openKv\(/m, [
    "lib/kv/open.ts",
    "lib/login/example.ts",
  ]],
  ["the current time", /^(?! \*).*(Date\.now\(|new Date\(\)|performance\.now)/m, [
    "lib/cli/admin_invite.ts",
    "lib/cli/backup.ts",
    "lib/cli/events_check.ts",
    "lib/cli/kv_check.ts",
    "lib/cli/mail_outbox.ts",
    "lib/cli/passwords_compromised.ts",
    "lib/cli/providers_check.ts",
    "lib/cli/restore.ts",
    "lib/cli/users_import.ts",
    "lib/kv/deadline.ts",
    "lib/login/example.ts",
    "lib/login/testing.ts",
    "lib/telemetry.ts",
    "main.ts",
    "routes/cli/users_delete.ts",
    "routes/cli/users_end_sessions.ts",
    "routes/cli/users_export.ts",
    "routes/cli/users_reactivate.ts",
    "routes/cli/users_recover.ts",
    "routes/cli/users_role.ts",
    "routes/cli/users_show.ts",
    "routes/cli/users_suspend.ts",
  ]],
  // It would have none of the headers that `routes/middleware/headers.ts` prepares.
  ["a Response that Hono does not make", /^(?! \*).*(new Response\(|Response\.\w+\()/m, [
    "lib/login/private_answer.ts",
  ]],
  ["the global fetch", /(?<![.\w])fetch\(/, []],
  ["the start of a session", /^(?! \*).*\blogin\.start\(/m, [
    "lib/login/example.ts",
    "lib/login/testing.ts",
    "routes/complete_login.tsx",
  ]],
  ["raw(", /(?<![.\w])raw\(/, ["views/layout.tsx"]],
  ["console", /^(?! \*).*(?<![./\w])console\./m, ["lib/log/writer.ts"]],
  ["Math.random", /Math\.random/, []],
  ["code made of text", /\beval\(|\bFunction\(/, [], " [SEC-G18]"],
  // Linear, both: what is repeated begins with a character that cannot stand inside it.
  [
    "a repetition of repetitions",
    /\/.*\((?:[^()\\]|\\.)*[+*](?:[^()\\]|\\.)*\)[+*{].*\/[a-z]*[;,)]/,
    [
      "lib/account/email_address.ts",
      "lib/login/protection.ts",
    ],
    " [SEC-G6]",
  ],
  ["argon2Verify, which compares in variable time", /argon2Verify/, []],
];

for (const [what, pattern, where, ids = ""] of onlys) {
  Deno.test(`${what} stands in ${where.join(", ") || "no file"} only${ids}`, () => {
    deepEqual(offenders((it) => pattern.test(it.text)), where);
  });
}
