import type { Context } from "hono";
import { Hono } from "hono";
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { makeSite, post, test, textOf } from "./site.ts";

const json = { headers: { accept: "application/json" } };

test("required lets users in, and answers for everybody else [FL-G01]", async (site) => {
  equal(await textOf(await site.loggedIn("1"), "/members"), "Ann");
  equal((await site.client().request("/members")).status, 302);
  deepEqual(site.ran, ["GET /members"]);
});

test("fresh asks a guest to log in and a stale user to reauthenticate [FL-G02]", async (site) => {
  const where = async (client: ReturnType<typeof site.client>) =>
    (await client.request("/fresh")).headers.get("location");

  equal(await where(site.client()), "/login?next=%2Ffresh");
  equal(
    await where(await site.loggedIn("1", { freshness: "not_fresh" })),
    "/reauthenticate?next=%2Ffresh",
  );
  equal(await where(await site.loggedIn("1")), null);
  deepEqual(site.ran, ["GET /fresh"]);
});

test("methods asks a user to reauthenticate until one of its methods was presented", async (site) => {
  site.app.get("/codes", site.login.methods("otp", "hwk"), (c) => c.text(c.var.session.id));
  const where = async (client: ReturnType<typeof site.client>) =>
    (await client.request("/codes")).headers.get("location");

  equal(await where(site.client()), "/login?next=%2Fcodes");
  equal(await where(await site.loggedIn("1")), "/reauthenticate?next=%2Fcodes");
  equal(await where(await site.loggedIn("1", { methods: ["pwd", "hwk"] })), null);
});

test("allowed lets in whom its rule allows, and answers 403 to other users only", async (site) => {
  site.app.get("/staff", site.login.allowed(({ name }) => name === "Ann"), (c) => c.text("staff"));
  const bob = await site.loggedIn("2");

  equal(await textOf(await site.loggedIn("1"), "/staff"), "staff");
  equal((await site.client().request("/staff")).headers.get("location"), "/login?next=%2Fstaff");
  const refusal = await bob.request("/staff");
  equal(refusal.status, 403);
  equal(refusal.headers.get("content-type"), "application/problem+json");
  equal(site.events.filter(({ type }) => type === "forbidden").length, 1);
});

Deno.test("the option forbidden answers whom allowed refuses, unless they ask for JSON", async () => {
  const site = makeSite({ forbidden: (c) => c.text("Ask Ann.", 403) });
  site.app.get("/staff", site.login.allowed(() => false), (c) => c.text("staff"));
  const ann = await site.loggedIn("1");

  equal(await (await ann.request("/staff")).text(), "Ask Ann.");
  deepEqual(await (await ann.request("/staff", json)).json(), { title: "Forbidden", status: 403 });
});

test("OPTIONS is answered without running the handler; HEAD is guarded like GET [FL-G03]", async (site) => {
  const app = new Hono();
  app.use(site.login.middleware);
  const ran: string[] = [];
  app.all("/all", site.login.required, (c) => (ran.push(c.req.method), c.text("ran")));
  app.all("/all-fresh", site.login.fresh, (c) => (ran.push(c.req.method), c.text("ran")));

  for (const path of ["/all", "/all-fresh"]) {
    equal((await app.request(path, { method: "OPTIONS" })).status, 204);
    equal((await app.request(path, { method: "HEAD" })).status, 302);
  }
  deepEqual(ran, []);
});

test("both guards together are as strict as the stricter, in either order [FL-G04]", async (site) => {
  site.app.get("/both", site.login.required, site.login.fresh, (c) => c.text(c.var.user.name));
  site.app.get("/htob", site.login.fresh, site.login.required, (c) => c.text(c.var.user.name));
  const stale = await site.loggedIn("1", { freshness: "not_fresh" });

  equal((await stale.request("/both")).headers.get("location"), "/reauthenticate?next=%2Fboth");
  equal((await stale.request("/htob")).headers.get("location"), "/reauthenticate?next=%2Fhtob");
  equal(await textOf(await site.loggedIn("1"), "/both"), "Ann");
});

test("handlers may be async and keep their parameters [FL-G05] [FL-G06]", async (site) => {
  site.app.get("/notes/:id", site.login.required, async (c) => {
    await Promise.resolve();
    return c.text(`${c.var.user.name} ${c.req.param("id")}`);
  });
  equal(await textOf(await site.loggedIn("1"), "/notes/7"), "Ann 7");
});

