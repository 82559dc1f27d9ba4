import {
  createLogin,
  HOUR,
  type LoginOptions,
  loginUrl,
  recommendedLifetimes,
  safeNext,
  SECOND,
} from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";
import { loggedInClient } from "@latchkey/login/testing";
import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { Hono } from "hono";
import { cookie, logIn, makeSite, post, test, textOf } from "./site.ts";

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

test("one login serves several apps, and keeps nothing of a request [FL-S02]", async (site) => {
  const other = new Hono();
  other.use(site.login.middleware);
  other.get("/", async (c) => c.text((await site.login.user(c))?.name ?? "nobody"));

  const ann = await loggedInClient(other, site.login, { id: "1", name: "Ann" });
  equal(await textOf(ann, "/"), "Ann");
  equal(await (await other.request("/")).text(), "nobody");
  equal(await textOf(await site.loggedIn("2"), "/who"), "Bob");
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

Deno.test("asking for the user without login.middleware says what to do", async () => {
  const { login } = makeSite();
  const app = new Hono();
  app.onError((error, c) => c.text(error.message, 500));
  app.get("/", login.required, (c) => c.text("in"));

  match(
    await (await app.request("/")).text(),
    /put app\.use\(login\.middleware\) before the routes/,
  );
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
  for (const page of ["login", "", "//evil.test", "javascript:alert(1)", 7]) {
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

test("a loader that throws fails the request, and logs nobody in or out [FL-L09]", async (site) => {
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

for (
  const [how, refuse] of [
    ["rejects", () => Promise.reject(new Error("no UUID"))],
    ["throws", () => {
      throw new Error("no UUID");
    }],
  ] as const
) {
  test(`a loader that ${how} for a made-up id fails no request: the cookie is junk`, async (site) => {
    const ann = await site.loggedIn("1");
    const token = ann.cookies.get(cookie.session) ?? "";
    const strict = makeSite({
      store: site.store,
      loadUser: (id) => id === "1" ? Promise.resolve({ id, name: "Ann" }) : refuse(),
    });
    const client = strict.client();

    for (const junk of [token.replace(/^[^.]*/, "AA"), token.replace(/^[^.]*/, "Jw")]) {
      client.cookies.set(cookie.session, junk);
      equal(await textOf(client, "/who"), "nobody");
      ok(!client.cookies.has(cookie.session));
    }
    client.cookies.set(cookie.session, token);
    equal(await textOf(client, "/who"), "Ann");
  });
}

test("a test has a logged-in client in one line: fresh or not, with any methods [FL-H11]", async (site) => {
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

test("what one request knew is nothing to the next one [FL-H13]", async (site) => {
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

test("a cookie is deleted with the attributes it was set with [FL-R09] [FL-H06]", async (site) => {
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

test("the session cookie ends with the browser, the remember cookie has a Max-Age [FL-R08] [FL-H01]", async (site) => {
  const client = site.client();
  const lines = (await logIn(client, "1", { remember: true })).headers.getSetCookie();

  match(lines.find((line) => line.startsWith(cookie.remember)) ?? "", /; Max-Age=2592000(;|$)/);
  equal(
    /max-age|expires/i.test(lines.find((line) => line.startsWith(cookie.session)) ?? ""),
    false,
  );
});

const secret = "correct horse battery staple is 40 bytes!";

/** For each option values of a wrong type, which are all that JavaScript would let through. */
const wrong: Record<keyof LoginOptions<{ id: string }>, readonly unknown[]> = {
  store: [undefined, null, {}, "kv", { ...options.store, commit: undefined }],
  loadUser: [undefined, null, {}, "loadUser"],
  requestLoader: [null, {}, "bearer"],
  ignoreCookies: [null, true, "bearer"],
  forbidden: [null, {}, "/forbidden"],
  limits: [null, {}, 15],
  keys: [
    undefined,
    null,
    [],
    secret,
    [secret],
    [undefined],
    ["a".repeat(31)],
    [new Uint8Array(31)],
    [new ArrayBuffer(32)],
    [Array(32).fill(7)],
    [new Uint8Array(32), ""],
  ],
  origin: [
    undefined,
    null,
    "",
    "app.example",
    "http://app.example",
    "ftp://localhost",
    "http://127.0.0.1",
    8000,
  ],
  lifetimes: [undefined, null, 7200000, []],
  protection: [undefined, null, "", "Strong", true],
  fingerprint: ["user-agent", null],
  now: [undefined, null, new Date(), Date.now, () => "now", () => new Date(NaN)],
  homePage: [undefined, null, "", "home", "//evil.test", 7],
  excludeFromNext: ["/logout", ["logout"], [7], null],
  nextIn: ["cookies", null, true],
  translate: [{}, "it"],
  extendRemember: ["false", 0, null],
  network: ["10.0.0.0", true],
  cookieNames: ["session", null, []],
  events: [() => {}, null, "log"],
  loginPage: [undefined, "login", "", "//evil.test", 7],
  reauthenticatePage: [undefined, "again", "javascript:alert(1)", {}],
  loginMessage: [7, {}],
  reauthenticateMessage: [false, []],
  loginMessageCategory: [null, 7],
  reauthenticateMessageCategory: [null, {}],
  unauthorized: ["/login", null],
  reauthenticationNeeded: [{}, null],
};

Deno.test("each option of a wrong type is refused at the start, by a sentence with its name [FL-S03] [FL-S04] [FL-P01] [FL-P02] [FL-C33] [FL-R16] [FL-H01]", () => {
  createLogin(options);
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const sentence = new RegExp(`^Cannot make a login: ${name} (is missing: it )?has to be .{4}`);
      const set = () => createLogin({ ...options, [name]: value as never });
      throws(set, { name: "TypeError", message: sentence }, `${name}: ${Deno.inspect(value)}`);
    }
  }
});

Deno.test("the settings inside an option are checked as well", () => {
  const wrong: [options: object, sentence: RegExp][] = [
    [{ cookieNames: { session: "my session" } }, /cookieNames\.session has to be a word/],
    [{ cookieNames: { session: "__Host-id" } }, /cookieNames\.session has to be a word without __/],
    [{ cookieNames: { next: "__secure-next" } }, /cookieNames\.next has to be a word without __/],
    [{ cookieNames: { flash: 7 } }, /cookieNames\.flash has to be a word/],
    [{ cookieNames: { session: "flash" } }, /cookieNames have to be four different words/],
    [{ events: { listen: () => {} } }, /events\.report is missing/],
    [{ events: { listen: "log", report: () => {} } }, /events\.listen has to be a function/],
    [
      { lifetimes: { ...recommendedLifetimes, remember: 10 } },
      /lifetimes\.remember has to be a second or more/,
    ],
    [{ lifetimes: { ...recommendedLifetimes, idle: 1e12 } }, /lifetimes\.idle has to be/],
    [{ lifetimes: { ...recommendedLifetimes, seen: HOUR, idle: HOUR } }, /lifetimes\.seen has to/],
  ];
  for (const [change, sentence] of wrong) {
    throws(() => createLogin({ ...options, ...change }), sentence);
  }
});

Deno.test("an option that does not exist is named, with those that do", () => {
  const unknown: [options: object, sentence: RegExp][] = [
    [{ homepage: "/" }, /there is no option homepage; there are .*homePage/],
    [{ lifetimes: { ...recommendedLifetimes, idel: 1 } }, /no option lifetimes\.idel; .*idle/],
    [{ cookieNames: { sessions: "s" } }, /no option cookieNames\.sessions/],
    [{ events: { listen: () => {}, report: () => {}, on: 1 } }, /no option events\.on/],
  ];
  for (const [change, sentence] of unknown) {
    throws(() => createLogin({ ...options, ...change }), sentence);
  }
  throws(() => createLogin(undefined as never), /the options have to be an object/);
});

Deno.test("the sentence about an option never shows its value, which may be a secret", () => {
  for (const change of [{ keys: secret }, { keys: [secret] }, { protection: secret }]) {
    throws(
      () => createLogin({ ...options, ...change } as never),
      (error: Error) => !error.message.includes("correct horse"),
    );
  }
});

Deno.test("the first releases of Node 20, which have no URL.parse, are enough", () => {
  const { parse } = URL;
  try {
    URL.parse = undefined as never;
    createLogin(options);
    throws(() => createLogin({ ...options, origin: "app.example" }), /origin has to be https/);
    equal(safeNext("/diary?page=2"), "/diary?page=2");
    equal(safeNext("http://[", []), null);
    equal(loginUrl("/login", "https://app.example/diary"), "/login?next=%2Fdiary");
  } finally {
    URL.parse = parse;
  }
});

Deno.test("an area checks its options as the whole site does", () => {
  const { login } = makeSite();
  const area = { loginPage: null, reauthenticatePage: null };
  const names = [
    "loginPage",
    "reauthenticatePage",
    "loginMessage",
    "reauthenticateMessage",
    "loginMessageCategory",
    "reauthenticateMessageCategory",
    "unauthorized",
    "reauthenticationNeeded",
  ];
  for (const name of names) {
    throws(
      () => login.area({ ...area, [name]: 7 }),
      new RegExp(`^TypeError: Cannot make an area: ${name} has to be`),
    );
  }
  throws(() => login.area({ ...area, homePage: "/" } as never), /there is no option homePage/);
});

test("a login checks its user and its options, and logs nobody in with wrong ones [FL-I12]", async (site) => {
  const { login } = site;
  const user = { id: "1", name: "Ann" };
  const wrong: [name: string, values: unknown[]][] = [
    ["methods", [undefined, null, [], "pwd", [""], [7]]],
    ["remember", ["25200000", "yes", null, NaN, -1, 10, 1e12]],
    ["freshness", ["stale", true, null]],
    ["issuer", [7, null, "", "x".repeat(513)]],
    ["allowInactive", ["true", null, 1]],
    ["user.id", [undefined, null, 1, "", "é".repeat(129)]],
    ["user.active", ["false", null]],
    ["user.epoch", ["3", 1.5]],
    ["there is no option rememberMe", [true]],
  ];
  site.app.post("/wrong", async (c) => {
    for (const [name, values] of wrong) {
      const [, field] = /^user\.(.*)/.exec(name) ?? [];
      for (const value of values) {
        const who = field ? { ...user, [field]: value } : user;
        const option = field ? {} : { [name.split(" ").at(-1) ?? ""]: value };
        const start = login.start(c, who as never, { methods: ["pwd"], ...option } as never);
        await rejects(start, new RegExp(`^TypeError: Cannot log in: ${name}`), Deno.inspect(value));
      }
    }
    return c.text("refused");
  });
  const answer = await site.client().request("/wrong", post);
  equal(await answer.text(), "refused");
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(await login.sessions(user), []);
});

test("methods are checked where a credential is presented again", async (site) => {
  site.app.onError((error, c) => c.text(error.message, 500));
  site.app.post("/again", async (c) => c.json(await site.login.reauthenticate(c, "pwd" as never)));
  site.app.post(
    "/renew",
    async (c) => c.json(await site.login.renew(c, "pwd" as never, () => Promise.resolve(null))),
  );
  const ann = await site.loggedIn("1");
  for (const path of ["/again", "/renew"]) {
    match(await textOf(ann, path, post), /methods has to be a list of methods/, path);
  }
});

Deno.test("a key may be base64 text: it is the same key as its bytes", async () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => 248 + i);
  const base64 = btoa(String.fromCharCode(...bytes));
  match(base64, /[+/].*=$/);
  const site = makeSite({ keys: [bytes] });
  const client = site.client();
  await client.request("/flash/hello", post);

  const texts = [base64, base64.replaceAll("+", "-").replaceAll("/", "_").replace("=", "")];
  for (const key of [...texts, `${base64}\n`]) {
    const reader = makeSite({ keys: [key] }).client();
    for (const [name, value] of client.cookies) reader.cookies.set(name, value);
    match(await textOf(reader, "/flashes"), /hello/, key);
  }
});
