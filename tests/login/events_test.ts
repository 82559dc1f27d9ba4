import type { LoginEvent } from "@latchkey/login";
import { deepEqual, equal, match } from "node:assert/strict";
import { makeSite, post, type SiteUser, stateOf, test, textOf } from "./site.ts";

type Type = LoginEvent["type"];

/** The one event of a kind that something caused. */
async function eventOf<T extends Type>(
  type: T,
  site: ReturnType<typeof makeSite>,
  act: () => Promise<unknown>,
) {
  site.events.length = 0;
  await act();
  const found = site.events.filter((event) => event.type === type);
  equal(found.length, 1, `${type}: ${site.events.map((event) => event.type)}`);
  return found[0] as LoginEvent<SiteUser> & { type: T };
}

test("logged_in has the user and the session [FL-E01]", async (site) => {
  const event = await eventOf("logged_in", site, () => site.loggedIn("1"));
  equal(event.user.name, "Ann");
  equal(event.session.userId, "1");
});

test("logged_out has the user who was logged in [FL-E02]", async (site) => {
  const ann = await site.loggedIn("1");
  equal((await eventOf("logged_out", site, () => ann.request("/out", post))).user?.name, "Ann");
});

test("loaded_from_remember has the user and the new session [FL-E03]", async (site) => {
  const ann = await site.remembered();
  const event = await eventOf("loaded_from_remember", site, () => ann.request("/who"));
  equal(event.user.name, "Ann");
  deepEqual(event.session.methods, []);
});

Deno.test("loaded_from_request has the user [FL-E04]", async () => {
  const site = makeSite({ requestLoader: () => Promise.resolve({ id: "2", name: "Bob" }) });
  equal(
    (await eventOf("loaded_from_request", site, () => site.client().request("/who"))).user.name,
    "Bob",
  );
});

test("reauthenticated has the user and the renewed session [FL-E05]", async (site) => {
  const ann = await site.loggedIn("1");
  equal(
    (await eventOf("reauthenticated", site, () => ann.request("/prove", post))).user.name,
    "Ann",
  );
});

test("unauthorized is each refusal of a guest [FL-E06]", async (site) => {
  await eventOf("unauthorized", site, () => site.client().request("/members"));
});

test("reauthentication_needed has the user who was asked [FL-E07]", async (site) => {
  const stale = await site.loggedIn("1", { freshness: "not_fresh" });
  equal(
    (await eventOf("reauthentication_needed", site, () => stale.request("/fresh"))).user.name,
    "Ann",
  );
});

Deno.test("accessed is once a request, and says where the user was found, or that it is nobody [FL-E08] [FL-E10]", async () => {
  const site = makeSite({
    requestLoader: (request) =>
      Promise.resolve(request.headers.has("x-key") ? { id: "2", name: "Bob" } : null),
  });
  const from = async (act: () => Promise<unknown>) => {
    const { user, from } = await eventOf("accessed", site, act);
    return [user?.name ?? null, from];
  };
  const ann = await site.loggedIn("1", { remember: true });

  deepEqual(await from(() => ann.request("/who")), ["Ann", "session"]);
  ann.restart();
  deepEqual(await from(() => ann.request("/who")), ["Ann", "remember"]);
  deepEqual(await from(() => site.client().request("/who", { headers: { "x-key": "1" } })), [
    "Bob",
    "request",
  ]);
  deepEqual(await from(() => site.client().request("/who")), [null, null]);
});

test("session_protected has the user's id and the session [FL-E09]", async (site) => {
  const ann = await site.loggedIn("1");
  ann.userAgent = "Other/1.0";
  const event = await eventOf("session_protected", site, () => ann.request("/who"));
  deepEqual([event.userId, event.session?.authenticatedAt], ["1", null]);
});

test("login_failed is reported by the app, with a reason and whom it was about [FL-E10]", async (site) => {
  site.app.post("/fail", async (c) => {
    await site.login.reportFailure(c, "wrong", "1");
    return c.text("");
  });
  const event = await eventOf("login_failed", site, () => site.client().request("/fail", post));
  deepEqual(event, { type: "login_failed", reason: "wrong", userId: "1" });
});

Deno.test("session_ended says why: expired, suspended, epoch, no user [FL-E10]", async () => {
  const causes: [reason: string, cause: (site: ReturnType<typeof makeSite>) => void][] = [
    ["expired", (site) => site.pass(2 * 3600 * 1000)],
    ["suspended", (site) => site.users.set("1", { id: "1", name: "Ann", active: false })],
    ["epoch", (site) => site.users.set("1", { id: "1", name: "Ann", epoch: 1 })],
    ["no_user", (site) => site.users.delete("1")],
  ];
  for (const [reason, cause] of causes) {
    const site = makeSite();
    const ann = await site.loggedIn("1");
    cause(site);
    const event = await eventOf("session_ended", site, () => ann.request("/who"));
    deepEqual([event.userId, event.reason], ["1", reason]);
  }
});

Deno.test("a listener that throws stops nothing, and is reported [FL-E11]", async () => {
  for (
    const listen of [() => {
      throw new Error("broken");
    }, () => Promise.reject(new Error("broken"))]
  ) {
    const reported: unknown[] = [];
    const site = makeSite({ events: { listen, report: (error) => void reported.push(error) } });
    const ann = await site.loggedIn("1");

    equal((await stateOf(ann)).who, "Ann");
    equal((await site.client().request("/members")).status, 302);
    match(String(reported[0]), /broken/);
  }
});

Deno.test("a reporter that throws stops nothing either [FL-E11]", async () => {
  const broken = () => {
    throw new Error("broken");
  };
  const site = makeSite({ events: { listen: broken, report: broken } });
  equal(await textOf(await site.loggedIn("1"), "/who"), "Ann");
});

Deno.test("without a listener everything works", async () => {
  const site = makeSite({ events: undefined as never });
  equal(await textOf(await site.loggedIn("1"), "/who"), "Ann");
});