test("a handler that throws has run once [FL-G07] [FL-C19]", async (site) => {
  let runs = 0;
  const breaks = () => {
    runs++;
    throw new TypeError("corrupt");
  };
  site.app.get("/one", site.login.required, breaks);
  site.app.get("/two", site.login.fresh, breaks);
  site.app.onError((_, c) => c.text("corrupt", 500));
  const ann = await site.loggedIn("1");

  equal((await ann.request("/one")).status, 500);
  equal((await ann.request("/two")).status, 500);
  equal(runs, 2);
});

test("a guard stands on the line of its route and protects that, nothing more and nothing less [FL-G08]", async (site) => {
  const client = site.client();
  equal((await client.request("/public")).status, 200);
  equal((await client.request("/members")).status, 302);
});

Deno.test("a site can be closed by default: a guard before every route [FL-G10]", async () => {
  const { login } = makeSite();
  const app = new Hono();
  app.use(login.middleware);
  app.get("/login", (c) => c.text("form"));
  app.use(login.required);
  app.get("/", (c) => c.text("in"));

  equal((await app.request("/login")).status, 200);
  equal((await app.request("/")).status, 302);
  equal((await app.request("/nowhere")).status, 302);
});

test("pages for guests send users home [FL-G11]", async (site) => {
  site.app.post("/guests", site.login.anonymous, (c) => c.text("guests"));
  const ann = await site.loggedIn("1");

  equal(await textOf(site.client(), "/guests"), "guests");
  const get = await ann.request("/guests");
  deepEqual([get.status, get.headers.get("location")], [302, "/home"]);
  const sent = await ann.request("/guests", post);
  deepEqual([sent.status, sent.headers.get("location")], [303, "/home"]);
});

Deno.test("the event comes first, also where a handler answers [FL-U01] [FL-E06] [FL-E07]", async () => {
  const order: string[] = [];
  const site = makeSite({
    events: {
      listen: ({ type }) => void (type !== "accessed" && order.push(type)),
      report: () => {},
    },
    unauthorized: (c) => (order.push("handler"), c.text("no", 418)),
    reauthenticationNeeded: (c) => (order.push("handler"), c.text("again", 418)),
  });
  await site.client().request("/members");
  deepEqual(order, ["unauthorized", "handler"]);
  const stale = await site.loggedIn("1", { freshness: "not_fresh" });
  order.length = 0;
  await stale.request("/fresh");
  deepEqual(order, ["reauthentication_needed", "handler"]);
});

Deno.test("a handler's answer is the answer: no flash, no redirect [FL-U02]", async () => {
  const site = makeSite({ unauthorized: (c) => c.text("members only", 403) });
  const answer = await site.client().request("/members");

  deepEqual([answer.status, await answer.text()], [403, "members only"]);
  deepEqual(answer.headers.getSetCookie(), []);
});

Deno.test("without a page it is 401 with a challenge, no flash, no cookie [FL-U03]", async () => {
  const site = makeSite({ loginPage: null, reauthenticatePage: null });
  const answer = await site.client().request("/members");

  equal(answer.status, 401);
  equal(answer.headers.get("www-authenticate"), "Bearer");
  deepEqual(answer.headers.getSetCookie(), []);
  const stale = await site.loggedIn("1", { freshness: "not_fresh" });
  const again = await stale.request("/fresh");
  equal(again.status, 401);
  equal(
    again.headers.get("www-authenticate"),
    'Bearer error="insufficient_user_authentication", max_age=600',
  );
});

test("a redirect is 302 and relative; 303 for what is not a reading [FL-U04]", async (site) => {
  const client = site.client();
  const answer = async (method: string) => {
    const { status, headers } = await client.request("/members", { method });
    return [status, headers.get("location")];
  };
  deepEqual(await answer("GET"), [302, "/login?next=%2Fmembers"]);
  deepEqual(await answer("HEAD"), [302, "/login?next=%2Fmembers"]);
  deepEqual(await answer("POST"), [303, "/login"]);
  deepEqual(await answer("PUT"), [303, "/login"]);
});

