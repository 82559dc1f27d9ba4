import { bearerToken } from "@latchkey/login";
import { deepEqual, equal, ok } from "node:assert/strict";
import { Hono } from "hono";
import { cookie, logIn, makeSite, type SiteUser, stateOf, textOf } from "./site.ts";

const bob: SiteUser = { id: "2", name: "Bob" };
const key = { headers: { authorization: "Bearer bobs-key" } };
/** Bob's API key, in a header. */
const requestLoader = (request: Request) =>
  Promise.resolve(bearerToken(request) === "bobs-key" ? bob : null);

Deno.test("L01 a page that does not ask for the user loads nobody and tells nobody", async () => {
  const site = makeSite();
  const ann = await site.loggedIn("1");
  site.loaded.length = 0;
  site.events.length = 0;

  await ann.request("/public");
  deepEqual(site.loaded, []);
  deepEqual(site.events, []);
});

Deno.test("L02 the user is loaded once a request, however often it is asked for", async () => {
  const site = makeSite();
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

Deno.test("L03 nobody is null, and asking never fails", async () => {
  const site = makeSite();
  equal(await textOf(site.client(), "/who"), "nobody");
  deepEqual(await stateOf(site.client()), { who: "nobody", fresh: false, remembered: false });
});

Deno.test("L04 the session is asked first, then the remember cookie, then the request", async () => {
  const site = makeSite({ requestLoader });
  const ann = await site.loggedIn("1", { remember: true });

  equal(await textOf(ann, "/who", key), "Ann");
  ann.cookies.delete(cookie.session);
  equal(await textOf(ann, "/who", key), "Ann");
  ann.cookies.clear();
  equal(await textOf(ann, "/who", key), "Bob");
  equal(await textOf(ann, "/who"), "nobody");
});

Deno.test("L05 a session beats the request", async () => {
  const site = makeSite({ requestLoader });
  equal(await textOf(await site.loggedIn("1"), "/who", key), "Ann");
});

Deno.test("L06 what strong protection threw out does not stop the request from naming its user", async () => {
  const site = makeSite({ requestLoader, protection: "strong" });
  const ann = await site.loggedIn("1", { remember: true });
  ann.userAgent = "Thief/1.0";

  equal(await textOf(ann, "/who", key), "Bob");
  equal(ann.cookies.size, 0, "and neither cookie is left");
});

for (const name of [cookie.session, cookie.remember]) {
  for (const junk of ["junk", "1|é", "", `${"A".repeat(22)}.${"A".repeat(22)}.${"A".repeat(43)}`]) {
    Deno.test(`L07 a junk ${name} of "${junk.slice(0, 10)}" does not stop the request from naming its user`, async () => {
      const site = makeSite({ requestLoader });
      const client = site.client();
      client.cookies.set(name, junk);

      equal(await textOf(client, "/who", key), "Bob");
      ok(!client.cookies.has(name), "and it is deleted");
    });
  }
}

Deno.test("L08 a user that is gone is forgotten: the session ends and does not come back", async () => {
  const site = makeSite();
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

Deno.test("L10 the loader gets the id as text, the very one, from session and remember cookie", async () => {
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

Deno.test("L11 a login can always be loaded again: there is no login without a user loader", async () => {
  const site = makeSite({ requestLoader });
  equal(await textOf(await site.loggedIn("1"), "/who"), "Ann");
});

Deno.test("L12 a user named by the request is so for this request: no session, no cookie", async () => {
  const site = makeSite({ requestLoader });
  const client = site.client();

  const answer = await client.request("/members", key);
  equal(await answer.text(), "Bob");
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(await site.store.list(["session"]), []);
  equal(await textOf(client, "/who"), "nobody");
});

Deno.test("L13 a user named by the request is never fresh", async () => {
  const site = makeSite({ requestLoader });
  const client = site.client();

  equal(
    (await client.request("/fresh", key)).headers.get("location"),
    "/reauthenticate?next=%2Ffresh",
  );
  equal((await client.request("/prove", { method: "POST", ...key })).status, 200);
  equal((await client.request("/fresh", key)).status, 302);
});

Deno.test("L14 a suspended user is refused at once, by session, remember cookie and request", async () => {
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

Deno.test("L15 M03 users are compared by id: what they are otherwise is theirs to say", async () => {
  const site = makeSite();
  const ann = await site.loggedIn("1");
  await logIn(ann, "1");
  const sessions = await site.login.sessions({ id: "1", name: "another object" });
  equal(sessions.length, 1);
  equal(sessions[0]?.userId, "1");
  deepEqual(await site.login.sessions({ id: "01", name: "Ann" }), []);
});

Deno.test("L16 I01 the user given to start is the current user at once, without being loaded", async () => {
  const site = makeSite();

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

Deno.test("M01 M02 a user is any object with an id; without `active` it is active", async () => {
  const site = makeSite();
  equal(await textOf(await site.loggedIn("1"), "/members"), "Ann");
});

Deno.test("M04 M06 the type of the current user is `U | null`, and behind a guard `U`", async () => {
  const { login } = makeSite();
  const app = new Hono();
  app.use(login.load);
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
  app.onError((_, c) => c.text("broken", 500));

  equal((await app.request("/")).status, 500);
  equal((await app.request("/members")).status, 302);
  equal(await (await app.request("/open")).text(), "undefined");
});
