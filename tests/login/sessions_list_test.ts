import { HOUR, MINUTE, SECOND, type StoreChange } from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";
import type { TestClient } from "@latchkey/login/testing";
import { deepEqual, equal, ok } from "node:assert/strict";
import { Hono } from "hono";
import { heldStore } from "./held_store.ts";
import { cookie, makeSite, textOf } from "./site.ts";

const ann = { id: "1", name: "Ann" };

async function threeBrowsers(options: Parameters<typeof makeSite>[0] = {}) {
  const site = makeSite({ network: (c) => c.req.header("x-network") ?? null, ...options });
  const next = (remember: boolean) => (site.pass(SECOND), site.loggedIn("1", { remember }));
  const browsers = [await next(false), await next(false), await next(true)] as const;
  const app = new Hono();
  app.use(site.login.middleware);
  app.post("/end-others", async (c) => c.json(await site.login.endOtherSessions(c)));
  app.post("/end/:user/:id", async (c) => {
    const { user, id } = c.req.param();
    return c.json(await site.login.endSession(c, { id: user, name: "" }, id));
  });
  app.post("/forget", async (c) => (await site.login.forgetUser(c, "1"), c.json(true)));
  const ask = async (path: string, browser: TestClient = browsers[0]) => {
    const cookies = [...browser.cookies].map((pair) => pair.join("=")).join("; ");
    const answer = await app.request(path, {
      method: "POST",
      headers: { cookie: cookies, "user-agent": browser.userAgent },
    });
    return await answer.json();
  };
  return { site, browsers, ask };
}

Deno.test("a user's sessions are listed, the newest first, with what there is to know [FL-C03]", async () => {
  const { site } = await threeBrowsers();
  const sessions = await site.login.sessions(ann);

  equal(sessions.length, 3);
  const times = sessions.map((session) => session.createdAt.getTime());
  deepEqual(times, [...times].sort((a, b) => b - a));
  ok(sessions[0]?.seriesId);
  for (const { userAgent, methods } of sessions) {
    ok(userAgent.includes("Firefox") && methods[0] === "pwd");
  }
});

Deno.test("ending one session takes effect at once, its remember cookie included [FL-C03]", async () => {
  const { site, browsers, ask } = await threeBrowsers();
  const [newest] = await site.login.sessions(ann);
  site.events.length = 0;

  equal(await ask(`/end/1/${newest?.id}`), true);
  equal(await textOf(browsers[2], "/who"), "nobody");
  browsers[2].restart();
  equal(await textOf(browsers[2], "/who"), "nobody");
  equal(await textOf(browsers[1], "/who"), "Ann");
  ok(site.events.some((event) => event.type === "session_ended" && event.reason === "ended"));
});

Deno.test("other people's sessions are not found [SEC-D19]", async () => {
  const { site, browsers, ask } = await threeBrowsers();
  const [newest] = await site.login.sessions(ann);

  equal(await ask(`/end/2/${newest?.id}`), false);
  equal(await ask("/end/1/nonsense"), false);
  equal(await textOf(browsers[2], "/who"), "Ann");
});

Deno.test("ending all others leaves this one, and no remember cookie elsewhere [FL-C03]", async () => {
  const { site, browsers, ask } = await threeBrowsers();
  equal(await ask("/end-others"), 2);

  browsers[2].cookies.delete(cookie.session);
  deepEqual(
    await Promise.all(browsers.map((browser) => textOf(browser, "/who"))),
    ["Ann", "nobody", "nobody"],
  );
  equal((await site.login.sessions(ann)).length, 1);
  equal(await ask("/end-others", site.client()), 0, "and a guest has none to end");
});

Deno.test("ending all others keeps the remember cookie of this browser [FL-C03]", async () => {
  const { browsers, ask } = await threeBrowsers();
  await ask("/end-others", browsers[2]);
  browsers[2].restart();
  equal(await textOf(browsers[2], "/who"), "Ann");
});

