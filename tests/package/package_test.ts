import { deepEqual, equal, ok } from "node:assert/strict";
import login from "../../lib/login/deno.json" with { type: "json" };
import { readmeStart, walkStart } from "../login/readme_start.ts";
import { Markdown } from "../project/markdown.ts";
import { npx } from "../support/npx.ts";
import {
  freePort,
  hasNpm,
  newerNode,
  NpmProject,
  npmTest,
  run,
  tarball,
  wrangler,
} from "./npm_project.ts";

// The package as others get it: packed, and installed in empty folders. The commands and the code
// are those of its README.

const readme = await Markdown.read("lib/login/README.md");
const key = { SECRET_KEY: btoa("a key of thirty-two bytes or more") };

/** Somebody who starts today; one folder for several tests. */
let newest: NpmProject;
/** Somebody who has had Hono for two years. */
let oldest: NpmProject;

Deno.test.beforeAll(async () => {
  if (!hasNpm) return;
  newest = await NpmProject.with(
    ...["hono@latest", "typescript@latest", "@hono/node-server@2.1.9", "better-sqlite3@13.2.0"],
  );
  oldest = await NpmProject.with(
    ...["hono@4.6.0", "typescript@5.9.3", "@hono/node-server@1.13.0"],
  );
});
Deno.test.afterAll(async () => {
  if (!hasNpm) return;
  for (const project of [newest, oldest]) await project.remove();
  await Deno.remove((await tarball()).replace(/[^/]*$/, ""), { recursive: true });
});

npmTest(
  "the package for npm has every entry point with its types, and Hono as a peer only",
  async () => {
    const path = await tarball();
    const files = (await run("tar", ["-tzf", path])).trim().split("\n")
      .map((name) => name.replace("package/", "./"));
    const packed = JSON.parse(await run("tar", ["-xzOf", path, "package/package.json"]));

    equal(packed.version, login.version);
    deepEqual(packed.peerDependencies, { hono: "^4.6.0" });
    equal(packed.dependencies, undefined);
    deepEqual(Object.keys(packed.exports), Object.keys(login.exports));
    for (
      const { types, default: script } of Object.values<Record<string, string>>(packed.exports)
    ) {
      ok(files.includes(types ?? ""), types);
      ok(files.includes(script ?? ""), script);
    }
    for (const name of ["./README.md", "./COMING_FROM_FLASK_LOGIN.md", "./LICENSE"]) {
      ok(files.includes(name), name);
    }
    const declarations = files.filter((name) => name.endsWith(".d.ts"));
    const args = declarations.map((name) => name.replace("./", "package/"));
    const types = await run("tar", ["-xzOf", path, ...args]);
    equal(/^ *(\/\*\*.*?)?\*\/ .*/m.exec(types)?.[0], undefined, "a comment has lines of its own");
    const withoutComments = types.replaceAll(/\/\*[\s\S]*?\*\//g, "");
    equal(/\bDeno\b/.exec(withoutComments), null);
  },
);

/** Uses every entry point, and types that a site relies on. */
const typedSite = `
import { createLogin, DAY, type LoginEvent, recommendedLifetimes, type SessionStore } from "@latchkey/login";
import { d1Store } from "@latchkey/login/d1";
import { addToCommit, kvStore } from "@latchkey/login/kv";
import { memoryStore } from "@latchkey/login/memory";
import { redisStore } from "@latchkey/login/redis";
import { sqliteStore } from "@latchkey/login/sqlite";
import { loggedInClient, storeContract, testLogin } from "@latchkey/login/testing";
import { Hono } from "hono";

interface User { id: string; name: string }
const now = () => new Date();
const stores: SessionStore[] = [memoryStore(now)];
const login = createLogin<User>({
  store: memoryStore(now),
  loadUser: (id) => Promise.resolve({ id, name: "Ann" }),
  keys: [new Uint8Array(32)],
  origin: "https://app.example",
  lifetimes: { ...recommendedLifetimes, remember: 7 * DAY },
  protection: "basic",
  now,
  loginPage: "/login",
  reauthenticatePage: null,
  homePage: "/",
  events: { listen: (event: LoginEvent<User>) => void event.type, report: () => {} },
});
const app = new Hono();
app.use(login.middleware);
app.get("/", login.required, (c) => c.text(c.var.user.name.toUpperCase()));
app.get("/fresh", login.fresh, (c) => c.text(c.var.user.name));
// @ts-expect-error -- without a guard nobody knows whether there is a user
app.get("/open", (c) => c.text(c.var.user.name));
export { addToCommit, app, d1Store, kvStore, loggedInClient, redisStore, sqliteStore, storeContract, stores, testLogin };
`;

const compilations = [
  {
    what: "the oldest Hono",
    project: () => oldest,
    module: "nodenext",
    moduleResolution: "nodenext",
  },
  { what: "the newest Hono", project: () => newest, module: "esnext", moduleResolution: "bundler" },
];
for (const { what, project, ...how } of compilations) {
  npmTest(
    `its types pass tsc with ${what}, strictly, without skipLibCheck, and there is one Hono`,
    async () => {
      const site = project();
      await site.write("site.ts", typedSite);
      const compilerOptions = {
        ...how,
        target: "es2022",
        lib: ["es2022", "dom", "dom.iterable"],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
      };
      await site.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["site.ts"] }));
      await site.run("node", ["node_modules/typescript/bin/tsc", "--project", "."]);

      const list = JSON.parse(await site.run("npm", ["ls", "hono", "--all", "--json"]));
      ok(list.dependencies["@latchkey/login"].dependencies.hono.version);
      equal(
        await site.run("find", [".", "-path", "*/hono/package.json"])
          .then((found) => found.trim().split("\n").filter((it) => !it.includes("dist")).length),
        1,
      );
    },
  );
}

