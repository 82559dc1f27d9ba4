import { HOUR } from "@latchkey/login";
import { deepEqual, equal, match } from "node:assert/strict";
import { Hono } from "hono";
import { upgradeWebSocket } from "hono/deno";
import { stream } from "hono/streaming";
import type { Context } from "hono";
import { cookie, logIn, makeSite, post, type Site, test, textOf } from "./site.ts";

/** A route that answers first, and acts when the answer was sent. */
function addLate(site: Site, act: (c: Context) => Promise<unknown>) {
  const { promise: sent, resolve: send } = Promise.withResolvers<void>();
  site.app.get("/late", (c) =>
    stream(c, async (out) => {
      await sent;
      try {
        await out.write(JSON.stringify(await act(c)) ?? "null");
      } catch (error) {
        await out.write((error as Error).message);
      }
    }));
  return async (client: ReturnType<typeof site.client>) => {
    const answer = await client.request("/late");
    send();
    return await answer.text();
  };
}

test("after the answer has begun a remember token is not redeemed, and still works afterwards", async (site) => {
  const late = addLate(site, (c) => site.login.user(c));
  const ann = await site.remembered();

  equal(await late(ann), "null");
  equal(await textOf(ann, "/who"), "Ann");
  site.pass(60_000);
  equal(await textOf(ann, "/who"), "Ann");
  equal(site.eventTypes().includes("remember_reused"), false);
});

test("after the answer has begun the session and its data can be read and written", async (site) => {
  const late = addLate(site, async (c) => {
    await site.login.updateData(c, () => ({ cart: 1 }));
    return [(await site.login.user(c))?.name, await site.login.readData(c)];
  });
  equal(await late(await site.loggedIn("1")), '["Ann",{"cart":1}]');
  deepEqual(site.reported, []);
});

const tooLate: [name: string, act: (site: Site, c: Context) => Promise<unknown>][] = [
  ["log in", ({ login }, c) => login.start(c, { id: "1", name: "Ann" }, { methods: ["pwd"] })],
  ["reauthenticate", ({ login }, c) => login.reauthenticate(c, ["pwd"])],
  ["renew the session", ({ login }, c) => login.renew(c, ["pwd"], () => Promise.resolve(null))],
  ["log out", ({ login }, c) => login.end(c)],
  ["keep a message", ({ login }, c) => login.flash(c, "hello")],
  ["take messages", ({ login }, c) => login.takeFlashes(c)],
  ["take next", ({ login }, c) => login.takeNext(c)],
  ["keep session data", ({ login }, c) => login.updateData(c, () => ({ cart: 1 }))],
];

for (const [name, act] of tooLate) {
  test(`after the answer has begun it is too late to ${name}, and nothing is done`, async (site) => {
    const late = addLate(site, (c) => act(site, c));
    const isGuests = name === "keep session data";
    const client = isGuests ? site.client() : await site.loggedIn("1");
    site.events.length = 0;

    match(await late(client), new RegExp(`^Cannot ${name}: the answer has begun`));
    deepEqual(site.eventTypes(), []);
    equal(await textOf(client, "/who"), isGuests ? "nobody" : "Ann");
    equal(site.reported.length, 1);
    match(String(site.reported[0]), new RegExp(`Cannot ${name}`));
  });
}

test("an authentication that a stream has begun is waited for, so its cookies are set", async (site) => {
  site.app.get("/stream", (c) =>
    stream(c, async (out) => {
      await out.write((await site.login.user(c))?.name ?? "nobody");
    }));
  const ann = await site.remembered();
  const before = ann.cookies.get(cookie.remember);

  equal(await textOf(ann, "/stream"), "Ann");
  equal(ann.cookies.get(cookie.remember) === before, false);
  site.pass(60_000);
  equal(await textOf(ann, "/who"), "Ann");
  deepEqual(site.reported, []);
});

test("the answer waits for one operation after the other of a stream", async (site) => {
  site.app.get("/stream", (c) =>
    stream(c, async () => {
      for (let i = 0; i < 30; i++) await site.login.flash(c, `message ${i}`);
    }));
  const client = site.client();
  await textOf(client, "/stream");
  match(await textOf(client, "/flashes"), /message 0.*message 29/);
});

Deno.test("after the answer has begun a remember cookie is not extended, but by the next request", async () => {
  const site = makeSite({ extendRemember: true });
  const late = addLate(site, (c) => site.login.user(c));
  const ann = await site.loggedIn("1", { remember: true });
  site.pass(HOUR);
  const commit = site.store.commit;
  const written: string[] = [];
  site.store.commit = (change) => {
    written.push(...(change.set ?? []).map(({ key }) => key[0] ?? ""));
    return commit(change);
  };
  match(await late(ann), /Ann/);
  deepEqual(written, ["session"]);
});