Deno.test("the messages are upstream's, can be set, and can be none [FL-U05]", async () => {
  const flashed = async (options: Parameters<typeof makeSite>[0]) => {
    const site = makeSite(options);
    const client = site.client();
    await client.request("/members");
    const stale = await site.loggedIn("1", { freshness: "not_fresh" });
    await stale.request("/fresh");
    const read = async (it: typeof client) =>
      (JSON.parse(await textOf(it, "/flashes")) as { text: string }[]).map((flash) => flash.text);
    return [...await read(client), ...await read(stale)];
  };
  deepEqual(await flashed({}), [
    "Please log in to access this page.",
    "Please reauthenticate to access this page.",
  ]);
  deepEqual(await flashed({ loginMessage: "Who?", reauthenticateMessage: "Really?" }), [
    "Who?",
    "Really?",
  ]);
  deepEqual(await flashed({ loginMessage: null, reauthenticateMessage: "" }), []);
});

Deno.test("messages are translated for the request; a translation of null is no message [FL-U06]", async () => {
  const translate = (message: string, c: Context) =>
    c.req.header("accept-language") === "it" ? `IT: ${message}` : null;
  const site = makeSite({ translate });
  const client = site.client();

  await client.request("/members");
  equal(await textOf(client, "/flashes"), "[]");
  await client.request("/members", { headers: { "accept-language": "it" } });
  match(await textOf(client, "/flashes"), /IT: Please log in/);
});

test("a message waits once, however many requests were refused, and a login drops it [FL-U07] [FL-C26]", async (site) => {
  const client = site.client();
  for (let i = 0; i < 5; i++) await client.request("/members");
  equal((JSON.parse(await textOf(client, "/flashes")) as unknown[]).length, 1);

  await client.request("/members");
  await client.request("/in/1", { method: "POST", body: "{}" });
  equal(await textOf(client, "/flashes"), "[]");
});

Deno.test("a page is used literally, wherever the app is mounted [FL-U10]", async () => {
  const { login } = makeSite();
  const inner = new Hono();
  inner.get("/members", login.required, (c) => c.text("in"));
  const app = new Hono();
  app.use(login.middleware);
  app.route("/app", inner);

  equal(
    (await app.request("/app/members")).headers.get("location"),
    "/login?next=%2Fapp%2Fmembers",
  );
});

test("an area has its own login page, null is 401, and the rest of the site keeps its own [FL-U11] [FL-U12] [FL-U13]", async (site) => {
  const admin = site.login.area({
    loginPage: "/admin/login",
    reauthenticatePage: "/admin/again",
    loginMessage: "Admins only.",
  });
  const api = site.login.area({ loginPage: null, reauthenticatePage: null });
  site.app.get("/admin", admin.required, (c) => c.text(c.var.user.name));
  site.app.get("/admin/keys", admin.fresh, (c) => c.text(c.var.session.id));
  site.app.get("/api", api.required, (c) => c.text(c.var.user.name));
  const client = site.client();

  equal((await client.request("/admin")).headers.get("location"), "/admin/login?next=%2Fadmin");
  match(await textOf(client, "/flashes"), /Admins only\./);
  equal((await client.request("/api")).status, 401);
  equal((await client.request("/members")).headers.get("location"), "/login?next=%2Fmembers");
  const stale = await site.loggedIn("1", { freshness: "not_fresh" });
  equal(
    (await stale.request("/admin/keys")).headers.get("location"),
    "/admin/again?next=%2Fadmin%2Fkeys",
  );
  equal((await stale.request("/fresh")).headers.get("location"), "/reauthenticate?next=%2Ffresh");
  throws(
    () => site.login.area({ loginPage: "admin", reauthenticatePage: null }),
    /loginPage has to be/,
  );
});

test("the reauthentication page leads back as the login page does [FL-U14]", async (site) => {
  const stale = await site.loggedIn("1", { freshness: "not_fresh" });

  equal(
    (await stale.request("/fresh?tab=2")).headers.get("location"),
    "/reauthenticate?next=%2Ffresh%3Ftab%3D2",
  );
  equal((await stale.request("/fresh", post)).headers.get("location"), "/reauthenticate");
});

Deno.test("a refused form is not a place to come back to [FL-U15] [FL-C27]", async () => {
  const site = makeSite({ nextIn: "cookie" });
  const client = site.client();
  const answer = await client.request("/members", post);

  equal(answer.headers.get("location"), "/login");
  equal(await textOf(client, "/next"), "/home");
});

