import { equal, match, ok } from "node:assert/strict";
import { d1Schema } from "@latchkey/login/d1";
import { TestClient } from "@latchkey/login/testing";
import workers from "../../lib/login/examples/workers/package.json" with { type: "json" };
import {
  freePort,
  hasNpm,
  newerNode,
  NpmProject,
  npmTest,
  run,
  tarball,
  wrangler,
  wranglerVersion,
} from "./npm_project.ts";

// The example apps of the package, copied out of the repository as somebody does who starts by them.

const SECRET_KEY = btoa("a key of thirty-two bytes or more");

/** Somebody's browser at a site on a port of this machine. */
class Person {
  /** Whose page sends the forms. */
  origin: string;
  readonly #client: TestClient;

  constructor(port: number) {
    const app = {
      request: (url: string, init: RequestInit = {}) => fetch(url, { ...init, redirect: "manual" }),
    };
    this.origin = `http://localhost:${port}`;
    this.#client = new TestClient(app, this.origin);
  }

  restart(): void {
    this.#client.restart();
  }

  /** What a page says, or where it leads. */
  async get(path: string): Promise<string> {
    return await said(await this.#client.request(path));
  }

  /** Where a form leads, or what its answer says. */
  async post(path: string, fields: Record<string, string> = {}): Promise<string> {
    const body = new URLSearchParams(fields);
    const headers = { origin: this.origin };
    return await said(await this.#client.request(path, { method: "POST", body, headers }));
  }
}

async function said(answer: Response): Promise<string> {
  const text = await answer.text();
  return answer.headers.get("location") ?? text;
}

const ann = { name: "Ann", password: "seven quiet otters row" };

/** Does everything that an example offers, by two browsers of one person. */
async function walk(port: number): Promise<void> {
  const laptop = new Person(port);
  equal(await laptop.get("/"), "/login?next=%2F");
  equal(await laptop.post("/register", { ...ann, password: "short" }), "/register");
  match(await laptop.get("/register"), /a password of 10 characters/);
  equal(await laptop.post("/register", ann), "/");
  match(await laptop.get("/"), /Hi Ann![^]*with this browser\./);

  const phone = new Person(port);
  equal(await phone.post("/register", { ...ann, name: "ANN" }), "/register");
  match(await phone.get("/register"), /This name is taken\./);
  for (const wrong of [{ ...ann, password: "wrong" }, { ...ann, name: "Bob" }]) {
    equal(await phone.post("/login", wrong), "/login");
    match(await phone.get("/login"), /Wrong name or password\./);
  }
  phone.origin = "https://evil.example";
  equal(await phone.post("/login", ann), "Forbidden");
  phone.origin = `http://localhost:${port}`;
  equal(
    await phone.post("/login?next=%2F%3Ffrom%3Dmail", { ...ann, remember: "on" }),
    "/?from=mail",
  );
  match(await phone.get("/"), /with 2 browsers\./);

  phone.restart();
  match(await phone.get("/"), /Hi Ann!/);
  equal(await phone.post("/end-others"), "/");
  equal(await laptop.get("/"), "/login?next=%2F");
  equal(await phone.post("/logout"), "/login");
  equal(await phone.get("/"), "/login?next=%2F");
}

npmTest(
  "the example for Node passes tsc, serves people, and knows them after a restart",
  async () => {
    const project = await NpmProject.copyOf("lib/login/examples/node");
    const node = await newerNode();
    const port = freePort();
    const env = { SECRET_KEY, PORT: String(port) };
    try {
      await project.run(node, ["node_modules/typescript/bin/tsc"]);
      const person = new Person(port);
      {
        await using _ = await project.serve(node, ["server.ts"], port, env);
        await walk(port);
        equal(await person.post("/login", ann), "/");
      }
      await using _ = await project.serve(node, ["server.ts"], port, env);
      match(await person.get("/"), /Hi Ann!/);

      const stored = await project.run("cat", ["site.db", "site.db-wal"]);
      ok(stored.includes("Ann"));
      ok(!stored.includes(ann.password), "passwords are stored as hashes");
    } finally {
      await project.remove();
    }
  },
);

npmTest("the example for Workers passes tsc, and serves people on workerd with D1", async () => {
  const project = await NpmProject.copyOf("lib/login/examples/workers");
  const [node, script] = await wrangler();
  equal(workers.devDependencies.wrangler, `^${wranglerVersion}`);
  const port = freePort();
  const env = { CI: "true", WRANGLER_SEND_METRICS: "false" };
  try {
    await project.run(node, ["node_modules/typescript/bin/tsc"]);
    await project.write(".dev.vars", `SECRET_KEY=${SECRET_KEY}\nORIGIN=http://localhost:${port}\n`);
    const migrate = [script, "d1", "migrations", "apply", "site", "--local"];
    await run(node, migrate, { cwd: project.folder, env });
    const serve = [script, "dev", "--port", String(port)];
    await using _ = await project.serve(node, serve, port, env);
    await walk(port);
  } finally {
    await project.remove();
  }
});

Deno.test("the examples have the same pages, and hash passwords alike, wherever they run", async () => {
  const read = (path: string) =>
    Deno.readTextFile(new URL(`../../lib/login/examples/${path}`, import.meta.url));
  for (const name of ["site.ts", "passwords.ts"]) {
    equal(await read(`node/${name}`), await read(`workers/src/${name}`), name);
  }
});

Deno.test("the table of the package in the Worker's migration is the one that the package names", async () => {
  const url = new URL("../../lib/login/examples/workers/migrations/0001_site.sql", import.meta.url);
  const migration = await Deno.readTextFile(url);
  equal(
    migration.slice(migration.indexOf("CREATE TABLE IF NOT EXISTS login")),
    d1Schema.trim() + "\n",
  );
});

npmTest("the examples are not in the package", async () => {
  const files = await run("tar", ["-tzf", await tarball()]);
  equal(/examples/.exec(files), null);
});

Deno.test.afterAll(async () => {
  if (!hasNpm) return;
  await Deno.remove((await tarball()).replace(/[^/]*$/, ""), { recursive: true });
});
