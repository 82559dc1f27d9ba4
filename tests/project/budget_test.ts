import { deepEqual, equal } from "node:assert/strict";
import { DAY } from "../../lib/time.ts";
import { assetPath } from "../../views/assets.ts";
import type { Browser } from "../support/browser.ts";
import { ann } from "../support/people.ts";
import { test, testWithMail, TestWorld, withMail } from "../support/world.ts";

// The budgets of .github/ARCHITECTURE.md, counted.

const nothing = { keys: 0, roundTrips: 0, commits: 0, hashes: 0 };
const { email, password } = ann;

for (const path of ["/", "/login", "/register", "/logout", "/profile", "/nowhere"]) {
  test(`${path} costs a guest no KV operation`, async (world) => {
    deepEqual(await world.cost(() => world.browser().get(path)), nothing);
  });
}

for (const path of ["/", "/login", "/register", "/logout"]) {
  test(`${path} sets a guest no cookie`, async (world) => {
    deepEqual((await world.browser().get(path)).headers.getSetCookie(), []);
  });
}

for (const path of [assetPath("app.css"), "/health/live"]) {
  test(`${path} costs no KV operation, even when logged in, and does not vary by cookie`, async (world) => {
    const browser = await world.ann();

    const cost = await world.cost(async () => {
      const { headers } = await browser.get(path);
      equal(headers.get("vary")?.includes("Cookie") ?? false, false);
      deepEqual(headers.getSetCookie(), []);
    });
    deepEqual(cost, nothing);
  });
}

for (const path of ["/", "/profile", "/logout", "/nowhere"]) {
  test(`${path} costs a user two keys in one round trip, and no write`, async (world) => {
    const browser = await world.ann();
    await browser.get("/"); // the welcome message is shown and gone

    const cost = await world.cost(() => browser.get(path));
    deepEqual(cost, { keys: 2, roundTrips: 1, commits: 0, hashes: 0 });
    deepEqual((await browser.get(path)).headers.getSetCookie(), []);
  });
}

/** Of each login: it names the newest events of the timeline, of which there are as many by then. */
const RECENT_EVENTS = 8;

async function fillTimeline(world: TestWorld): Promise<void> {
  for (let i = 0; i < RECENT_EVENTS; i++) {
    const browser = world.browser();
    await browser.post("/login", { email, password });
    await browser.post("/logout");
  }
}

test("a login reads the same and hashes once, whether right, wrong or unknown", async (world) => {
  const before = await world.ann();
  await before.post("/logout");
  await fillTimeline(world); // the first one offers a passkey: a test of its own
  const costOf = (fields: Record<string, string>) =>
    world.cost(() => world.browser().post("/login", fields));

  const right = await costOf({ email, password });
  const wrong = await costOf({ email, password: "not her password" });
  const unknown = await costOf({ email: "nobody@example.com", password });
  const noAddress = await costOf({ email: "nobody", password });

  deepEqual(wrong, unknown);
  deepEqual(wrong, noAddress);
  deepEqual([right.keys, wrong.keys], [6 + RECENT_EVENTS, 6]);
  deepEqual([right.hashes, wrong.hashes], [1, 1]);
  // The attempt is counted before it is evaluated; a right one is forgiven, and begins a session.
  deepEqual([right.commits, wrong.commits], [3, 1]);
  deepEqual([right.roundTrips, wrong.roundTrips], [8, 4]);
});

test("the login that offers a passkey costs a read and a commit more, once in 30 days", async (world) => {
  const before = await world.ann();
  await before.post("/logout");
  const costOf = async () => {
    const browser = world.browser();
    const cost = await world.cost(() => browser.post("/login", { email, password }));
    await browser.post("/logout");
    return cost;
  };
  await fillTimeline(world);
  const ordinary = { keys: 6 + RECENT_EVENTS, roundTrips: 8, commits: 3, hashes: 1 };
  const offering = { keys: 7 + RECENT_EVENTS, roundTrips: 10, commits: 4, hashes: 1 };

  deepEqual(await costOf(), ordinary);
  world.pass(30 * DAY);
  deepEqual(await costOf(), offering);
  deepEqual(await costOf(), ordinary);
});

test("a suspended user's login costs what a wrong password costs", async (world) => {
  await world.ann();
  const costOf = (fields: Record<string, string>) =>
    world.cost(() => world.browser().post("/login", fields));
  const wrong = await costOf({ email, password: "not her password" });
  const entry = (await world.dump()).find((it) => it.key[0] === "user") as Deno.KvEntry<object>;
  await world.database.set(entry.key, { ...entry.value, active: false });

  deepEqual(await costOf({ email, password }), wrong);
});

test("a logout costs two keys, two round trips and one commit", async (world) => {
  const browser = await world.ann();

  const cost = await world.cost(() => browser.post("/logout"));
  deepEqual(cost, { keys: 2, roundTrips: 2, commits: 1, hashes: 0 });
});

testWithMail("with mail, logins cost the same, whether or not a notice goes out", async (world) => {
  const known = await world.ann();
  await known.post("/logout");
  await known.post("/login", { email, password }); // it offers a passkey: a test of its own
  await known.post("/logout");
  await fillTimeline(world);
  const costOf = async (browser: Browser) => {
    const cost = await world.cost(() => browser.post("/login", { email, password }));
    await world.delivered();
    return cost;
  };

  const expected = { keys: 6 + RECENT_EVENTS, roundTrips: 8, commits: 3, hashes: 1 };
  deepEqual(await costOf(world.browser()), expected); // and the mails it got
  deepEqual(await costOf(known), expected); // and the session from before
});

Deno.test("with a mail server that does not answer, pages and forms are answered [REL-R23]", async () => {
  const answering = Promise.withResolvers<void>();
  const sending = Promise.withResolvers<void>();
  const send = () => {
    sending.resolve();
    return answering.promise;
  };
  await using world = await TestWorld.create({ config: withMail, send });
  const browser = world.browser();
  equal((await browser.post("/register", { ...ann })).status, 303);
  await sending.promise;

  for (const path of ["/", "/verify-email"]) equal((await browser.get(path)).status, 200, path);
  equal((await browser.post("/verify-email", { email })).status, 303);
  equal((await browser.post("/login", { email, password })).status, 303);
  answering.resolve();
});