test("a login that was not awaited is waited for and reported, and one that fails fails the request", async (site) => {
  site.app.onError((error, c) => c.text(error.message, 500));
  site.app.post("/forgot", (c) => {
    site.login.start(c, { id: "1", name: "Ann" }, { methods: ["pwd"] });
    return c.text("ok");
  });
  const client = site.client();
  equal(await textOf(client, "/forgot", post), "ok");
  equal(await textOf(client, "/who"), "Ann");
  match(String(site.reported[0]), /did not wait to log in: await it/);
  equal(site.reported.length, 1);

  site.store.commit = () => Promise.reject(new Error("no database"));
  equal(await textOf(site.client(), "/forgot", post), "no database");
});

test("what is awaited is not reported, also where the handler fails", async (site) => {
  site.app.onError((_, c) => c.text("failed", 500));
  site.app.get("/fails", async (c) => {
    await Promise.all([site.login.flash(c, "hello"), Promise.reject(new Error("no"))]);
    return c.text("ok");
  });
  const client = site.client();
  await logIn(client, "1");
  await client.request("/fails");
  await client.request("/out", post);
  deepEqual(site.reported, []);
});

/** Deno's WebSocket takes headers; the DOM's types, which some tests load, do not know that. */
const SocketWithHeaders = WebSocket as unknown as new (
  url: string,
  options: { headers: Record<string, string> },
) => WebSocket;

const socket = { upgrade: "WebSocket", connection: "Upgrade" };

test("a guard in front of a WebSocket refuses other sites, and lets in the own one and programs", async (site) => {
  const status = async (path: string, headers: Record<string, string>) =>
    (await (await site.loggedIn("1")).request(path, { headers })).status;
  const { origin } = site.login;
  for (const path of ["/members", "/fresh"]) {
    equal(await status(path, { ...socket, origin }), 200);
    equal(await status(path, socket), 200);
    for (const foreign of ["https://evil.test", "null", `${origin}.evil.test`, ""]) {
      equal(await status(path, { ...socket, origin: foreign }), 403, foreign);
    }
    equal(await status(path, { origin: "https://evil.test" }), 200);
  }
  equal((await site.client().request("/members", { headers: socket })).status, 401);
});

test("a superseded token opens no WebSocket, wherever it comes from", async (site) => {
  site.app.get("/form", site.login.requiredOrSuperseded, (c) => c.text("form"));
  const ann = await site.loggedIn("1");
  const late = ann.copy();
  await ann.request("/prove", post);
  equal((await late.request("/form")).status, 200);
  const foreign = { ...socket, origin: "https://evil.test" };
  equal((await late.request("/form", { headers: foreign })).status, 403);
  equal((await late.request("/form", { headers: socket })).status, 401);
});

test("the answer to a WebSocket is left as it is", async (site) => {
  const ann = await site.loggedIn("1");
  const { headers } = await ann.request("/members", { headers: socket });
  deepEqual([headers.get("vary"), headers.get("cache-control")], [null, null]);
});

test("a WebSocket redeems no remember token: its answer can set no cookie", async (site) => {
  const ann = await site.remembered();
  const before = new Map(ann.cookies);
  equal((await ann.request("/members", { headers: socket })).status, 401);
  deepEqual(ann.cookies, before);
  equal(await textOf(ann, "/who"), "Ann");
});

test("a WebSocket opens behind a guard, on a real server", async (site) => {
  const app = new Hono();
  app.use(site.login.middleware);
  app.get(
    "/socket",
    site.login.required,
    upgradeWebSocket(() => ({ onOpen: (_, it) => it.send("welcome") })),
  );
  const ann = await site.loggedIn("1");
  const cookies = [...ann.cookies].map((pair) => pair.join("=")).join("; ");
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    app.fetch,
  );

  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const ws = new SocketWithHeaders(`ws://127.0.0.1:${server.addr.port}/socket`, {
    headers: { cookie: cookies },
  });
  ws.onmessage = ({ data }) => resolve(data);
  ws.onerror = () => reject(new Error("no socket"));
  equal(await promise, "welcome");
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  ws.onclose = () => close();
  ws.close();
  await closed;
});

test("a stream that goes on learns from the list of sessions that its own has ended", async (site) => {
  const { login } = site;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  site.app.get("/news", login.fresh, (c) => {
    const { user, session } = c.var;
    return stream(c, async (out) => {
      await ended;
      const living = await login.sessions(user);
      const isLiving = living.some(({ id }) => id === session.id);
      await out.write(JSON.stringify([(await login.user(c))?.name, isLiving]));
    });
  });
  const ann = await site.loggedIn("1");
  const news = await ann.request("/news");

  await ann.request("/out", post);
  end();
  equal(await news.text(), '["Ann",false]');
});
