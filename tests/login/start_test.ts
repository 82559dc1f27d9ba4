import { DAY, HOUR, MINUTE, type StoreChange } from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";
import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { Hono } from "hono";
import { heldStore } from "./held_store.ts";
import { cookie, logIn, makeSite, post, stateOf, test, textOf } from "./site.ts";

test("a login is written, holds for this request and the next ones, and is an event [FL-I01] [FL-F01]", async (site) => {
  const client = site.client();

  deepEqual(await (await logIn(client, "1")).json(), { ok: true, who: "Ann" });
  deepEqual(site.eventTypes(), ["logged_in"]);
  deepEqual(await stateOf(client), { who: "Ann", fresh: true, remembered: false });
});

test("a suspended user is refused with a reason, and an existing login stays [FL-I02] [FL-C31]", async (site) => {
  const ann = await site.loggedIn("1");
  site.users.set("3", { id: "3", name: "Sue", active: false });
  site.events.length = 0;

  const answer = await logIn(ann, "3");
  deepEqual(await answer.json(), { ok: false, who: "Ann" });
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(site.eventTypes(), ["login_failed"]);
  equal(await textOf(ann, "/who"), "Ann");
});

test("a suspended user can be logged in on purpose, and the guards still refuse them [FL-I03]", async (site) => {
  site.users.set("3", { id: "3", name: "Sue", active: false });
  const sue = await site.loggedIn("3", { allowInactive: true });

  equal(await textOf(sue, "/who"), "Sue");
  equal((await sue.request("/members")).headers.get("location"), "/login?next=%2Fmembers");
  equal((await sue.request("/fresh")).headers.get("location"), "/login?next=%2Ffresh");
  equal((await sue.request("/guests")).status, 200, "and may go to the login page");
  site.users.set("3", { id: "3", name: "Sue" });
  equal(await textOf(sue, "/members"), "Sue");
});

test("a login commits records of the app's own together with the session", async ({ now }) => {
  const store = memoryStore(now);
  const commits: StoreChange[] = [];
  const commit = (change: StoreChange) => {
    commits.push(change);
    return store.commit(change);
  };
  const site = makeSite({ store: { ...store, commit } });

  const set = [{ key: ["outbox", "1"], value: "a mail about this login", expireIn: HOUR }];
  await site.loggedIn("1", { extraChange: { set } });
  const kinds = commits.map(({ set = [] }) => set.map(({ key }) => key[0]).sort());
  deepEqual(kinds, [["outbox", "session"]]);
});

test("a login that is not fresh is one, and fresh pages refuse it [FL-I04]", async (site) => {
  const ann = await site.loggedIn("1", { freshness: "not_fresh" });

  deepEqual(await stateOf(ann), { who: "Ann", fresh: false, remembered: false });
  equal((await ann.request("/fresh")).headers.get("location"), "/reauthenticate?next=%2Ffresh");
});

test("with remember the answer sets a remember cookie, and without it none [FL-I05]", async (site) => {
  ok((await site.loggedIn("1", { remember: true })).cookies.has(cookie.remember));
  ok(!(await site.loggedIn("1")).cookies.has(cookie.remember));
  ok(!(await site.loggedIn("1", { remember: false })).cookies.has(cookie.remember));
});

test("remember takes a duration in milliseconds, and anything else is an error that names it [FL-I06]", async (site) => {
  const answer = await logIn(site.client(), "1", { remember: 3 * HOUR });
  ok(answer.headers.getSetCookie().some((line) => line.includes("Max-Age=10800")));

  const app = new Hono();
  app.use(site.login.middleware);
  app.get("/", async (c) => {
    for (const remember of [0, -1, 999, NaN, Infinity, 401 * DAY, "1d" as never]) {
      const starting = site.login.start(c, { id: "1", name: "Ann" }, {
        methods: ["pwd"],
        remember,
      });
      await rejects(Promise.resolve(starting), /remember has to be/);
    }
    return c.text("refused");
  });
  equal(await (await app.request("/")).text(), "refused");
});

