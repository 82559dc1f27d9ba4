import { createLogin, memoryStore, recommendedLifetimes, SECOND } from "@latchkey/login";
import { loggedInClient } from "@latchkey/login/testing";
import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { Hono } from "hono";
import { cookie, logIn, makeSite, post, textOf } from "./site.ts";

const now = () => new Date();
const options = {
  store: memoryStore(now),
  loadUser: (id: string) => Promise.resolve({ id }),
  keys: [new Uint8Array(32)],
  origin: "https://app.example",
  lifetimes: recommendedLifetimes,
  protection: "basic" as const,
  now,
  loginPage: "/login",
  reauthenticatePage: "/reauthenticate",
  homePage: "/",
};

Deno.test("a login is made without an app and attached later, with one middleware [FL-S01]", async () => {
  const { login } = makeSite();
  const app = new Hono();
  app.use(login.middleware);
  app.get("/", login.required, (c) => c.text("in"));

  equal((await app.request("/")).status, 302);
});

Deno.test("one login serves several apps, and keeps nothing of a request [FL-S02]", async () => {
  const site = makeSite();
  const other = new Hono();
  other.use(site.login.middleware);
  other.get("/", async (c) => c.text((await site.login.user(c))?.name ?? "nobody"));

  const ann = await loggedInClient(other, site.login, { id: "1", name: "Ann" });
  equal(await textOf(ann, "/"), "Ann");
  equal(await (await other.request("/")).text(), "nobody");
  equal(await textOf(await site.loggedIn("2"), "/who"), "Bob");
});

Deno.test("a login without a loader is refused at the start [FL-S03]", () => {
  throws(() => createLogin({ ...options, loadUser: undefined as never }), /loadUser is missing/);
});

Deno.test("a login without a key, or with a short one, is refused at the start [FL-S04]", () => {
  throws(() => createLogin({ ...options, keys: [] }), /at least one key, each of 32 bytes/);
  throws(() => createLogin({ ...options, keys: [new Uint8Array(31)] }), /each of 32 bytes/);
});

Deno.test("keys are bytes, so there is one reading of them, and every byte counts [FL-S05]", async () => {
  const key = new Uint8Array(32).fill(0xff);
  const other = new Uint8Array(32).fill(0xff);
  other[31] = 0xfe;
  const site = makeSite({ keys: [key] });
  const stranger = makeSite({ keys: [other], store: site.store });
  const client = site.client();
  await client.request("/flash/hello", post);

  const elsewhere = stranger.client();
  for (const [name, value] of client.cookies) elsewhere.cookies.set(name, value);
  equal(await textOf(elsewhere, "/flashes"), "[]");
  match(await textOf(client, "/flashes"), /hello/);
});

Deno.test("the current user is at hand wherever the context is [FL-S06]", async () => {
  const { login } = makeSite();
  const app = new Hono();
  app.use(login.middleware);
  app.notFound(async (c) => c.text(`Not here, ${(await login.user(c))?.name}`, 404));

  const ann = await loggedInClient(app, login, { id: "1", name: "Ann" });
  equal(await textOf(ann, "/nowhere"), "Not here, Ann");
});

Deno.test("looking at a visitor without login.middleware says what to do", async () => {
  const { login } = makeSite();
  const app = new Hono();
  app.onError((error, c) => c.text(error.message, 500));
  app.get("/", login.required, (c) => c.text("in"));

  match(
    await (await app.request("/")).text(),
    /put app\.use\(login\.middleware\) before the routes/,
  );
});

Deno.test("a misspelt protection is refused at the start [FL-P02] [FL-C33]", () => {
  for (const protection of ["Strong", "", null, undefined, "none"]) {
    throws(
      () => createLogin({ ...options, protection: protection as never }),
      /off, basic or strong/,
    );
  }
});

Deno.test("there is one setting of protection, and no login without it [FL-P01]", () => {
  throws(() => createLogin({ ...options, protection: undefined as never }), TypeError);
});

Deno.test("every duration is checked at the start [FL-R14]", () => {
  for (const name of ["idle", "absolute", "fresh", "seen", "remember"] as const) {
    for (const wrong of [0, -1, NaN, Infinity, "2h", null, undefined, true]) {
      const lifetimes = { ...recommendedLifetimes, [name]: wrong as never };
      throws(
        () => createLogin({ ...options, lifetimes }),
        new RegExp(`lifetimes\\.${name}`),
        `${name} ${wrong}`,
      );
    }
  }
  const tooLong = { ...recommendedLifetimes, remember: 401 * 24 * 3600 * SECOND };
  throws(() => createLogin({ ...options, lifetimes: tooLong }), /400 days/);
});

Deno.test("a page is a path or a URL, used as it is, and anything else is refused at the start [FL-U08] [FL-U09]", () => {
  for (const page of ["login", "", "//evil.test", "javascript:alert(1)", undefined, 7]) {
    throws(
      () => createLogin({ ...options, loginPage: page as never }),
      /loginPage has to be/,
      String(page),
    );
    throws(
      () => createLogin({ ...options, reauthenticatePage: page as never }),
      /reauthenticatePage has to be/,
    );
  }
  for (const page of ["/", "/login?x=1", "https://sso.example/in", null]) {
    createLogin({ ...options, loginPage: page, reauthenticatePage: page });
  }
});

