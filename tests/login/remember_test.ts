import {
  DAY,
  HOUR,
  MINUTE,
  recommendedLifetimes,
  SECOND,
  type SessionStore,
} from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { cookie, logIn, makeSite, post, stateOf, test, textOf } from "./site.ts";

const remember = { remember: true };
const remembered = { who: "Ann", fresh: false, remembered: true };

test("the cookie is random: public part and secret, of which the store has only a digest [FL-R01]", async (site) => {
  const ann = await site.loggedIn("1", remember);

  const [user, id = "", secret = "", ...rest] = (ann.cookies.get(cookie.remember) ?? "").split(".");
  deepEqual([user, id.length, secret.length, rest], [btoa("1").replaceAll("=", ""), 22, 43, []]);
  const [record] = await site.store.list(["remember", "1"]);
  equal(record?.key[2], id);
  ok(!JSON.stringify(record).includes(secret));
});

for (
  const junk of [
    "",
    "junk",
    "1|",
    "1|abc",
    "%00",
    "MQ.a.b",
    "é",
    "x".repeat(5000),
    `MQ.${"A".repeat(22)}.${"A".repeat(43)}`,
  ]
) {
  test(`a remember cookie of "${junk.slice(0, 12)}" is ignored and deleted, and is no error [FL-R04] [FL-R05] [FL-C15]`, async (site) => {
    const client = site.client();
    client.cookies.set(cookie.remember, junk);

    const answer = await client.request("/who");
    equal(answer.status, 200);
    equal(await answer.text(), "nobody");
    ok(!client.cookies.has(cookie.remember));
  });
}

test("the lifetime is in the record: a copied cookie is worth nothing after it [FL-R06]", async (site) => {
  const ann = await site.remembered();
  const early = ann.copy();
  const late = ann.copy();

  site.pass(30 * DAY - SECOND);
  equal(await textOf(early, "/who"), "Ann");
  site.pass(SECOND);
  equal(await textOf(late, "/who"), "nobody");
  equal(late.cookies.size, 0);
});

test("its lifetime is absolute: daily use does not extend it [FL-R06]", async (site) => {
  const ann = await site.loggedIn("1", remember);

  for (let day = 1; day < 30; day++) {
    site.pass(DAY);
    equal(await textOf(ann, "/who"), "Ann", `day ${day}`);
  }
  site.pass(DAY);
  equal(await textOf(ann, "/who"), "nobody");
});

test("every login has a cookie of its own, and so has every redemption [FL-R07]", async (site) => {
  const values = new Set<string | undefined>();
  const ann = await site.loggedIn("1", remember);
  values.add(ann.cookies.get(cookie.remember));
  values.add((await site.loggedIn("1", remember)).cookies.get(cookie.remember));
  for (let i = 0; i < 3; i++) {
    ann.restart();
    await ann.request("/who");
    values.add(ann.cookies.get(cookie.remember));
  }
  equal(values.size, 5);
});

test("a remembered browser is logged in, not fresh, and its fingerprint is stored [FL-R10] [FL-F02]", async (site) => {
  const ann = await site.remembered();
  site.events.length = 0;

  deepEqual(await stateOf(ann), remembered);
  equal((await ann.request("/fresh")).status, 302);
  const [session] = await site.login.sessions({ id: "1", name: "Ann" }).then((all) =>
    all.filter((it) => it.methods.length === 0)
  );
  equal(typeof session?.fingerprint, "string");
  equal(session?.authenticatedAt, null);
  deepEqual(site.eventTypes(), [
    "session_ended",
    "loaded_from_remember",
    "reauthentication_needed",
  ]);
});

test("a remember cookie of a user who is gone starts nothing, is deleted, and is no event [FL-R11]", async (site) => {
  const ann = await site.remembered();
  site.users.delete("1");
  site.events.length = 0;

  equal(await textOf(ann, "/who"), "nobody");
  equal(ann.cookies.size, 0);
  deepEqual(site.eventTypes(), []);
  deepEqual(await site.store.list(["remember", "1"]), []);
});

test("a page that does not ask for the user redeems nothing [FL-R12]", async (site) => {
  const ann = await site.remembered();
  const before = await site.store.list(["remember", "1"]);

  await ann.request("/public");
  deepEqual(await site.store.list(["remember", "1"]), before);
});