test("the duration is kept with the series: it outlives the session, and is not extended by use [FL-I07]", async (site) => {
  const ann = await site.loggedIn("1", { remember: 6 * HOUR });

  site.pass(3 * HOUR); // the session is over
  const answer = await ann.request("/who");
  equal(await answer.text(), "Ann");
  ok(
    answer.headers.getSetCookie().some((line) =>
      line.startsWith(cookie.remember) && line.includes("Max-Age=10800")
    ),
  );
  site.pass(3 * HOUR);
  equal(await textOf(ann, "/who"), "nobody");
});

test("a login over a login ends the old session, under a new id [FL-I09]", async (site) => {
  const client = await site.loggedIn("1");
  const thief = client.copy();
  const before = client.cookies.get(cookie.session);

  await logIn(client, "2");
  equal(await textOf(client, "/who"), "Bob");
  notEqual(client.cookies.get(cookie.session), before);
  equal(await textOf(thief, "/who"), "nobody");
  deepEqual(await site.login.sessions({ id: "1", name: "Ann" }), []);
  deepEqual(site.eventTypes(), ["logged_in", "session_ended", "logged_in"]);
});

test("another user's login forgets the remember cookie of the one before, on the server too [FL-I10] [FL-C17]", async (site) => {
  const client = await site.loggedIn("1", { remember: true });
  const thief = client.copy();

  await logIn(client, "2");
  client.restart();
  equal(await textOf(client, "/who"), "nobody");
  thief.restart();
  equal(await textOf(thief, "/who"), "nobody");
});

test("what a guest kept moves along under a new id, and nothing else of the session does [FL-I11] [FL-C06]", async (site) => {
  const client = site.client();
  await client.request("/data/cart/apples", post);
  await client.request("/flash/hello", post);
  const before = client.cookies.get(cookie.session) ?? "";
  const planted = client.copy();

  await logIn(client, "1");
  notEqual(client.cookies.get(cookie.session), before);
  equal(await textOf(client, "/data"), '{"cart":"apples"}');
  ok((await textOf(client, "/flashes")).includes("hello"));
  equal(await textOf(planted, "/data"), "{}", "the browser that planted the cookie has nothing");
});

test("one user's data is not another's [FL-I11]", async (site) => {
  const client = await site.loggedIn("1");
  await client.request("/data/cart/apples", post);

  await logIn(client, "1");
  equal(await textOf(client, "/data"), '{"cart":"apples"}');
  await logIn(client, "2");
  equal(await textOf(client, "/data"), "{}");
});

test("a user without an id is refused [FL-I12]", async (site) => {
  const app = new Hono();
  app.use(site.login.middleware);
  app.get("/", async (c) => {
    for (const id of ["", null, undefined, 7]) {
      const user = { id: id as string, name: "?" };
      await rejects(
        site.login.start(c, user, { methods: ["pwd"] }),
        /user\.id (is missing: it )?has to be text/,
      );
    }
    return c.text("refused");
  });
  const answer = await app.request("/");
  equal(await answer.text(), "refused");
  deepEqual(answer.headers.getSetCookie(), []);
});

test("logging out takes effect at once, and tells who left [FL-O01] [FL-O04]", async (site) => {
  const ann = await site.loggedIn("1");
  site.events.length = 0;

  deepEqual(await (await ann.request("/out", post)).json(), { left: "Ann", who: "nobody" });
  deepEqual(site.eventTypes(), ["session_ended", "logged_out"]);
  equal(await textOf(ann, "/who"), "nobody");
});

test("logging out deletes the remember cookie, and it does not log back in [FL-O02] [FL-O08]", async (site) => {
  const ann = await site.loggedIn("1", { remember: true });
  const thief = ann.copy();

  await ann.request("/out", post);
  deepEqual([...ann.cookies.keys()], []);
  thief.restart();
  equal(await textOf(thief, "/who"), "nobody");
});