/** The block of a section that imports this module. */
function lines(section: string, module: string): string {
  const block = readme.section(section).codeBlocks().find(({ code }) => code.includes(module));
  if (!block) throw new Error(`Cannot read ${section}: it does not import ${module}`);
  return block.code;
}

/** The start of the README with another store, as the README says: its lines, and its name. */
async function startWith(storeLines: string): Promise<string> {
  const imports = storeLines.split("\n").filter((line) => line.startsWith("import "));
  const rest = storeLines.split("\n").filter((line) => !line.startsWith("import "));
  const start = await readmeStart();
  return `${imports.join("\n")}\n${start}`
    .replace(/^import \{ memoryStore \}.*\n/m, "")
    .replace(/^const login = /m, `${rest.join("\n")}\n$&`)
    .replace(/store: memoryStore\(now\),/, "store,");
}

async function writeServer(project: NpmProject, port: number): Promise<void> {
  const server = lines("Node", "@hono/node-server");
  await project.write("server.mjs", server.replace("8000", String(port)));
}

npmTest("the README's start logs people in on Node, with the oldest Hono", async () => {
  const port = freePort();
  await oldest.write("app.mjs", await readmeStart());
  await writeServer(oldest, port);
  await using _ = await oldest.serve("node", ["server.mjs"], port, key);
  await walkStart(`http://localhost:${port}`);
});

for (const driver of ["better-sqlite3", "node:sqlite"]) {
  npmTest(
    `the README's start logs people in on Node, with sessions in SQLite by ${driver}`,
    async () => {
      const port = freePort();
      const store = lines("Node", "better-sqlite3");
      const storeLines = driver === "better-sqlite3"
        ? store
        : store.replace('Database from "better-sqlite3"', '{ DatabaseSync } from "node:sqlite"')
          .replace("new Database(", "new DatabaseSync(");
      await newest.write("app.mjs", await startWith(storeLines));
      await writeServer(newest, port);
      await using _ = await newest.serve(await newerNode(), ["server.mjs"], port, key);
      await walkStart(`http://localhost:${port}`);
      await Deno.remove(`${newest.folder}/login.db`);
    },
  );
}

npmTest("the README's start logs people in on Bun, with sessions in SQLite", async () => {
  const port = freePort();
  await newest.write("app.mjs", await startWith(lines("Bun", "bun:sqlite")));
  const env = { ...key, PORT: String(port) };
  const bun = await npx("bun@1.4.5", "-e", "console.log(process.execPath)");
  await using _ = await newest.serve(bun, ["app.mjs"], port, env);
  await walkStart(`http://localhost:${port}`);
  await Deno.remove(`${newest.folder}/login.db`);
});

npmTest("the README's start logs people in on Deno, with sessions in Deno KV", async () => {
  const port = freePort();
  await newest.write("app.mjs", await startWith(lines("Deno", "@latchkey/login/kv")));
  const args = ["serve", "--unstable-kv", "--port", String(port), "--allow-env=SECRET_KEY"];
  const env = { ...key, DENO_KV_DEFAULT_PATH: ":memory:" };
  await using _ = await newest.serve(Deno.execPath(), [...args, "app.mjs"], port, env);
  await walkStart(`http://localhost:${port}`);
});

npmTest("the README's start logs people in on Workers, with sessions in D1", async () => {
  const [node, script] = await wrangler();
  const port = freePort();
  const workers = readme.section("Workers");
  const json = workers.codeBlocks().find(({ info }) => info === "json")?.code ?? "";
  await newest.write("wrangler.jsonc", json.replace("…", "local"));
  await newest.write("app.mjs", await startWith(lines("Workers", "cloudflare:workers")));
  await newest.write(".dev.vars", `SECRET_KEY="${key.SECRET_KEY}"\n`);
  const shell = workers.codeBlocks().find(({ info }) => info === "sh")?.code ?? "";
  await newest.run("sh", ["-ec", shell.replaceAll(/^node /gm, `${node} `)]);

  const [command = ""] = /d1 migrations apply \w+/.exec(workers.text) ?? [];
  const env = { ...key, CI: "true", WRANGLER_SEND_METRICS: "false" };
  await run(node, [script, ...command.split(" ")], { cwd: newest.folder, env });
  const serve = [script, "dev", "--port", String(port)];
  await using _ = await newest.serve(node, serve, port, env);
  await walkStart(`http://localhost:${port}`);
});

Deno.test("JSR takes the package, and would publish no test", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: new URL("../../lib/login/", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  ok(success, said);
  ok(said.includes(`@latchkey/login@${login.version}`), said);
  ok(said.includes("lib/login/mod.ts"));
  ok(!said.includes("_test.ts"));
});
