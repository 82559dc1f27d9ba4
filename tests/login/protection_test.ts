import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Session } from "@latchkey/login";
import { cookie, makeSite, post, stateOf, test, textOf } from "./site.ts";

const agent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const stale = { who: "Ann", fresh: false, remembered: false };

async function storedSession(site: ReturnType<typeof makeSite>) {
  const [record] = await site.store.list(["session", "1"]);
  return { record, session: record?.value as Session & { v: number } };
}

Deno.test("the fingerprint is a digest, can be made from what the site chooses, and nothing is a text too [FL-P03]", async () => {
  const site = makeSite({ fingerprint: (c) => c.req.header("x-device") ?? "" });
  const ann = await site.loggedIn("1");
  match((await storedSession(site)).session.fingerprint ?? "", /^[A-Za-z0-9_-]{43}$/);

  ann.userAgent = "Other/1.0";
  equal((await stateOf(ann)).fresh, true);
  await ann.request("/who", { headers: { "x-device": "another" } });
  equal((await stateOf(ann)).fresh, false);
});

Deno.test("forwarded addresses are not read: they change nothing [FL-P04]", async () => {
  const site = makeSite({ protection: "strong" });
  const ann = await site.loggedIn("1");
  for (const name of ["x-forwarded-for", "x-real-ip", "forwarded"]) {
    equal(await textOf(ann, "/who", { headers: { [name]: "203.0.113.9" } }), "Ann", name);
  }
});

test("the fingerprint is compared when the user is asked for, and not before [FL-P05]", async (site) => {
  const ann = await site.loggedIn("1");
  ann.userAgent = "Other/1.0";
  site.events.length = 0;

  await ann.request("/public");
  deepEqual(site.events, []);
  await ann.request("/who");
  deepEqual(site.eventTypes(), ["session_protected"]);
});

test("a first visit and a remember cookie alone trigger nothing [FL-P06]", async (site) => {
  await site.client().request("/who");
  const ann = await site.remembered();
  ann.userAgent = "Other/1.0";
  site.events.length = 0;

  equal(await textOf(ann, "/who"), "Ann");
  // The session from before the restart makes way; nothing was protected.
  deepEqual(site.eventTypes(), ["session_ended", "loaded_from_remember"]);
});

Deno.test("the same browser is left in peace, and so is one that updated itself [FL-P07]", async () => {
  const site = makeSite({ protection: "strong" });
  const ann = site.client();
  ann.userAgent = agent;
  await ann.request("/in/1", { method: "POST", body: "{}" });
  ann.userAgent = agent.replace("Chrome/142.0.0.0", "Chrome/143.0.7499.40");
  site.events.length = 0;

  equal((await stateOf(ann)).fresh, true);
  deepEqual(site.eventTypes(), []);
});

Deno.test("basic: a change makes the session stale, and is one event, however many requests follow [FL-P08]", async () => {
  const site = makeSite({ protection: "basic" });
  const ann = await site.loggedIn("1");
  ann.userAgent = "Other/1.0";
  site.events.length = 0;

  for (let i = 0; i < 3; i++) deepEqual(await stateOf(ann), stale);
  deepEqual(site.eventTypes(), ["session_protected"]);
  ann.userAgent = "Third/1.0";
  await ann.request("/who");
  deepEqual(site.eventTypes(), ["session_protected", "session_protected"]);
});

Deno.test("twenty requests at once after a change are one event [FL-P08]", async () => {
  const site = makeSite({ protection: "basic" });
  const ann = await site.loggedIn("1");
  ann.userAgent = "Other/1.0";
  site.events.length = 0;

  await Promise.all(Array.from({ length: 20 }, () => ann.copy().request("/who")));
  deepEqual(site.eventTypes(), ["session_protected"]);
});

Deno.test("strong: a change ends the session and its remember series, and is one event [FL-P09]", async () => {
  const site = makeSite({ protection: "strong" });
  const ann = await site.loggedIn("1", { remember: true });
  const thief = ann.copy();
  const thieves = Array.from({ length: 5 }, () => thief.copy());
  for (const it of thieves) it.userAgent = "Other/1.0";
  site.events.length = 0;

  const seen = await Promise.all(thieves.map((it) => textOf(it, "/who")));
  deepEqual(new Set(seen), new Set(["nobody"]));
  deepEqual(site.eventTypes(), ["session_protected", "session_ended"]);
  deepEqual([...thieves[0]?.cookies.keys() ?? []], []);
  deepEqual(await site.store.list(["remember", "1"]), []);
  equal(await textOf(ann, "/who"), "nobody");
});