test("a remember cookie without a session is forgotten on the server as well [FL-O02]", async (site) => {
  const ann = await site.remembered();
  const thief = ann.copy();

  await ann.request("/out", post);
  site.pass(MINUTE);
  equal(await textOf(thief, "/who"), "nobody");
});

test("logging out leaves flash messages, and nothing else that the session kept [FL-O03]", async (site) => {
  const ann = await site.loggedIn("1");
  await ann.request("/data/cart/apples", post);
  await ann.request("/flash/bye", post);
  const thief = ann.copy();

  await ann.request("/out", post);
  ok((await textOf(ann, "/flashes")).includes("bye"));
  equal(await textOf(ann, "/data"), "{}");
  equal(await textOf(thief, "/data"), "{}");
  deepEqual(await site.store.list(["session_data"]), []);
});

test("a guest can log out: no error, and an event without a user [FL-O04] [FL-O06]", async (site) => {
  const answer = await site.client().request("/out", post);

  deepEqual(await answer.json(), { left: "nobody", who: "nobody" });
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(site.events.filter(({ type }) => type === "logged_out"), [{
    type: "logged_out",
    user: null,
  }]);
});

Deno.test("the records are gone before the event, and the user is nobody after it [FL-O05]", async () => {
  let held = -1;
  const site = makeSite();
  const watched = makeSite({
    store: site.store,
    events: {
      listen: async ({ type }) => {
        if (type === "logged_out") held = (await site.store.list(["session"])).length;
      },
      report: () => {},
    },
  });
  const ann = await watched.loggedIn("1");
  equal((await site.store.list(["session"])).length, 1);

  await ann.request("/out", post);
  equal(held, 0);
});

test("copied cookies are worthless after logout [FL-O07] [FL-C01]", async (site) => {
  const ann = await site.loggedIn("1", { remember: true });
  const thief = ann.copy();

  await ann.request("/out", post);
  equal(await textOf(thief, "/who"), "nobody");
  deepEqual(await site.store.list(["session", "1"]), []);
  deepEqual(await site.store.list(["remember", "1"]), []);
});

test("a login and a logout in one request leave nothing [FL-O09]", async (site) => {
  site.app.post("/in-out", async (c) => {
    await site.login.start(c, { id: "1", name: "Ann" }, { methods: ["pwd"], remember: true });
    await site.login.end(c);
    return c.text((await site.login.user(c))?.name ?? "nobody");
  });
  const answer = await site.client().request("/in-out", post);

  equal(await answer.text(), "nobody");
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(await site.store.list(["session"]), []);
  deepEqual(await site.store.list(["remember"]), []);
});

test("a logout and a login in one request: the old cookies are dead, the new login stands [FL-O10]", async (site) => {
  site.app.post("/out-in", async (c) => {
    await site.login.end(c);
    await site.login.start(c, { id: "2", name: "Bob" }, { methods: ["pwd"] });
    return c.text("");
  });
  const client = await site.loggedIn("1", { remember: true });
  const thief = client.copy();

  await client.request("/out-in", post);
  equal(await textOf(client, "/who"), "Bob");
  ok(!client.cookies.has(cookie.remember));
  equal(await textOf(thief, "/who"), "nobody");
});

test("a late answer never undoes a logout [FL-C28] [FL-H04]", async (site) => {
  let goOn = () => {};
  const wait = new Promise<void>((resolve) => goOn = resolve);
  site.app.get("/slow", site.login.required, async (c) => {
    await wait;
    return c.text("slow");
  });
  const ann = await site.loggedIn("1", { remember: true });
  const tab = ann.copy();
  site.pass(5 * MINUTE); // so that the slow request has something to write

  const slow = tab.request("/slow");
  await ann.request("/out", post);
  goOn();
  const answer = await slow;
  for (const line of answer.headers.getSetCookie()) ann.keep(line);

  equal(await textOf(ann, "/who"), "nobody");
  deepEqual(await site.store.list(["session", "1"]), []);
});