Deno.test("an origin without https is refused at the start, but for localhost [FL-R16] [FL-H01]", () => {
  for (
    const origin of ["http://app.example", "app.example", "", "ftp://localhost", "http://127.0.0.1"]
  ) {
    throws(() => createLogin({ ...options, origin }), /origin has to be https/, origin);
  }
  createLogin({ ...options, origin: "http://localhost:8000" });
});

Deno.test("a loader that throws fails the request, and logs nobody in or out [FL-L09]", async () => {
  const site = makeSite();
  const ann = await site.loggedIn("1");
  const before = new Map(ann.cookies);
  const broken = makeSite({
    store: site.store,
    loadUser: () => Promise.reject(new Error("no database")),
  });
  broken.app.onError((_, c) => c.text("failed", 500));

  const client = broken.client();
  for (const [name, value] of ann.cookies) client.cookies.set(name, value);
  const answer = await client.request("/members");
  equal(answer.status, 500);
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(client.cookies, before);
  equal(await textOf(ann, "/who"), "Ann");
});

Deno.test("a test has a logged-in client in one line: fresh or not, with any methods [FL-H11]", async () => {
  const site = makeSite();
  const user = { id: "1", name: "Ann" };

  const fresh = await loggedInClient(site.app, site.login, user);
  const stale = await loggedInClient(site.app, site.login, user, {
    freshness: "not_fresh",
    methods: ["pwd", "otp"],
  });
  equal((await fresh.request("/fresh")).status, 200);
  equal((await stale.request("/fresh")).status, 302);
  equal((await stale.request("/members")).status, 200);
  const methods = (await site.login.sessions(user)).map((session) => session.methods.join("+"))
    .sort();
  deepEqual(methods, ["pwd", "pwd+otp"]);
  await rejects(loggedInClient(site.app, site.login, { ...user, active: false }), /suspended/);
});

Deno.test("…and it works under every protection [FL-H12]", async () => {
  for (const protection of ["off", "basic", "strong"] as const) {
    const site = makeSite({ protection });
    const client = await loggedInClient(site.app, site.login, { id: "1", name: "Ann" });
    equal((await client.request("/fresh")).status, 200, protection);
    equal((await client.request("/fresh")).status, 200, protection);
  }
});

Deno.test("what one request knew is nothing to the next one [FL-H13]", async () => {
  const site = makeSite();
  const ann = await site.loggedIn("1");

  equal(await textOf(ann, "/who"), "Ann");
  equal(await textOf(site.client(), "/who"), "nobody");
  site.users.set("1", { id: "1", name: "Anna" });
  equal(await textOf(ann, "/who"), "Anna");
});

Deno.test("cookies have the names that were set, the path / and no domain, set or deleted [FL-R13] [FL-R15]", async () => {
  const site = makeSite({ cookieNames: { session: "sid", remember: "stay" } });
  const client = site.client();

  const set = (await logIn(client, "1", { remember: true })).headers.getSetCookie();
  const deleted = (await client.request("/out", post)).headers.getSetCookie();
  for (const lines of [set, deleted]) {
    deepEqual(lines.map((line) => line.split("=")[0]).sort(), ["__Host-sid", "__Host-stay"]);
    for (const line of lines) {
      match(line, /; Path=\//);
      equal(/domain/i.test(line), false);
    }
  }
});

Deno.test("a cookie is deleted with the attributes it was set with [FL-R09] [FL-H06]", async () => {
  const site = makeSite();
  const client = site.client();
  const attributes = (lines: string[]) =>
    lines.map((line) =>
      line.split("; ").slice(1).filter((it) => !it.startsWith("Max-Age=")).sort().join("; ")
    );

  const set = (await logIn(client, "1", { remember: true })).headers.getSetCookie();
  const deleted = (await client.request("/out", post)).headers.getSetCookie();
  deepEqual(attributes(deleted), attributes(set));
  deepEqual(attributes(set), Array(2).fill("HttpOnly; Path=/; SameSite=Lax; Secure"));
  for (const line of deleted) match(line, /^__Host-(session|remember)=; .*Max-Age=0/);
  deepEqual([...client.cookies.keys()], []);
});

Deno.test("the session cookie ends with the browser, the remember cookie has a Max-Age [FL-R08] [FL-H01]", async () => {
  const site = makeSite();
  const client = site.client();
  const lines = (await logIn(client, "1", { remember: true })).headers.getSetCookie();

  match(lines.find((line) => line.startsWith(cookie.remember)) ?? "", /; Max-Age=2592000(;|$)/);
  equal(
    /max-age|expires/i.test(lines.find((line) => line.startsWith(cookie.session)) ?? ""),
    false,
  );
});

Deno.test("what is missing or impossible is refused at the start, with a sentence", () => {
  const wrong: [options: object, sentence: RegExp][] = [
    [{ store: undefined }, /store is missing/],
    [{ now: undefined }, /now is missing/],
    [{ keys: undefined }, /keys is missing/],
    [{ lifetimes: undefined }, /lifetimes is missing/],
    [{ nextIn: "cookies" }, /nextIn has to be query or cookie/],
    [{ cookieNames: { session: "flash" } }, /cookieNames have to be four different words/],
    [{ cookieNames: { session: "my session" } }, /cookieNames have to be/],
    [
      { lifetimes: { ...recommendedLifetimes, remember: 10 } },
      /lifetimes\.remember has to be a second or more/,
    ],
    [{ lifetimes: { ...recommendedLifetimes, idle: 1e12 } }, /lifetimes\.idle has to be/],
  ];
  for (const [change, sentence] of wrong) {
    throws(() => createLogin({ ...options, ...change }), sentence);
  }
});
