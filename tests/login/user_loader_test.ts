import { basicCredentials, bearerToken } from "@latchkey/login";
import { deepEqual, equal, ok } from "node:assert/strict";
import { Hono } from "hono";
import { cookie, logIn, makeSite, type SiteUser, stateOf, test, textOf } from "./site.ts";

const bob: SiteUser = { id: "2", name: "Bob" };
const key = { headers: { authorization: "Bearer bobs-key" } };
/** Bob's API key, in a header. */
const requestLoader = (request: Request) =>
  Promise.resolve(bearerToken(request) === "bobs-key" ? bob : null);

test("a page that does not ask for the user loads nobody and tells nobody [FL-L01]", async (site) => {
  const ann = await site.loggedIn("1");
  site.loaded.length = 0;
  site.events.length = 0;

  await ann.request("/public");
  deepEqual(site.loaded, []);
  deepEqual(site.events, []);
});

test("the user is loaded once a request, however often it is asked for [FL-L02]", async (site) => {
  site.app.get("/thrice", site.login.required, async (c) => {
    await site.login.user(c);
    return c.text((await site.login.user(c))?.name ?? "");
  });
  const ann = await site.loggedIn("1");
  site.loaded.length = 0;
  site.events.length = 0;

  equal(await textOf(ann, "/thrice"), "Ann");
  deepEqual(site.loaded, ["1"]);
  deepEqual(site.events.map(({ type }) => type), ["accessed"]);
});

test("nobody is null, and asking never fails [FL-L03]", async (site) => {
  equal(await textOf(site.client(), "/who"), "nobody");
  deepEqual(await stateOf(site.client()), { who: "nobody", fresh: false, remembered: false });
});

Deno.test("the session is asked first, then the remember cookie, then the request [FL-L04]", async () => {
  const site = makeSite({ requestLoader });
  const ann = await site.loggedIn("1", { remember: true });

  equal(await textOf(ann, "/who", key), "Ann");
  ann.cookies.delete(cookie.session);
  equal(await textOf(ann, "/who", key), "Ann");
  ann.cookies.clear();
  equal(await textOf(ann, "/who", key), "Bob");
  equal(await textOf(ann, "/who"), "nobody");
});

Deno.test("a session beats the request [FL-L05]", async () => {
  const site = makeSite({ requestLoader });
  equal(await textOf(await site.loggedIn("1"), "/who", key), "Ann");
});

Deno.test("what strong protection threw out does not stop the request from naming its user [FL-L06]", async () => {
  const site = makeSite({ requestLoader, protection: "strong" });
  const ann = await site.loggedIn("1", { remember: true });
  ann.userAgent = "Thief/1.0";

  equal(await textOf(ann, "/who", key), "Bob");
  equal(ann.cookies.size, 0, "and neither cookie is left");
});

for (const name of [cookie.session, cookie.remember]) {
  for (const junk of ["junk", "1|é", "", `${"A".repeat(22)}.${"A".repeat(22)}.${"A".repeat(43)}`]) {
    Deno.test(`a junk ${name} of "${junk.slice(0, 10)}" does not stop the request from naming its user [FL-L07]`, async () => {
      const site = makeSite({ requestLoader });
      const client = site.client();
      client.cookies.set(name, junk);

      equal(await textOf(client, "/who", key), "Bob");
      ok(!client.cookies.has(name), "and it is deleted");
    });
  }
}

test("a user that is gone is forgotten: the session ends and does not come back [FL-L08]", async (site) => {
  const ann = await site.loggedIn("1");
  const copy = ann.copy();
  const gone = site.users.get("1") as SiteUser;
  site.users.delete("1");

  equal(await textOf(ann, "/who"), "nobody");
  equal(ann.cookies.size, 0);
  site.loaded.length = 0;
  await ann.request("/who");
  deepEqual(site.loaded, [], "and the loader is not asked again");
  site.users.set("1", gone);
  equal(await textOf(copy, "/who"), "nobody");
});

Deno.test("the request loader gets the context, and can tell the routes what it found [FL-L12]", async () => {
  const site = makeSite({
    requestLoader: (request, c) => {
      c.set("scopes" as never, ["read"] as never);
      return requestLoader(request);
    },
  });
  site.app.get("/scopes", site.login.required, (c) => c.json(c.get("scopes" as never)));

  deepEqual(await (await site.client().request("/scopes", key)).json(), ["read"]);
});

Deno.test("a request whose cookies are ignored is named by its loader only [FL-L04] [FL-L05]", async () => {
  const site = makeSite({
    requestLoader,
    ignoreCookies: (c) => c.req.header("authorization") !== undefined,
  });
  const ann = await site.loggedIn("1", { remember: true });
  const wrong = { headers: { authorization: "Bearer another-key" } };

  equal(await textOf(ann, "/who", key), "Bob");
  equal(await textOf(ann, "/who", wrong), "nobody", "not the user of the cookie");
  ann.cookies.delete(cookie.session);
  const answer = await ann.request("/who", wrong);
  deepEqual(answer.headers.getSetCookie(), [], "and the remember cookie is not redeemed");
  equal(await textOf(ann, "/who"), "Ann");
});

Deno.test("the loader gets the id as text, the very one, from session and remember cookie [FL-L10]", async () => {
  const odd = "7|é.:/ <>\"'\u{1F511}";
  const site = makeSite();
  site.users.set(odd, { id: odd, name: "Odd" });
  const client = site.client();
  await client.request(`/in/${encodeURIComponent(odd)}`, {
    method: "POST",
    body: '{"remember":true}',
  });
  site.loaded.length = 0;

  equal(await textOf(client, "/who"), "Odd");
  client.cookies.delete(cookie.session);
  equal(await textOf(client, "/who"), "Odd");
  deepEqual([...new Set(site.loaded)], [odd]);
});