Deno.test("a write that was held up does not bring an ended session back [FL-C28]", async () => {
  const held = heldStore((change) => change.set?.length === 1 && !change.delete?.length);
  const site = makeSite({ store: held.store });
  const ann = await site.loggedIn("1");
  site.pass(5 * MINUTE); // so that a request has something to write

  held.hold();
  const slow = ann.copy().request("/who");
  await held.reached;
  await ann.request("/out", post);
  held.letGo();
  await slow;
  deepEqual(await held.store.list(["session", "1"]), []);
});

test("a second tab that is under way while the session is renewed does not log the browser out", async (site) => {
  const ann = await site.loggedIn("1");
  for (const path of ["/prove", "/in/1"]) {
    const tab = ann.copy();
    await ann.request(path, { method: "POST", body: "{}" });

    const late = await tab.request("/who"); // sent with the old cookie, answered last
    equal(await late.text(), "nobody", "the former token is dead at once");
    for (const line of late.headers.getSetCookie()) ann.keep(line);
    equal(await textOf(ann, "/who"), "Ann", path);
  }
  site.pass(MINUTE);
  const stale = ann.copy();
  await ann.request("/prove", post);
  site.pass(MINUTE);
  await stale.request("/who");
  ok(!stale.cookies.has(cookie.session), "after a minute it is junk like any other");
});

test("a logout with a superseded cookie ends the session that replaced its own", async (site) => {
  for (const renew of ["/prove", "/in/1"]) {
    const ann = await site.loggedIn("1");
    const tab = ann.copy();
    await ann.request(renew, { method: "POST", body: "{}" });

    await tab.request("/out", post);
    equal(await textOf(ann, "/who"), "nobody", renew);
    deepEqual(await site.login.sessions({ id: "1", name: "Ann" }), []);
  }
});

test("a logout that comes with a remember cookie's predecessor ends its series and its session", async (site) => {
  const { browser: ann, late: tab } = await site.redeemed();
  await ann.request("/prove", post);

  await tab.request("/out", post);
  equal(await textOf(ann, "/who"), "nobody");
  ann.restart();
  equal(await textOf(ann, "/who"), "nobody");
});

Deno.test("the logout of a guest answers when the guest's data is gone", async () => {
  const memory = memoryStore(() => new Date(0));
  const commit = async (change: StoreChange) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return await memory.commit(change);
  };
  const site = makeSite({ store: { ...memory, commit } });
  const guest = site.client();
  await guest.request("/data/cart/apples", post);
  equal((await memory.list(["session_data"])).length, 1);

  await guest.request("/out", post);
  equal((await memory.list(["session_data"])).length, 0);
});

const overtaken: [what: string, paths: string[]][] = [
  ["the logout", ["/out"]],
  ["two more of them", ["/prove", "/prove"]],
];

for (const [what, paths] of overtaken) {
  Deno.test(`a reauthentication that is overtaken by ${what} before its commit changes nothing`, async () => {
    const memory = memoryStore(() => new Date(0));
    let before: (() => Promise<void>) | null = null;
    const commit = async (change: StoreChange) => {
      const act = before;
      before = null;
      await act?.();
      return await memory.commit(change);
    };
    const site = makeSite({ store: { ...memory, commit } });
    const ann = await site.loggedIn("1");
    const tab = ann.copy();

    before = async () => {
      for (const path of paths) await tab.request(path, post);
    };
    equal(await textOf(ann, "/prove", post), "false");
    equal(await textOf(ann, "/who"), "nobody");
    const isOut = paths.includes("/out");
    equal(await textOf(tab, "/who"), isOut ? "nobody" : "Ann");
    equal((await site.login.sessions({ id: "1", name: "Ann" })).length, isOut ? 0 : 1);
  });
}