Deno.test("with extendRemember, using the session extends the cookie that it verified [FL-R17] [FL-C16]", async () => {
  const site = makeSite({ extendRemember: true });
  const ann = await site.loggedIn("1", { remember: 4 * HOUR });

  site.pass(HOUR);
  const answer = await ann.request("/who");
  const line = answer.headers.getSetCookie().find((it) => it.startsWith(cookie.remember)) ?? "";
  ok(line.includes("Max-Age=14400"), "with its own duration");
  site.pass(3.5 * HOUR);
  deepEqual(await stateOf(ann), remembered);
});

Deno.test("with extendRemember, a series that has expired stays expired", async () => {
  const store = memoryStore(() => new Date(0)); // deletes nothing
  const site = makeSite({ extendRemember: true, store });
  const ann = await site.loggedIn("1", { remember: HOUR });

  site.pass(HOUR);
  const answer = await ann.request("/who");
  equal(await answer.text(), "Ann", "the session lives longer");
  equal(answer.headers.getSetCookie().some((it) => it.startsWith(cookie.remember)), false);
  ann.restart();
  equal(await textOf(ann, "/who"), "nobody");
});

Deno.test("with extendRemember, a junk cookie is never made a valid one [FL-R19] [FL-C16]", async () => {
  const site = makeSite({ extendRemember: true });
  for (const junk of ["junk", `MQ.${"A".repeat(22)}.${"A".repeat(43)}`]) {
    const ann = await site.loggedIn("1");
    ann.cookies.set(cookie.remember, junk);
    site.pass(HOUR);
    const answer = await ann.request("/who");
    equal(await answer.text(), "Ann");
    ok(
      !answer.headers.getSetCookie().some((line) =>
        line.startsWith(cookie.remember) && !line.includes("Max-Age=0")
      ),
    );
  }
  const other = await site.loggedIn("1", remember);
  const forged = (other.cookies.get(cookie.remember) ?? "").slice(0, -43) + "A".repeat(43);
  other.cookies.set(cookie.remember, forged);
  site.pass(HOUR);
  const answer = await other.request("/who");
  equal(answer.headers.getSetCookie().some((line) => line.startsWith(cookie.remember)), false);
});

test("without extendRemember no later answer touches the cookie [FL-R20]", async (site) => {
  const ann = await site.loggedIn("1", remember);
  for (let i = 0; i < 5; i++) {
    site.pass(20 * MINUTE);
    const lines = (await ann.request("/who")).headers.getSetCookie();
    deepEqual(lines.filter((line) => line.startsWith(cookie.remember)), []);
  }
});

test("without a login there is no remember cookie [FL-R21]", async (site) => {
  site.users.set("3", { id: "3", name: "Sue", active: false });
  const client = await site.loggedIn("3", remember);
  equal(client.cookies.size, 0);
});

test("remembered means this login: not the cookie that came along, and not after a proof [FL-R22]", async (site) => {
  const ann = await site.loggedIn("1", remember);
  deepEqual(await stateOf(ann), { who: "Ann", fresh: true, remembered: false });
  ann.restart();
  deepEqual(await stateOf(ann), remembered);
  await ann.request("/prove", post);
  deepEqual(await stateOf(ann), { who: "Ann", fresh: true, remembered: false });
});

Deno.test("a change of keys logs nobody out while the former key is a fallback [FL-R23] [FL-C22]", async () => {
  const [former, current] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const store = memoryStore(() => new Date("2026-11-22T12:00:00Z"));
  const old = makeSite({ store, keys: [former] });
  const rotated = makeSite({ store, keys: [current, former] });
  const after = makeSite({ store, keys: [current] });
  const ann = await old.loggedIn("1", remember);
  const move = (site: ReturnType<typeof makeSite>) => {
    const client = site.client();
    for (const [name, value] of ann.cookies) client.cookies.set(name, value);
    return client;
  };

  equal(await textOf(move(rotated), "/who"), "Ann");
  // One token, redeemed before the change, and presented again after it.
  ann.restart();
  const copy = ann.copy();
  await ann.request("/who");
  const late = rotated.client();
  late.cookies.set(cookie.remember, copy.cookies.get(cookie.remember) ?? "");
  equal(await textOf(late, "/who"), "Ann");
  equal(late.cookies.get(cookie.remember), ann.cookies.get(cookie.remember));

  late.restart();
  await late.request("/who"); // rotates the token: the new key makes its successor
  const moved = move(after);
  moved.restart();
  moved.cookies.set(cookie.remember, late.cookies.get(cookie.remember) ?? "");
  equal(await textOf(moved, "/who"), "Ann");
  const left = move(after);
  left.restart();
  equal(await textOf(left, "/who"), "nobody", "its key is gone");
});

