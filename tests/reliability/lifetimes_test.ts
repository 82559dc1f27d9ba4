import { inspectRecord } from "@latchkey/login";
import { kvStore } from "@latchkey/login/kv";
import { deepEqual, equal } from "node:assert/strict";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import { makeSite, post, textOf } from "../login/site.ts";
import { BrokenKv } from "../support/broken_kv.ts";
import type { Browser } from "../support/browser.ts";
import { flows } from "../support/flows.ts";
import { ann } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

const { email, password } = ann;

/** Creates something with a lifetime, lets time pass, and returns whether it is still valid. */
type Lives = (world: TestWorld, pass: () => void) => Promise<boolean>;

const isIn = async (browser: Browser) => (await browser.get("/profile")).status === 200;

async function remembered(world: TestWorld): Promise<Browser> {
  await world.ann();
  const browser = world.browser();
  await browser.post("/login", { email, password, remember: "on" });
  browser.restart();
  return browser;
}

const lifetimes: [what: string, lifetime: number, lives: Lives][] = [
  ["a session that is not used", 2 * HOUR, async (world, pass) => {
    const browser = await world.ann();
    pass();
    return await isIn(browser);
  }],
  ["a session that is used every hour", DAY, async (world, pass) => {
    const browser = await world.ann();
    for (let hour = 1; hour < 24; hour++) {
      world.pass(HOUR);
      await browser.get("/profile");
    }
    world.pass(-23 * HOUR);
    pass();
    return await isIn(browser);
  }],
  ["a fresh login", 10 * MINUTE, async (world, pass) => {
    const browser = await world.ann();
    pass();
    return (await browser.get("/account/delete")).status === 200;
  }],
  ["a remembered browser", 30 * DAY, async (world, pass) => {
    const browser = await remembered(world);
    pass();
    return await isIn(browser);
  }],
  ["a remember token that was used by a parallel request", 10 * SECOND, async (world, pass) => {
    const browser = await remembered(world);
    const parallel = browser.copy();
    await browser.get("/profile");
    await browser.get("/profile"); // with its new session
    pass();
    return await isIn(parallel);
  }],
  ["the superseded token of a session that was renewed", MINUTE, async (world, pass) => {
    const browser = await world.ann();
    const late = browser.copy();
    await browser.post("/reauthenticate", { password });
    pass();
    await late.post("/logout"); // until then it means the browser's current session
    return !await isIn(browser);
  }],
  ["the token of a session that a login replaced", MINUTE, async (world, pass) => {
    const browser = await world.ann();
    const late = browser.copy();
    await late.post("/reauthenticate", { password }); // so that the browser has to log in
    await browser.post("/login", { email, password });
    pass();
    await late.post("/logout");
    return !await isIn(browser);
  }],
];

for (const [what, lifetime, lives] of lifetimes) {
  Deno.test(`${what} expires on time, even if the database deletes nothing [REL-R18] [SEC-D13]`, async () => {
    for (const [difference, expected] of [[-SECOND, true], [SECOND, false]] as const) {
      await using world = await TestWorld.create();
      world.broken.neverExpires = true;
      equal(await lives(world, () => world.pass(lifetime + difference)), expected);
    }
  });
}

Deno.test("a guest's data expires after a day, even if the database deletes nothing [REL-R18]", async () => {
  using database = await Deno.openKv(":memory:");
  const broken = new BrokenKv(database);
  broken.neverExpires = true;
  const site = makeSite({ store: kvStore(broken.kv) });
  const guest = site.client();
  await guest.request("/data/cart/apples", post);

  site.pass(DAY - SECOND);
  equal(await textOf(guest, "/data"), '{"cart":"apples"}');
  site.pass(2 * SECOND);
  equal(await textOf(guest, "/data"), "{}");
});

Deno.test("after a month every record except users and passwords has expired [SEC-N9]", async () => {
  for (const flow of flows) {
    await using world = await TestWorld.create({ config: { eventsFor: 30 * DAY } });
    world.broken.neverExpires = true;
    const { browser, act } = await flow.prepare(world);
    await act(browser);

    world.pass(30 * DAY);
    const alive = (await world.dump()).filter(({ key, value }) => {
      const facts = inspectRecord({ key: key.map(String), value }) ?? value as { expiresAt?: Date };
      return !facts.expiresAt || facts.expiresAt > world.now;
    });
    const kinds = new Set(alive.map(({ key }) => key[0]));
    const kept = ["user", "user_by_email", "user_by_time", "user_by_name", "password"];
    for (const kind of kept) kinds.delete(kind);
    deepEqual([...kinds], [], flow.name);
  }
});
