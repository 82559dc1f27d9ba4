import type { Login } from "@latchkey/login";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Context } from "hono";
import { stream } from "hono/streaming";
import { cookie, makeSite, post, type SiteUser, textOf } from "./site.ts";

// After the answer has begun no cookie can be set.

const ann: SiteUser = { id: "1", name: "Ann" };
const origin = "https://app.example";

/** A site whose /stream runs this when the answer has begun, and sends the result. */
function streaming(act: (login: Login<SiteUser>, c: Context) => Promise<unknown>) {
  const site = makeSite();
  site.app.post("/stream", (c) =>
    stream(c, async (body) => {
      await body.sleep(1);
      await body.write(await act(site.login, c).then(String, (error) => error.message));
    }));
  return site;
}

const names = async (login: Login<SiteUser>, c: Context) => (await login.user(c))?.name ?? "nobody";

Deno.test("a stream reads the session, and does not redeem a remember token", async () => {
  const site = streaming(names);
  const browser = await site.loggedIn("1", { remember: true });

  equal(await textOf(browser, "/stream", post), "Ann");
  browser.restart();
  const before = browser.cookies.get(cookie.remember);
  equal(await textOf(browser, "/stream", post), "nobody");
  equal(browser.cookies.get(cookie.remember), before);
  equal(await textOf(browser, "/who"), "Ann", "the next page is not taken for theft");
  deepEqual(site.events.filter(({ type }) => type === "remember_reused"), []);
});

const tooLate: [what: string, act: Parameters<typeof streaming>[0]][] = [
  ["log in", (login, c) => login.start(c, ann, { methods: ["pwd"] })],
  ["reauthenticate", (login, c) => login.reauthenticate(c, ["pwd"])],
  ["renew the session", (login, c) => login.renew(c, ["pwd"], () => Promise.resolve(null))],
  ["log out", (login, c) => login.end(c)],
  ["keep a message", (login, c) => login.flash(c, "hello")],
  ["take messages", (login, c) => login.takeFlashes(c)],
  ["take next", (login, c) => login.takeNext(c)],
  ["keep session data", (login, c) => login.updateData(c, (data) => data)],
];

for (const [what, act] of tooLate) {
  Deno.test(`it is an error to ${what} after the answer has begun`, async () => {
    const site = streaming(act);
    const text = await textOf(site.client(), "/stream", post);
    equal(text.split(":")[0], `Cannot ${what}`);
    match(text, /the answer has begun, so no cookie can be set; await it before/);
  });
}

Deno.test("the answer waits for a login that was not awaited, and the mistake is reported", async () => {
  const site = makeSite();
  site.app.post("/forgot", (c) => {
    void site.login.start(c, ann, { methods: ["pwd"] });
    return c.text("welcome");
  });
  const browser = site.client();

  equal(await textOf(browser, "/forgot", post), "welcome");
  equal(await textOf(browser, "/who"), "Ann");
  match(String(site.reported[0]), /did not wait to log in: await it before the handler returns/);
  equal(site.reported.length, 1);
});

Deno.test("a WebSocket is opened by our own pages and by programs, and by nobody else's pages", async () => {
  const site = makeSite();
  site.app.get("/socket", site.login.required, (c) => c.text(c.var.user.name));
  const browser = await site.loggedIn("1", { remember: true });
  const open = (headers: Record<string, string>) =>
    browser.request("/socket", { headers: { upgrade: "websocket", ...headers } });

  equal(await (await open({ origin })).text(), "Ann");
  equal((await open({})).status, 200);
  for (const other of ["https://evil.test", "null", `${origin}.evil.test`, "http://app.example"]) {
    equal((await open({ origin: other })).status, 403, other);
  }
  browser.restart();
  const answer = await open({ origin });
  equal(answer.status, 401, "a remember token is not redeemed: its successor would be lost");
  ok(!answer.headers.has("set-cookie"));
  equal(await textOf(browser, "/who"), "Ann");
});