for (const inParallel of ["memory", "slow"] as const) {
  Deno.test(`twenty requests at once with one token give one session and one successor (${inParallel}) [SEC-D16]`, async () => {
    const site = makeSite(
      inParallel === "slow" ? { store: slow(memoryStore(() => new Date(0))) } : {},
    );
    const ann = await site.remembered();
    const tabs = Array.from({ length: 20 }, () => ann.copy());
    site.events.length = 0;

    const states = await Promise.all(tabs.map(stateOf));
    deepEqual(states, Array(20).fill(remembered));
    for (const name of [cookie.session, cookie.remember]) {
      equal(new Set(tabs.map((tab) => tab.cookies.get(name))).size, 1, name);
    }
    equal((await site.login.sessions({ id: "1", name: "Ann" })).length, 1);
    deepEqual(site.eventTypes(), ["session_ended", "loaded_from_remember"]);
    deepEqual(await stateOf(tabs[7] ?? ann), remembered);
  });
}

/** Lets other requests in before every read and write. */
function slow(store: SessionStore): SessionStore {
  const turn = () =>
    new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => resolve(null))));
  return {
    get: async (key) => (await turn(), await store.get(key)),
    list: async (prefix) => (await turn(), await store.list(prefix)),
    commit: async (change) => (await turn(), await store.commit(change)),
  };
}

test("a token that was spent more than ten seconds ago is theft: series and sessions end [SEC-D15] [FL-C02]", async (site) => {
  const { browser: victim, late: thief } = await site.redeemed();
  await victim.request("/who");
  const other = await site.loggedIn("1");
  site.events.length = 0;

  site.pass(10 * SECOND);
  equal(await textOf(thief, "/who"), "nobody");
  equal(thief.cookies.size, 0);
  equal(await textOf(victim, "/who"), "nobody", "the sessions of the series are over");
  victim.restart();
  equal(await textOf(victim, "/who"), "nobody", "and so is the series");
  equal(await textOf(other, "/who"), "Ann", "another browser is another matter");
  deepEqual(site.eventTypes(), ["remember_reused", "session_ended"]);
});

test("a store that fails while the sessions of a theft end does not hide the theft [SEC-D15]", async (site) => {
  const { browser: ann, late: thief } = await site.redeemed();
  await ann.request("/who");
  site.pass(HOUR);
  site.store.list = () => Promise.reject(new Error("the store is gone"));
  site.app.onError((_, c) => c.text("sorry", 500));

  equal((await thief.request("/who")).status, 500);
  ok(site.eventTypes().includes("remember_reused"));
});

test("theft is noticed when the thief comes first [SEC-D15]", async (site) => {
  const victim = await site.remembered();
  const thief = victim.copy();
  thief.userAgent = "Thief/1.0";

  equal(await textOf(thief, "/who"), "Ann");
  equal(await textOf(thief, "/who"), "Ann");
  site.pass(HOUR);
  equal(await textOf(victim, "/who"), "nobody");
  equal(await textOf(thief, "/who"), "nobody");
});

/** A remembered browser that sent a request and did not hear the answer with its new tokens. */
async function withLostAnswer(options: Parameters<typeof makeSite>[0] = {}) {
  const site = makeSite(options);
  const { browser: heard, late: ann } = await site.redeemed();
  site.events.length = 0;
  return { site, ann, heard };
}

Deno.test("a browser that lost the answer comes back within a day and gets the same successor", async () => {
  for (const wait of [11 * SECOND, 3 * HOUR, DAY - SECOND]) {
    const { site, ann, heard } = await withLostAnswer();
    site.pass(wait);
    const tabs = Array.from({ length: 20 }, () => ann.copy());

    const answers = await Promise.all(tabs.map((tab) => textOf(tab, "/who")));
    deepEqual(new Set(answers), new Set(["Ann"]));
    const cookies = (name: string) => new Set(tabs.map((tab) => tab.cookies.get(name)));
    deepEqual(cookies(cookie.remember), new Set([heard.cookies.get(cookie.remember)]));
    equal(cookies(cookie.session).size, 1);
    equal(site.eventTypes().filter((type) => type === "remember_recovered").length, 1);
    equal((await site.login.sessions({ id: "1", name: "Ann" })).length, 1);
  }
});

