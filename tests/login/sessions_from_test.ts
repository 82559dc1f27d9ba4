import { HOUR, MINUTE, SECOND, type StoreChange } from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";
import { deepEqual, equal, ok } from "node:assert/strict";
import { Hono } from "hono";
import { cookie, logIn, makeSite, textOf } from "./site.ts";

const ann = { id: "1", name: "Ann" };
const issuer = "https://id.example";
const vouched = { methods: ["fed"], issuer } as const;

function siteWithLogout(options: Parameters<typeof makeSite>[0] = {}) {
  const site = makeSite(options);
  const app = new Hono();
  app.use(site.login.middleware);
  app.post("/backchannel-logout", async (c) => {
    return c.json(await site.login.endSessionsFrom(c, ann, issuer));
  });
  const logOut = async () => {
    const answer = await app.request("/backchannel-logout", { method: "POST" });
    deepEqual(answer.headers.getSetCookie(), []);
    return await answer.json();
  };
  return { site, logOut };
}

Deno.test("a provider ends the sessions that it vouched for, in a request that has none [SEC-K13]", async () => {
  const { site, logOut } = siteWithLogout();
  const first = await site.loggedIn("1", vouched);
  const second = await site.loggedIn("1", vouched);
  site.events.length = 0;

  equal(await logOut(), 2);
  equal(await textOf(first, "/who"), "nobody");
  equal(await textOf(second, "/who"), "nobody");
  const ends = site.events.filter((event) => event.type === "session_ended");
  deepEqual(ends.map(({ reason }) => reason), ["ended", "ended"]);
});

Deno.test("a provider ends no session that began with a password, or at another provider [SEC-K13]", async () => {
  const { site, logOut } = siteWithLogout();
  const others = [
    await site.loggedIn("1", { remember: true }),
    await site.loggedIn("1", { ...vouched, issuer: `${issuer}/other`, remember: true }),
  ];
  const bob = await site.loggedIn("2", vouched);

  equal(await logOut(), 0);
  equal(await textOf(bob, "/who"), "Bob");
  for (const browser of others) {
    equal(await textOf(browser, "/who"), "Ann");
    browser.restart();
    equal(await textOf(browser, "/who"), "Ann");
  }
});

Deno.test("a remembered browser does not come back after its provider's logout [SEC-K13]", async () => {
  const { site, logOut } = siteWithLogout();
  const browser = await site.loggedIn("1", { ...vouched, remember: true });
  const gone = await site.loggedIn("1", { ...vouched, remember: true });
  site.pass(3 * HOUR); // no session is left, only the series
  browser.restart();
  gone.restart();
  equal(await textOf(browser, "/who"), "Ann");

  equal(await logOut(), 1, "the session that the remember cookie started");
  deepEqual(await site.store.list(["remember", "1"]), []);
  for (const each of [browser, gone]) {
    equal(await textOf(each, "/who"), "nobody");
    each.restart();
    equal(await textOf(each, "/who"), "nobody");
  }
});

Deno.test("a session keeps its provider when a password is presented in it, and a new token made", async () => {
  const { site, logOut } = siteWithLogout();
  const browser = await site.loggedIn("1", { ...vouched, remember: true });
  await browser.request("/prove", { method: "POST" });
  site.pass(6 * MINUTE); // its use is written
  equal(await textOf(browser, "/who"), "Ann");

  equal(await logOut(), 1);
  equal(await textOf(browser, "/who"), "nobody");
});

Deno.test("a password does not make a provider's login of one's own, and the other way round", async () => {
  const { site, logOut } = siteWithLogout();
  const browser = await site.loggedIn("1", { ...vouched, remember: true });
  await logIn(browser, "1", { remember: true });

  equal(await logOut(), 0);
  browser.restart();
  equal(await textOf(browser, "/who"), "Ann");
  await logIn(browser, "1", { ...vouched, remember: true });
  equal(await logOut(), 1);
});

Deno.test("a cookie that is redeemed while its provider logs out is over afterwards [SEC-K13]", async () => {
  for (const isFirst of ["redemption", "logout"] as const) {
    const memory = memoryStore(() => new Date(0));
    let before = async (_change: StoreChange): Promise<void> => {};
    const commit = async (change: StoreChange) => {
      const then = before;
      before = async () => {};
      await then(change);
      return await memory.commit(change);
    };
    const { site, logOut } = siteWithLogout({ store: { ...memory, commit } });
    const browser = await site.loggedIn("1", { ...vouched, remember: true });
    await site.loggedIn("1", { ...vouched, remember: true });
    browser.restart();
    site.pass(SECOND);

    // The one stops before its first write, and lets the whole of the other happen.
    const redeem = () => textOf(browser, "/who");
    const [interrupted, other] = isFirst === "logout" ? [redeem, logOut] : [logOut, redeem];
    before = async () => void await other();
    await interrupted();

    equal(await textOf(browser, "/who"), "nobody", isFirst);
    browser.restart();
    equal(await textOf(browser, "/who"), "nobody", isFirst);
    deepEqual(await memory.list(["session", "1"]), [], isFirst);
    ok(!browser.cookies.has(cookie.session));
  }
});
