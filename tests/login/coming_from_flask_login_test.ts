import { loggedInClient, TestClient } from "@latchkey/login/testing";
import { deepEqual, equal, match } from "node:assert/strict";
import { Markdown } from "../project/markdown.ts";
import { runBlock } from "./readme_code.ts";
import { post, test, textOf } from "./site.ts";

const page = await Markdown.read("lib/login/COMING_FROM_FLASK_LOGIN.md");
const ann = { id: "1", name: "Ann" };

Deno.test("every name of Flask-Login and every setting has its row", async () => {
  // Of Flask-Login 0.6.3: what the package exports, the manager, the user, and the settings.
  const table = await Deno.readTextFile(new URL("flask_login_names.tsv", import.meta.url));
  const names = table.trim().split("\n").slice(1).map((line) => line.split("\t")[1] ?? "");
  const rows = page.rows().map(([left = ""]) => left).join("\n");
  const told = new Set(
    [...rows.matchAll(/`[^`]*`/g)].flatMap(([code]) => code.match(/\w+/g) ?? []),
  );

  deepEqual(names.filter((name) => !told.has(name)), []);
});

Deno.test("the page's site logs in, remembers and logs out", async () => {
  const withKey = page.text.replace('process.env.SECRET_KEY ?? ""', "new Uint8Array(32)");
  const { app, login } = await runBlock(
    new Markdown(withKey),
    "The same site twice",
    "app",
    "login",
  );
  const client = new TestClient(app, login.origin);
  const send = (path: string, fields: Record<string, string> = {}) =>
    client.request(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "sec-fetch-site": "same-origin" },
    });
  const password = "seven quiet otters row";

  equal((await send("/login", { name: "Ann", password: "wrong" })).status, 422);
  const entered = await send("/login?next=/profile", { name: "Ann", password, remember: "on" });
  equal(entered.headers.get("location"), "/profile");
  client.restart();
  equal(await textOf(client, "/profile"), "Hi Ann!");
  equal((await send("/logout")).headers.get("location"), "/");
  equal((await client.request("/profile")).headers.get("location"), "/login?next=%2Fprofile");
});

test("a suspended user is nobody, and one who was let in all the same is refused by guards", async (site) => {
  const ann = await site.loggedIn("1");
  const bob = site.client();
  site.users.set("1", { id: "1", name: "Ann", active: false });
  site.users.set("2", { id: "2", name: "Bob", active: false });
  await bob.request("/in/2", { ...post, body: '{"allowInactive":true}' });

  equal(await textOf(ann, "/who"), "nobody");
  equal(await textOf(bob, "/who"), "Bob");
  equal((await bob.request("/members")).status, 302);
});

test("a session knows whether its browser has a remember cookie, however it began", async (site) => {
  const remembers = async (client: TestClient) => await textOf(client, "/has-remember-cookie");
  site.app.get("/has-remember-cookie", async (c) => {
    return c.text(String(Boolean((await site.login.session(c))?.seriesId)));
  });
  const ann = await site.loggedIn("1", { remember: true });

  equal(await remembers(ann), "true");
  ann.restart();
  equal(await remembers(ann), "true");
  equal(await remembers(await site.loggedIn("1")), "false");
  equal(await remembers(site.client()), "false");
});

test("messages of one category leave the others for the same request, and not for the next", async (site) => {
  site.app.get("/errors-then-all", async (c) => {
    const errors = await site.login.takeFlashes(c, "error");
    return c.json([errors.length, (await site.login.takeFlashes(c)).length]);
  });
  const client = site.client();
  await client.request("/flash/hello", post);

  equal(await textOf(client, "/errors-then-all"), "[0,1]");
  equal(await textOf(client, "/flashes"), "[]");
});

Deno.test("the page's areas have login pages of their own", async () => {
  const { app, login } = await runBlock(page, "The login page", "app", "login");
  const guest = new TestClient(app, login.origin);
  const answer = async (path: string) => {
    const { status, headers } = await guest.request(path);
    return headers.get("location") ?? status;
  };

  equal(await answer("/staff"), "/staff/login?next=%2Fstaff");
  equal(await answer("/api"), 401);
  equal(await answer("/"), "/login?next=%2F");
  equal(await textOf(await loggedInClient(app, login, ann), "/staff"), "Hi Ann!");
});

Deno.test("the page's handler refuses as a guard does", async () => {
  const { app, login } = await runBlock(page, "Refusing in a handler", "app", "login");
  const stale = await loggedInClient(app, login, ann, { freshness: "not_fresh" });
  const location = async (client: TestClient, path: string) =>
    (await client.request(path)).headers.get("location");

  equal(
    await location(new TestClient(app, login.origin), "/orders/1"),
    "/login?next=%2Forders%2F1",
  );
  equal(await textOf(stale, "/orders/1"), "Here you are.");
  equal(await location(stale, "/orders/new"), "/reauthenticate?next=%2Forders%2Fnew");
  equal(await textOf(await loggedInClient(app, login, ann), "/orders/new"), "Here you are.");
});

Deno.test("the page's layout knows the user, also one who comes by a remember cookie", async () => {
  const { app, login } = await runBlock(page, "The user in every page", "app", "login");
  const client = await loggedInClient(app, login, ann, { remember: true });
  client.restart();

  match(await textOf(client, "/"), /<header>Hi Ann!<\/header><p>Welcome\.<\/p>/);
  match(await textOf(new TestClient(app, login.origin), "/"), /<a href="\/login">Log in<\/a>/);
});

Deno.test("the page's Basic passwords are asked for and judged", async () => {
  const { app, login } = await runBlock(page, "API keys and Basic", "app", "login");
  const client = new TestClient(app, login.origin);
  const ask = (credentials: string) =>
    client.request("/", { headers: { authorization: `Basic ${btoa(credentials)}` } });

  const challenged = await client.request("/");
  equal(challenged.status, 401);
  equal(challenged.headers.get("www-authenticate"), 'Basic realm="Site", charset="UTF-8"');
  equal((await ask("ann:wrong")).status, 401);
  const answer = await ask("ann:seven quiet otters row");
  equal(await answer.text(), "Hi Ann!");
  deepEqual(answer.headers.getSetCookie(), []);
});
