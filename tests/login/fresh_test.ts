import { MINUTE, SECOND } from "@latchkey/login";
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { cookie, logIn, post, stateOf, test, textOf } from "./site.ts";

test("a changed fingerprint makes a session stale for good: the old one's return does not undo it [FL-F03] [FL-P08]", async (site) => {
  const ann = await site.loggedIn("1");
  const firefox = ann.userAgent;

  ann.userAgent = "Other/1.0";
  deepEqual(await stateOf(ann), { who: "Ann", fresh: false, remembered: false });
  ann.userAgent = firefox;
  deepEqual(await stateOf(ann), { who: "Ann", fresh: false, remembered: false });
});

test("nobody is fresh unless logged in [FL-F04]", async (site) => {
  const client = site.client();
  equal((await stateOf(client)).fresh, false);
  await client.request("/data/a/b", post);
  equal((await stateOf(client)).fresh, false);
});

test("a proof makes fresh, renews fingerprint and token, and is an event; remembered stays on the server [FL-F05]", async (site) => {
  const ann = await site.remembered();
  await ann.request("/who");
  const before = ann.cookies.get(cookie.session);
  const thief = ann.copy();
  ann.userAgent = "Other/1.0";
  site.events.length = 0;

  equal(await textOf(ann, "/prove", post), "true");
  equal((await stateOf(ann)).fresh, true);
  notEqual(ann.cookies.get(cookie.session), before);
  equal(await textOf(thief, "/who"), "nobody", "the former token is dead");
  deepEqual(site.eventTypes(), ["session_protected", "reauthenticated"]);
  ann.restart();
  equal((await stateOf(ann)).remembered, true, "the remember cookie goes on");
});

test("a proof adds its methods to those of the session, and keeps its beginning and its data [FL-F05]", async (site) => {
  const ann = await site.loggedIn("1", { methods: ["otp"] });
  await ann.request("/data/cart/apples", post);
  site.pass(MINUTE);
  await ann.request("/prove", post);

  const [session] = await site.login.sessions({ id: "1", name: "Ann" });
  deepEqual(session?.methods, ["otp", "pwd"]);
  equal(session?.createdAt.getTime(), site.now().getTime() - MINUTE);
  equal(await textOf(ann, "/data"), '{"cart":"apples"}');
});

test("a renewal without a proof gives a new token and ends the others, but makes nothing fresh", async (site) => {
  site.app.post("/renew", async (c) => {
    const renewed = await site.login.renew(c, [], async (sessionChange) => {
      const changed = { id: "1", name: "Ann", epoch: 1 };
      site.users.set("1", changed);
      return await site.store.commit(await sessionChange(changed)) ? changed : null;
    });
    return c.json(renewed.ok);
  });
  const ann = await site.loggedIn("1");
  const other = await site.loggedIn("1");
  site.pass(11 * MINUTE);
  site.events.length = 0;
  const thief = ann.copy();

  equal(await textOf(ann, "/renew", post), "true");
  deepEqual(await stateOf(ann), { who: "Ann", fresh: false, remembered: false });
  equal(await textOf(thief, "/who"), "nobody", "the former token is dead");
  equal(await textOf(other, "/who"), "nobody");
  equal(await textOf(thief, "/renew", post), "false", "a former token renews nothing");
  ok(!site.eventTypes().includes("reauthenticated"));
});

test("a renewal forgets the methods that are worth nothing any more", async (site) => {
  site.app.get("/codes", site.login.methods("otp"), (c) => c.text("codes"));
  site.app.post("/remove-app", async (c) => {
    await site.login.renew(c, [], async (sessionChange) => {
      const changed = { id: "1", name: "Ann", epoch: 1 };
      site.users.set("1", changed);
      return await site.store.commit(await sessionChange(changed, ["otp"])) ? changed : null;
    });
    return c.text("removed");
  });
  const ann = await site.loggedIn("1", { methods: ["otp"] });
  equal(await textOf(ann, "/codes"), "codes");

  equal(await textOf(ann, "/remove-app", post), "removed");
  equal((await ann.request("/codes")).headers.get("location"), "/reauthenticate?next=%2Fcodes");
  deepEqual(await stateOf(ann), { who: "Ann", fresh: true, remembered: false });
});

test("a proof of nobody is refused: no session, no cookie, no event [FL-F06]", async (site) => {
  const answer = await site.client().request("/prove", post);

  equal(await answer.text(), "false");
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(await site.store.list(["session"]), []);
  deepEqual(site.eventTypes(), []);
});

test("a login is no reauthentication [FL-F07]", async (site) => {
  await site.loggedIn("1");
  ok(!site.eventTypes().includes("reauthenticated"));
});

test("a proof is fresh for ten minutes, to the second [FL-F08] [FL-C20]", async (site) => {
  const ann = await site.loggedIn("1");

  site.pass(10 * MINUTE - SECOND);
  equal((await ann.request("/fresh")).status, 200);
  site.pass(SECOND);
  equal((await ann.request("/fresh")).status, 302);
  await ann.request("/prove", post);
  equal((await ann.request("/fresh")).status, 200);
});

test("a clock that goes back extends no freshness", async (site) => {
  const ann = await site.loggedIn("1");
  site.pass(-6 * MINUTE);
  equal((await stateOf(ann)).fresh, false);
});

test("a new login is fresh again [FL-F09]", async (site) => {
  const ann = await site.remembered();
  equal((await stateOf(ann)).fresh, false);
  await logIn(ann, "1");
  equal((await stateOf(ann)).fresh, true);
});

test("parallel proofs in one session, such as a form sent twice, lead to one new token", async (site) => {
  const ann = await site.loggedIn("1");
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => ann.copy().request("/prove", post)),
  );

  deepEqual(await Promise.all(answers.map((answer) => answer.text())), Array(5).fill("true"));
  equal(new Set(answers.map((answer) => answer.headers.get("set-cookie"))).size, 1);
  equal((await site.login.sessions({ id: "1", name: "Ann" })).length, 1);
});