Deno.test("a logout that was held up ends the session of a login in the same browser", async () => {
  const held = heldStore();
  const site = makeSite({ store: held.store });
  const ann = await site.loggedIn("1");

  held.hold();
  const logout = ann.copy().request("/out", post);
  await held.reached;
  await ann.request("/in/1", { method: "POST", body: "{}" });
  equal(await textOf(ann, "/who"), "Ann");
  held.letGo();
  await logout;
  equal(await textOf(ann, "/who"), "nobody");
});

test("a late request of a former session sets no cookie, whatever its handler wants to keep", async (site) => {
  site.app.onError((error, c) => c.text(error.message, 500));
  const ann = await site.loggedIn("1");
  const tab = ann.copy();
  await ann.request("/prove", post);

  const late = await tab.request("/data/cart/apples", post);
  ok((await late.text()).includes("the session's token was renewed meanwhile"));
  deepEqual(late.headers.getSetCookie(), []);
});

test("a user id that no cookie could hold is refused, not forgotten", async (site) => {
  site.app.onError((error, c) => c.text(error.message, 500));
  const long = "x".repeat(256);
  site.users.set(long, { id: long, name: "Long" });
  const client = site.client();
  await client.request(`/in/${long}`, { method: "POST", body: '{"remember":true}' });
  equal(await textOf(client, "/who"), "Long");

  const refused = await client.request(`/in/${long}x`, { method: "POST", body: "{}" });
  ok((await refused.text()).includes("of 1 to 256 bytes"));
});

Deno.test("of a redemption and a reauthentication at once one session is left, and a logout ends it", async () => {
  const held = heldStore((change) => change.set?.some(({ key }) => key[0] === "remember"));
  const site = makeSite({ store: held.store });
  const ann = await site.loggedIn("1", { remember: true });
  const byRemember = ann.copy();
  byRemember.cookies.delete(cookie.session);
  const bySession = ann.copy();
  bySession.cookies.delete(cookie.remember);

  held.hold();
  const redeeming = byRemember.request("/who");
  await held.reached; // it has read the session that it is about to replace
  await bySession.request("/prove", post);
  held.letGo();
  equal(await (await redeeming).text(), "Ann");

  equal((await site.login.sessions({ id: "1", name: "Ann" })).length, 1);
  await byRemember.request("/out", post);
  equal(await textOf(bySession, "/who"), "nobody");
});

test("a login that is sent twice keeps what the session remembered", async (site) => {
  const ann = await site.loggedIn("1");
  await ann.request("/data/cart/apples", post);

  const twice = [ann.copy(), ann.copy()];
  await Promise.all(twice.map((it) => logIn(it, "1")));
  const kept = await Promise.all(twice.map((it) => textOf(it, "/data")));
  deepEqual(kept.sort(), ['{"cart":"apples"}', "{}"]);
});

test("a login with a cookie whose successor got lost ends that successor", async (site) => {
  const ann = await site.loggedIn("1");
  const lost = ann.copy();
  await lost.request("/prove", post); // its answer never came

  await logIn(ann, "1");
  equal((await site.login.sessions({ id: "1", name: "Ann" })).length, 1);
  equal(await textOf(lost, "/who"), "nobody");
});

test("another user's login ends the series of a late remember cookie", async (site) => {
  const { browser: ann, late } = await site.redeemed();
  await ann.request("/prove", post);

  await logIn(late, "2");
  equal(await textOf(late, "/who"), "Bob");
  equal(await textOf(ann, "/who"), "nobody");
  deepEqual(await site.store.list(["remember", "1"]), []);
});

test("a late logout ends the login that replaced its own in the same browser", async (site) => {
  const browser = await site.loggedIn("1");
  const tab = browser.copy();
  await logIn(browser, "2");

  await tab.request("/out", post);
  equal(await textOf(browser, "/who"), "nobody");
});