test("clients that ask for JSON get 401 as problem+json, and browsers a page [FL-U16]", async (site) => {
  const answer = await site.client().request("/members", json);

  equal(answer.status, 401);
  match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
  ok(answer.headers.get("www-authenticate"));
  deepEqual(await answer.json(), { title: "Unauthorized", status: 401 });
  deepEqual(answer.headers.getSetCookie(), []);
  const stale = await site.loggedIn("1", { freshness: "not_fresh" });
  equal((await (await stale.request("/fresh", json)).json()).title, "Reauthentication required");
  const browser = {
    headers: { accept: "text/html,application/xhtml+xml,application/json;q=0.8,*/*;q=0.5" },
  };
  equal((await site.client().request("/members", browser)).status, 302);
});

Deno.test("a handler of the site's own does not answer for an area: its null is still 401", async () => {
  const site = makeSite({ unauthorized: (c) => c.redirect("/custom") });
  const api = site.login.area({ loginPage: null, reauthenticatePage: null });
  site.app.get("/api", api.required, (c) => c.text("in"));
  equal((await site.client().request("/api")).status, 401);
  equal((await site.client().request("/members")).headers.get("location"), "/custom");
});

const accepted: [accept: string, json: boolean][] = [
  ["application/json", true],
  ["Application/JSON", true],
  ["application/problem+json", true],
  ["application/vnd.api+json;version=1", true],
  ["application/json, */*", true],
  ["text/html;q=0.1, application/json;q=0.9", true],
  ["application/json;q=0.1, text/html", false],
  ["application/json, text/html", false],
  ["application/xhtml+xml, application/json;q=0.9", false],
  ["application/json;q=0", false],
  ["application/json;q=x", false],
  ["application/jsonp", false],
  ["*/*", false],
  ["", false],
];

Deno.test("a client that prefers JSON to a page gets 401, and every other one the page [FL-U16]", async () => {
  const client = makeSite().client();
  for (const [accept, json] of accepted) {
    const { status } = await client.request("/members", { headers: { accept } });
    equal(status, json ? 401 : 302, accept);
  }
});

Deno.test("a user who opens a page for guests goes on to a safe next, or home [FL-G11]", async () => {
  const ann = await makeSite().loggedIn("1");
  const answer = async (query: string) =>
    (await ann.request(`/guests${query}`)).headers.get("location");
  equal(await answer("?next=%2Fmembers%3Ftab%3D2"), "/members?tab=2");
  for (const unsafe of ["//evil.test", "https://evil.test/", "/login", "/logout"]) {
    equal(await answer(`?next=${encodeURIComponent(unsafe)}`), "/home", unsafe);
  }
});

Deno.test("a message has the category that was set, for the site and for an area [FL-U05]", async () => {
  const site = makeSite({ loginMessageCategory: "warn", reauthenticateMessageCategory: "info" });
  const area = site.login.area({
    loginPage: "/staff",
    reauthenticatePage: null,
    loginMessageCategory: "staff",
  });
  site.app.get("/area", area.required, (c) => c.text("in"));
  const category = async (client: ReturnType<typeof site.client>, path: string) => {
    await client.request(path);
    return (JSON.parse(await textOf(client, "/flashes")) as { category: string }[])[0]?.category;
  };
  equal(await category(site.client(), "/members"), "warn");
  equal(await category(site.client(), "/area"), "staff");
  equal(await category(await site.loggedIn("1", { freshness: "not_fresh" }), "/fresh"), "info");
});

Deno.test("an area answers by its own handlers, not by the site's [FL-U02] [FL-U08]", async () => {
  const site = makeSite({ unauthorized: (c) => c.text("site", 418) });
  const area = site.login.area({
    loginPage: null,
    reauthenticatePage: null,
    unauthorized: (c) => c.text("who?", 418),
    reauthenticationNeeded: (c) => c.text("really?", 418),
  });
  site.app.get("/area", area.fresh, (c) => c.text("in"));
  equal(await textOf(site.client(), "/members"), "site");
  equal(await textOf(site.client(), "/area"), "who?");
  const stale = await site.loggedIn("1", { freshness: "not_fresh" });
  equal(await textOf(stale, "/area"), "really?");
});
