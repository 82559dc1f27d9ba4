import { sqliteStore } from "@latchkey/login/sqlite";
import { loggedInClient, storeContract, TestClient, testLogin } from "@latchkey/login/testing";
import { Hono } from "hono";
import { equal, match, ok } from "node:assert/strict";
import { Markdown } from "../project/markdown.ts";
import { loadDriver } from "../support/drivers.ts";
import { hasRedis, startRedis } from "../support/redis.ts";
import { runBlock } from "./readme_code.ts";
import { readmeStart, walkStart } from "./readme_start.ts";
import { post, textOf } from "./site.ts";

const readme = await Markdown.read("lib/login/README.md");
const ann = { id: "1", name: "Ann" };

const run = (section: string, ...names: string[]) => runBlock(readme, section, ...names);

Deno.test("the README's start is a working login, served by the command and the permissions it names", async () => {
  const [command = ""] = /deno serve [^`]*/.exec(readme.section("Where it runs").text) ?? [];
  const folder = await Deno.makeTempDir({ prefix: "latchkey-" });
  await Deno.writeTextFile(`${folder}/app.mjs`, await readmeStart());
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const args = command.replace("8000", "0").split(" ").slice(1);
  await using server = new Deno.Command(Deno.execPath(), {
    args: [args[0] ?? "", "--no-prompt", "--config", config, ...args.slice(1)],
    cwd: folder,
    env: { SECRET_KEY: btoa("a key of thirty-two bytes or more"), NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const texts = server.stderr.pipeThrough(new TextDecoderStream());
  for await (const text of texts.values({ preventCancel: true })) {
    said += text;
    if (/:\d+\/\n/.test(said)) break;
  }

  const [, port] = /:(\d+)\/\n/.exec(said) ?? [];
  ok(port, said);
  await walkStart(`http://localhost:${port}`);
  await texts.cancel();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the README's start says what is missing when there is no key", async () => {
  const site = (await readmeStart()).replace("process.env.SECRET_KEY", "undefined");

  let problem = "";
  await import(`data:text/javascript,${encodeURIComponent(site)}`)
    .catch((error) => problem = error.message);
  match(problem, /^Cannot make a login: keys has to be .*is the environment variable set\?$/);
});

Deno.test("the README's group is guarded as a whole, and so is its closed site but for its exceptions", async () => {
  const { app, closed, login } = await run("Guards", "app", "closed", "login");
  const guest = new TestClient(app, login.origin);
  const member = await loggedInClient(app, login, ann, { freshness: "not_fresh" });
  closed.get("/login", (c: { text(it: string): Response }) => c.text("Log in."));

  equal((await guest.request("/account")).headers.get("location"), "/login?next=%2Faccount");
  equal(await textOf(member, "/account"), "Hi Ann!");
  equal((await member.request("/account/close", post)).headers.get("location"), "/reauthenticate");
  const outside = new TestClient(closed, login.origin);
  equal(await textOf(outside, "/login"), "Log in.");
  equal((await outside.request("/elsewhere")).status, 302);
});

Deno.test("the README's handler refuses guests as a guard does, where it wants to", async () => {
  const { app, login } = await run("Guards", "required", "app", "login");
  const guest = new TestClient(app, login.origin);

  equal(await textOf(guest, "/articles/1"), "Hi stranger!");
  const refusal = await guest.request("/articles/for-members");
  equal(refusal.headers.get("location"), "/login?next=%2Farticles%2Ffor-members");
  const member = await loggedInClient(app, login, ann);
  equal(await textOf(member, "/articles/for-members"), "Hi Ann!");
});

Deno.test("the README's rule refuses every unsafe request of another site", async () => {
  const { app, login } = await run("Forms of other sites", "app", "login");
  app.on(["GET", "POST"], "/", (c: { text(it: string): Response }) => c.text("Done."));
  const client = new TestClient(app, login.origin);
  const status = async (headers: Record<string, string>) =>
    (await client.request("/", { ...post, headers })).status;

  equal((await client.request("/", { headers: { "sec-fetch-site": "cross-site" } })).status, 200);
  equal(await status({ "sec-fetch-site": "same-origin" }), 200);
  equal(await status({ origin: login.origin }), 200);
  for (const site of ["cross-site", "same-site", "none"]) {
    equal(await status({ "sec-fetch-site": site, origin: login.origin }), 403, site);
  }
  equal(await status({ origin: "https://evil.example", "content-type": "application/json" }), 403);
  equal(await status({}), 403);
});

Deno.test("the README's program is known by its token alone, also beside a browser's session", async () => {
  const { login, tokens } = await run("Programs", "tokens", "login");
  const { Hono } = await import("hono");
  const app = new Hono();
  app.use(login.middleware);
  app.get("/", login.required, (c) => c.text("Hi Ann!"));
  const member = await loggedInClient(app, login, ann);
  const status = async (token: string, of = new TestClient(app, login.origin)) =>
    (await of.request("/", { headers: { authorization: `Bearer ${token}` } })).status;

  equal(await status([...tokens.keys()][0]), 200);
  equal(await status("another"), 302);
  equal(await textOf(member, "/"), "Hi Ann!");
  equal(await status("another", member), 302);
});

const [inOneCommit, inTransaction, afterUser] = readme.section("Users").codeBlocks();
const renewals = [["in one commit with the user", inOneCommit], ["after the user", afterUser]];
for (const [how, renewal] of renewals as [string, typeof inOneCommit][]) {
  Deno.test(`the README's new password ends every other session, ${how}`, async () => {
    const module = `
      import { addToCommit, kvStore } from "@latchkey/login/kv";
      import { testLogin } from "@latchkey/login/testing";
      import { Hono } from "hono";

      export const kv = await Deno.openKv(":memory:");
      const store = kvStore(kv);
      const loadUser = async (id: string) => (await kv.get(["user", id])).value;
      const saveUser = async (user) => (await kv.set(["user", user.id], user), user);
      export const login = testLogin([], { store, loadUser });
      const password = "another";
      const hash = (text: string) => Promise.resolve("hash of " + text);

      export const app = new Hono();
      app.use(login.middleware);
      app.get("/", login.required, (c) => c.text("in"));
      app.post("/password", login.required, async (c) => {
        const { user } = c.var;
        const entry = await kv.get(["user", user.id]);
        ${renewal?.code}
        return c.json(renewed.ok);
      });
    `;
    const { app, kv, login } = await import(`data:text/typescript,${encodeURIComponent(module)}`);
    await kv.set(["user", "1"], ann);
    const here = await loggedInClient(app, login, ann);
    const elsewhere = await loggedInClient(app, login, ann, { remember: true });

    equal(await textOf(here, "/password", post), "true");
    equal(await textOf(here, "/"), "in");
    equal((await elsewhere.request("/")).status, 302);
    equal((await kv.get(["user", "1"])).value.epoch, 1);
    kv.close();
  });
}

Deno.test("the README's new password ends every other session, in one transaction with the user", async () => {
  const Database = await loadDriver("better-sqlite3");
  const database = new Database(":memory:");
  database.exec("CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT, hash TEXT, epoch INTEGER)");
  database.prepare("INSERT INTO users VALUES ('1', 'Ann', '', 0)").run();
  const find = database.prepare("SELECT * FROM users WHERE id = ?");
  const save = database.prepare("UPDATE users SET hash = ?, epoch = ? WHERE id = ? AND epoch = ?");
  const store = sqliteStore(database, () => new Date());
  const login = testLogin([], {
    store,
    loadUser: (id) => Promise.resolve((find.get(id) ?? null) as SqliteUser | null),
  });
  const saveUser = ({ id, hash, epoch }: SqliteUser) =>
    save.run(hash, epoch, id, epoch - 1).changes === 1;
  const password = "another";
  const hash = (text: string) => Promise.resolve(`hash of ${text}`);
  const names = "login, c, user, hash, password, database, store, saveUser";
  const run = new Function(
    names,
    `return (async () => { ${inTransaction?.code} return renewed; })()`,
  );
  const app = new Hono().use(login.middleware)
    .get("/", login.required, (c) => c.text("in"))
    .post("/password", login.required, async (c) => {
      const given = [login, c, c.var.user, hash, password, database, store, saveUser];
      return c.json((await run(...given)).ok);
    });
  const user = find.get("1") as SqliteUser;
  const here = await loggedInClient(app, login, user);
  const elsewhere = await loggedInClient(app, login, user, { remember: true });

  equal(await textOf(here, "/password", post), "true");
  equal(await textOf(here, "/"), "in");
  equal((await elsewhere.request("/")).status, 302);
  equal((find.get("1") as SqliteUser).hash, "hash of another");
  database.close();
});

interface SqliteUser {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly epoch: number;
}

Deno.test("the README's lines for Redis make a store", { ignore: !hasRedis }, async () => {
  await using server = await startRedis();
  const [block] = readme.section("Redis").codeBlocks();
  const module = `${block?.code}export { store };`
    .replace('"redis://localhost:6379"', JSON.stringify(server.path))
    .replace(/new Redis\(.*?\)/, "client = $&")
    .replace("const store", "export let client;\n$&");

  const { store, client } = await import(`data:text/javascript,${encodeURIComponent(module)}`);
  await storeContract(store);
  await client.quit();
});