const reuses: [
  what: string,
  options: Parameters<typeof makeSite>[0],
  use: (
    it: Awaited<ReturnType<typeof withLostAnswer>>,
  ) => Promise<unknown> | void,
][] = [
  ["whose session was used once", {}, ({ heard }) => heard.request("/who")],
  ["that was presented itself", {}, ({ heard }) => (heard.restart(), heard.request("/who"))],
  ["a day ago", {}, ({ site }) => site.pass(DAY - 11 * SECOND)],
  ["in another browser", { protection: "off" }, ({ ann }) => void (ann.userAgent = "Thief/1.0")],
];

for (const [what, options, use] of reuses) {
  Deno.test(`a predecessor is theft when its successor is one ${what}`, async () => {
    const it = await withLostAnswer(options);
    await use(it);
    it.site.pass(11 * SECOND);
    it.site.events.length = 0;

    equal(await textOf(it.ann, "/who"), "nobody");
    ok(it.site.eventTypes().includes("remember_reused"));
    equal(await textOf(it.heard, "/who"), "nobody");
  });
}

Deno.test("coming back with a predecessor does not extend the day in which it may", async () => {
  const { site, ann } = await withLostAnswer();
  const tab = ann.copy();
  site.pass(23 * HOUR);
  equal(await textOf(tab, "/who"), "Ann");

  site.pass(HOUR);
  equal(await textOf(ann, "/who"), "nobody");
  ok(site.eventTypes().includes("remember_reused"));
});

test("a predecessor is theft when another browser redeemed it, although nobody used the successor", async (site) => {
  const ann = await site.remembered();
  const thief = ann.copy();
  thief.userAgent = "Thief/1.0";
  await thief.request("/who");

  site.pass(HOUR);
  equal(await textOf(ann, "/who"), "nobody");
  ok(site.eventTypes().includes("remember_reused"));
});

test("within ten seconds the predecessor gets the session and the successor that exist [SEC-D16]", async (site) => {
  const { browser: ann, late: tab } = await site.redeemed();
  site.events.length = 0;

  site.pass(10 * SECOND - 1);
  equal(await textOf(tab, "/who"), "Ann");
  deepEqual([...tab.cookies].sort(), [...ann.cookies].sort());
  deepEqual(site.eventTypes(), []);
});

test("a predecessor does not come back into a session that ended: it is nobody, and no alarm", async (site) => {
  const { browser: ann, late: tab } = await site.redeemed();
  await ann.request("/out", post);

  equal(await textOf(tab, "/who"), "nobody");
  ok(!site.eventTypes().includes("remember_reused"));
});

test("a late request with the predecessor does not undo a reauthentication", async (site) => {
  const { browser: ann, late: tab } = await site.redeemed();
  await ann.request("/prove", post);

  const late = await tab.request("/who");
  for (const line of late.headers.getSetCookie()) ann.keep(line);
  deepEqual(await stateOf(ann), { who: "Ann", fresh: true, remembered: false });
});

test("a token of one kind is worthless as another", async (site) => {
  const ann = await site.loggedIn("1", remember);
  const { session, remember: remembered } = cookie;
  const swapped = site.client();
  swapped.cookies.set(session, ann.cookies.get(remembered) ?? "");
  swapped.cookies.set(remembered, ann.cookies.get(session) ?? "");

  equal(await textOf(swapped, "/who"), "nobody");
  // Even where a record of the other kind stands under the same name.
  const [, id = ""] = (ann.cookies.get(remembered) ?? "").split(".");
  const [record] = await site.store.list(["session", "1"]);
  const [series] = await site.store.list(["remember", "1"]);
  const { secretDigest } = series?.value as { secretDigest: string };
  const value = { ...record?.value as object, id, secretDigest };
  await site.store.commit({ set: [{ key: ["session", "1", id], value, expireIn: DAY }] });
  const forged = site.client();
  forged.cookies.set(session, ann.cookies.get(remembered) ?? "");
  equal(await textOf(forged, "/who"), "nobody");
});

test("a junk secret for a known series is junk: a copy of the store logs nobody out", async (site) => {
  const ann = await site.loggedIn("1", remember);
  const forged = site.client();
  const junk = (ann.cookies.get(cookie.remember) ?? "").slice(0, -43) + "A".repeat(43);
  forged.cookies.set(cookie.remember, junk);
  site.events.length = 0;

  equal(await textOf(forged, "/who"), "nobody");
  equal(forged.cookies.size, 0);
  deepEqual(site.eventTypes(), []);
  ann.restart();
  equal(await textOf(ann, "/who"), "Ann");
});