Deno.test("a login can always be loaded again: there is no login without a user loader [FL-L11]", async () => {
  const site = makeSite({ requestLoader });
  equal(await textOf(await site.loggedIn("1"), "/who"), "Ann");
});

Deno.test("a user named by the request is so for this request: no session, no cookie [FL-L12]", async () => {
  const site = makeSite({ requestLoader });
  const client = site.client();

  const answer = await client.request("/members", key);
  equal(await answer.text(), "Bob");
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(await site.store.list(["session"]), []);
  equal(await textOf(client, "/who"), "nobody");
});

Deno.test("a user named by the request is never fresh [FL-L13]", async () => {
  const site = makeSite({ requestLoader });
  const client = site.client();

  equal(
    (await client.request("/fresh", key)).headers.get("location"),
    "/reauthenticate?next=%2Ffresh",
  );
  equal((await client.request("/prove", { method: "POST", ...key })).status, 200);
  equal((await client.request("/fresh", key)).status, 302);
});

Deno.test("a suspended user is refused at once, by session, remember cookie and request [FL-L14]", async () => {
  const site = makeSite({ requestLoader: () => Promise.resolve({ ...bob, active: false }) });
  const ann = await site.loggedIn("1", { remember: true });
  const copy = ann.copy();
  site.users.set("1", { id: "1", name: "Ann", active: false });

  equal((await ann.request("/members")).status, 302);
  equal(ann.cookies.has(cookie.session), false);
  site.users.set("1", { id: "1", name: "Ann" });
  equal(await textOf(copy, "/who"), "nobody", "the session ended, and does not come back");
  equal((await site.client().request("/members")).status, 302);
});

test("users are compared by id: what they are otherwise is theirs to say [FL-L15] [FL-M03]", async (site) => {
  const ann = await site.loggedIn("1");
  await logIn(ann, "1");
  const sessions = await site.login.sessions({ id: "1", name: "another object" });
  equal(sessions.length, 1);
  equal(sessions[0]?.userId, "1");
  deepEqual(await site.login.sessions({ id: "01", name: "Ann" }), []);
});

test("the user given to start is the current user at once, without being loaded [FL-L16] [FL-I01]", async (site) => {
  const answer = await logIn(site.client(), "1");
  deepEqual(await answer.json(), { ok: true, who: "Ann" });
  deepEqual(site.loaded, []);
});

const malformed = [
  "",
  "Bearer",
  "Bearer ",
  "Bearer a b",
  "Basic YTpi",
  "bobs-key",
  "Bearer bobs-key,",
  "Bearer \u00e9",
  "Bearer Bearer bobs-key",
  "Negotiate x".repeat(1000),
];

for (const authorization of malformed) {
  Deno.test(`an Authorization of "${authorization.slice(0, 24)}" means nobody, and is no error`, async () => {
    const site = makeSite({ requestLoader });
    const answer = await site.client().request("/who", { headers: { authorization } });
    equal(answer.status, 200);
    equal(await answer.text(), "nobody");
  });
}

Deno.test("bearerToken reads RFC 6750's header in any case of its scheme", () => {
  const read = (authorization: string) =>
    bearerToken(new Request("https://a.example", { headers: { authorization } }));
  equal(read("bearer abc-._~+/=="), "abc-._~+/==");
  equal(read("BEARER  x"), "x");
  equal(bearerToken(new Request("https://a.example")), null);
});

test("a user is any object with an id; without `active` it is active [FL-M01] [FL-M02]", async (site) => {
  equal(await textOf(await site.loggedIn("1"), "/members"), "Ann");
});

Deno.test("the type of the current user is `U | null`, and behind a guard `U` [FL-M04] [FL-M06]", async () => {
  const { login } = makeSite();
  const app = new Hono();
  app.use(login.middleware);
  app.get("/", async (c) => {
    const user: SiteUser | null = await login.user(c);
    // @ts-expect-error nobody has no name
    return c.text(user.name);
  });
  app.get("/members", login.required, (c) => {
    const user: SiteUser = c.var.user;
    return c.text(user.name);
  });
  app.get("/open", (c) => {
    // @ts-expect-error without a guard the route declares no user
    const user: SiteUser = c.var.user;
    return c.text(String(user));
  });
  app.onError((_, c) => c.text("corrupt", 500));

  equal((await app.request("/")).status, 500);
  equal((await app.request("/members")).status, 302);
  equal(await (await app.request("/open")).text(), "undefined");
});

Deno.test("basicCredentials reads RFC 7617's header in UTF-8, and anything else as nobody's", () => {
  const utf8 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const read = (authorization: string) =>
    basicCredentials(new Request("https://a.example", { headers: { authorization } }));

  deepEqual(read(`Basic ${utf8("zoë:pässword: 1")}`), {
    username: "zoë",
    password: "pässword: 1",
  });
  deepEqual(read(`bAsIc ${btoa(":")}`), { username: "", password: "" });
  const junk = ["no colon", "control:\u0007", "line\n:x", `a:${"x".repeat(2000)}`].map(utf8);
  for (const it of [...junk, btoa("\xff:x"), "====", "a b", ""]) {
    equal(read(`Basic ${it}`), null, it);
  }
  equal(read("Bearer abc"), null);
  equal(basicCredentials(new Request("https://a.example")), null);
});