Deno.test("strong means strong for remembered browsers as well [FL-P10] [FL-C12]", async () => {
  const site = makeSite({ protection: "strong" });
  const ann = await site.remembered();
  await ann.request("/who");
  ann.userAgent = "Other/1.0";

  equal(await textOf(ann, "/who"), "nobody");
});

for (const protection of ["basic", "strong"] as const) {
  Deno.test(`${protection}: an absent fingerprint is stored, which is no event and makes nothing stale [FL-P11]`, async () => {
    const site = makeSite({ protection });
    const ann = await site.loggedIn("1");
    const { record, session } = await storedSession(site);
    await site.store.commit({
      set: [{ key: record?.key ?? [], value: { ...session, fingerprint: null }, expireIn: 1e6 }],
    });
    site.events.length = 0;

    equal((await stateOf(ann)).fresh, true);
    deepEqual(site.eventTypes(), []);
    equal((await storedSession(site)).session.fingerprint, session.fingerprint);
    ann.userAgent = "Other/1.0";
    equal((await stateOf(ann)).fresh, false, "and from then on it is compared");
  });
}

Deno.test("another network is no other browser: a phone that roams stays logged in and fresh [FL-P12] [FL-C11]", async () => {
  const site = makeSite({
    protection: "strong",
    network: (c) => c.req.header("x-network") ?? null,
  });
  const ann = await site.loggedIn("1");

  for (const network of ["a", "b", "c"]) {
    equal((await ann.request("/fresh", { headers: { "x-network": network } })).status, 200);
  }
});

Deno.test("strong leaves guests in peace, whatever they keep [FL-P14] [FL-C10]", async () => {
  const site = makeSite({ protection: "strong" });
  const client = site.client();
  await client.request("/data/cart/apples", post);
  client.userAgent = "Other/1.0";
  site.events.length = 0;

  const answer = await client.request("/data");
  equal(await answer.text(), '{"cart":"apples"}');
  deepEqual(answer.headers.getSetCookie(), []);
  deepEqual(site.eventTypes(), []);
});

Deno.test("the address that a guest was refused survives strong protection [FL-P15]", async () => {
  for (const nextIn of ["query", "cookie"] as const) {
    const site = makeSite({ protection: "strong", nextIn });
    const ann = await site.loggedIn("1");
    ann.userAgent = "Other/1.0";
    const refused = await ann.request("/members");
    const query = new URL(refused.headers.get("location") ?? "", "https://app.example").search;
    equal(await textOf(ann, `/next${query}`), "/members", nextIn);
  }
});

Deno.test("basic does not log out: it asks for a proof where one matters [FL-P16]", async () => {
  const site = makeSite({ protection: "basic" });
  const ann = await site.loggedIn("1");
  ann.userAgent = "Other/1.0";

  equal((await ann.request("/members")).status, 200);
  equal((await ann.request("/fresh")).status, 302);
});

Deno.test("off: another browser changes nothing [FL-P17]", async () => {
  const site = makeSite({ protection: "off" });
  const ann = await site.loggedIn("1");
  ann.userAgent = "Other/1.0";

  equal((await stateOf(ann)).fresh, true);
  ok(ann.cookies.has(cookie.session));
  deepEqual(site.eventTypes(), ["logged_in"]);
});

Deno.test("the app is asked for a fingerprint and a network once a request, and only when they count", async () => {
  const asked: string[] = [];
  const ask = (what: string) => () => {
    asked.push(what);
    return what;
  };
  const site = makeSite({ fingerprint: ask("fingerprint"), network: ask("network") });
  const ann = await site.loggedIn("1");
  for (
    const [path, init, expected] of [
      ["/public", {}, []],
      ["/who", {}, ["fingerprint"]],
      ["/prove", post, ["fingerprint"]],
      ["/in/1", { ...post, body: "{}" }, ["fingerprint", "network"]],
    ] as const
  ) {
    asked.length = 0;
    await ann.request(path, init);
    deepEqual(asked, expected, path);
  }
});