test("raising the epoch ends every remember series as well", async (site) => {
  const ann = await site.remembered();
  site.users.set("1", { id: "1", name: "Ann", epoch: 1 });

  equal(await textOf(ann, "/who"), "nobody");
});

Deno.test("strong protection and remember work together: restored, and not thrown out afterwards [FL-P13] [FL-C09]", async () => {
  const site = makeSite({ protection: "strong" });
  const ann = await site.remembered();

  for (let i = 0; i < 3; i++) deepEqual(await stateOf(ann), remembered);
  ok(ann.cookies.has(cookie.remember));
});

Deno.test("under strong protection another browser's remember cookie is refused, and its series ends [FL-P13]", async () => {
  const site = makeSite({ protection: "strong" });
  const ann = await site.remembered();
  const thief = ann.copy();
  thief.userAgent = "Thief/1.0";
  site.events.length = 0;

  equal(await textOf(thief, "/who"), "nobody");
  equal(thief.cookies.size, 0);
  deepEqual(site.eventTypes(), ["session_protected"]);
  equal(await textOf(ann, "/who"), "nobody");
});

test("a guest's data moves along when the browser turns out to be remembered", async (site) => {
  const ann = await site.remembered();
  const token = ann.cookies.get(cookie.remember) ?? "";
  ann.cookies.delete(cookie.remember);
  await ann.request("/data/cart/apples", post);
  ann.cookies.set(cookie.remember, token);

  equal(await textOf(ann, "/data"), '{"cart":"apples"}');
  equal(await textOf(ann, "/who"), "Ann");
});

test("a second login with remember replaces the series of this browser", async (site) => {
  const ann = await site.loggedIn("1", remember);
  const before = ann.cookies.get(cookie.remember);
  await logIn(ann, "1", remember);

  notEqual(ann.cookies.get(cookie.remember), before);
  equal((await site.store.list(["remember", "1"])).length, 1);
});

Deno.test("remember lasts as long as the site says", async () => {
  const site = makeSite({ lifetimes: { ...recommendedLifetimes, remember: 7 * DAY } });
  const answer = await logIn(site.client(), "1", remember);
  ok(answer.headers.getSetCookie().some((line) => line.includes("Max-Age=604800")));
});

const user = { id: "1", name: "Ann" };

test("a browser that comes back has one session: the one from before is over, with a copy of its cookie", async (site) => {
  const ann = await site.loggedIn("1", remember);
  const thief = ann.copy();
  for (let i = 0; i < 5; i++) {
    site.pass(MINUTE);
    ann.restart();
    equal(await textOf(ann, "/who"), "Ann");
  }

  equal((await site.login.sessions(user)).length, 1);
  site.pass(MINUTE);
  equal(await textOf(thief, "/who"), "nobody");
});

test("twenty other logins, or thirty restarts, do not cost a browser its remember cookie", async (site) => {
  const ann = await site.loggedIn("1", remember);
  for (let i = 0; i < 30; i++) {
    site.pass(SECOND);
    ann.restart();
    equal(await textOf(ann, "/who"), "Ann", `restart ${i}`);
  }
  for (let i = 0; i < 19; i++) await site.loggedIn("1");
  ann.restart();
  equal(await textOf(ann, "/who"), "Ann");
});

test("parallel requests with a spent token are one theft, told once", async (site) => {
  const ann = await site.remembered();
  const thieves = Array.from({ length: 20 }, () => ann.copy());
  await ann.request("/who");
  await ann.request("/who");
  site.pass(HOUR);
  site.events.length = 0;

  await Promise.all(thieves.map((thief) => thief.request("/who")));
  deepEqual(site.eventTypes(), ["remember_reused", "session_ended"]);
});

Deno.test("strong protection refuses a copied predecessor within its grace as well [FL-P13]", async () => {
  const site = makeSite({ protection: "strong" });
  const ann = await site.remembered();
  const thief = ann.copy();
  thief.userAgent = "Thief/1.0";
  await ann.request("/who");

  equal(await textOf(thief, "/who"), "nobody");
  equal(thief.cookies.size, 0);
});

test("a page that fails after a token was rotated still hands out the new one", async (site) => {
  site.app.get("/breaks", site.login.required, () => {
    throw new Error("corrupt");
  });
  site.app.onError((_, c) => c.text("corrupt", 500));
  const ann = await site.remembered();

  equal((await ann.request("/breaks")).status, 500);
  site.pass(MINUTE);
  equal(await textOf(ann, "/who"), "Ann");
  ok(!site.eventTypes().includes("remember_reused"));
});