Deno.test("ending all others keeps the remember cookie that brought this browser back [FL-C03]", async () => {
  const { site, browsers, ask } = await threeBrowsers();
  browsers[2].restart();
  site.pass(2 * HOUR + MINUTE); // the session before is over
  equal(await textOf(browsers[2], "/who"), "Ann");
  await ask("/end-others", browsers[2]);
  browsers[2].restart();
  equal(await textOf(browsers[2], "/who"), "Ann");
});

Deno.test("raising the epoch ends every session at once, in whatever commit raises it [FL-C03]", async () => {
  const { site, browsers } = await threeBrowsers();
  site.users.set("1", { ...ann, epoch: 1 });

  for (const browser of browsers) equal(await textOf(browser, "/who"), "nobody");
  deepEqual(await site.login.sessions({ ...ann, epoch: 1 }), []);
});

Deno.test("forgetting a user removes every record that the package has of them", async () => {
  const { site, browsers, ask } = await threeBrowsers();
  for (const browser of browsers) await browser.request("/data/a/b", { method: "POST" });
  await browsers[1].request("/prove", { method: "POST" });
  const bob = await site.loggedIn("2", { remember: true });

  await ask("/forget");
  deepEqual(await site.store.list(["session", "1"]), []);
  deepEqual(await site.store.list(["remember", "1"]), []);
  deepEqual(await site.store.list(["session_data"]), []);
  equal(await textOf(bob, "/who"), "Bob");
});

Deno.test("a session that is renewed while it is being ended is ended all the same", async () => {
  const memory = memoryStore(() => new Date(0));
  let before = () => Promise.resolve();
  const commit = async (change: StoreChange) => {
    if (change.delete?.length) await before();
    return await memory.commit(change);
  };
  const { site, browsers, ask } = await threeBrowsers({ store: { ...memory, commit } });
  const [newest] = await site.login.sessions(ann);
  before = async () => {
    before = () => Promise.resolve();
    await browsers[2].request("/prove", { method: "POST" });
  };

  equal(await ask(`/end/1/${newest?.id}`), true);
  equal(await textOf(browsers[2], "/who"), "nobody");
});

Deno.test("however many remembered browsers there are, all others can be ended", async () => {
  const { site, ask } = await threeBrowsers();
  const keys = Array.from({ length: 1500 }, (_, i) => ["remember", "1", `series${i}`]);
  await site.store.commit({ set: keys.map((key) => ({ key, value: { v: 1 }, expireIn: 1e6 })) });
  await ask("/end-others");
  deepEqual(await site.store.list(["remember", "1"]), []);
});

Deno.test("a session is ended by the id that was listed, also when it was renewed since", async () => {
  const { site, browsers, ask } = await threeBrowsers();
  const [newest] = await site.login.sessions(ann);
  await browsers[2].request("/prove", { method: "POST" });

  equal(await ask(`/end/1/${newest?.id}`), true);
  equal(await textOf(browsers[2], "/who"), "nobody");
});

Deno.test("an id that is none is not found, however long", async () => {
  const { ask } = await threeBrowsers();
  for (const id of ["x", "x".repeat(5000), "%00"]) equal(await ask(`/end/1/${id}`), false);
});

Deno.test("ending all others while this browser is renewed leaves it logged in", async () => {
  const held = heldStore(() => true, "list");
  const { browsers, ask } = await threeBrowsers({ store: held.store });

  held.hold();
  const ending = ask("/end-others");
  await held.reached;
  await browsers[0].request("/prove", { method: "POST" });
  held.letGo();
  equal(await ending, 2);
  equal(await textOf(browsers[0], "/who"), "Ann");
});

Deno.test("ending a session of one's own never ends another user's, also in a browser that changed hands", async () => {
  const { site, browsers, ask } = await threeBrowsers();
  const [newest] = await site.login.sessions(ann);
  await browsers[2].request("/in/2", { method: "POST", body: "{}" });

  equal(await ask(`/end/1/${newest?.id}`), false);
  equal(await textOf(browsers[2], "/who"), "Bob");
});
