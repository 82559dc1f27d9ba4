import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HasherUnavailable, HashTimedOut } from "../../lib/credential/hasher_unavailable.ts";
import { makeHash } from "../../lib/credential/hash_algorithms.ts";
import {
  address,
  anotherKnownBrowser,
  fail,
  heldWorld,
  knownBrowser,
  right,
  spray,
  wrong,
} from "../support/attempts.ts";
import type { Browser } from "../support/browser.ts";
import { ann, bob } from "../support/people.ts";
import { Kv } from "../../lib/kv/kv.ts";
import { SECOND } from "../../lib/time.ts";
import { eventually } from "../support/timeouts.ts";
import { test, TestWorld } from "../support/world.ts";

test("of 200 right logins at once each succeeds or answers 503, and the next one succeeds [REL-R12]", async (world) => {
  await world.ann();

  const answers = await Promise.all(Array.from({ length: 200 }, () => {
    return world.browser().post("/login", right);
  }));
  const statuses = answers.map((it) => it.status);
  ok(statuses.every((it) => it === 303 || it === 503), String(new Set(statuses)));
  ok(statuses.filter((it) => it === 303).length >= 64); // what one network may have under way
  for (const answer of answers) {
    if (answer.status === 503) match(answer.headers.get("retry-after") ?? "", /^\d+$/);
  }
  const sessions = (await world.dump()).filter((it) => it.key[0] === "session");
  ok(sessions.length <= 25, `${sessions.length} sessions`);
  equal((await world.browser().post("/login", right)).status, 303);
});

test("of 200 guesses at once five are evaluated, and the owner's login with a device cookie among them succeeds [REL-R13]", async (world) => {
  const owner = await knownBrowser(world);

  const cost = await world.cost(async () => {
    const guesses = Array.from({ length: 200 }, (_, i) => {
      return world.browser(address(i)).post("/login", wrong);
    });
    const [own] = await Promise.all([owner.post("/login", right), ...guesses]);
    equal(own.status, 303);
  });
  equal(cost.hashes, 6);
});

/** Eighty wrong logins whose hashes are under way. */
async function floodOf80(
  held: Awaited<ReturnType<typeof heldWorld>>,
  from: (i: number) => string,
): Promise<Promise<Response>[]> {
  held.hold();
  const flood = Array.from({ length: 80 }, (_, i) => spray(held.world, i, from(i)));
  await held.untilWaiting(80);
  return flood;
}

const nothing = { keys: 0, roundTrips: 0, commits: 0, hashes: 0 };

async function isRefused(attempt: Promise<Response>) {
  const answer = await attempt;
  equal(answer.status, 503);
  equal(answer.headers.get("retry-after"), "5");
}

Deno.test("beyond 80 attempts at once the next is refused before the database is asked, but not the owner's with a device cookie [REL-R14]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  const owner = await knownBrowser(world);
  const flood = await floodOf80(held, (i) => i < 40 ? "192.0.2.1" : "192.0.2.2");

  const cost = await world.cost(async () => {
    await isRefused(world.browser("192.0.2.3").post("/login", right));
    await isRefused(world.browser("192.0.2.3").post("/register", { ...bob }));
  });
  deepEqual(cost, nothing);
  const own = owner.post("/login", right);
  await held.untilWaiting(81);
  held.letGo();
  equal((await own).status, 303);
  for (const answer of await Promise.all(flood)) equal(answer.status, 422);
});

const limits: [what: string, limit: number, from: (i: number) => string, elsewhere: string][] = [
  ["one network has", 64, () => "192.0.2.1", "198.51.100.7"],
  ["an IPv6 /48 has, in all its networks,", 72, (i) => `2001:db8:1:${i}::1`, "2001:db8:2::1"],
];

for (const [what, limit, from, elsewhere] of limits) {
  Deno.test(`${what} at most ${limit} attempts under way [REL-R14]`, async () => {
    const held = await heldWorld();
    await using world = held.world;
    await world.bob();
    held.hold();
    const flood = Array.from({ length: limit }, (_, i) => {
      const path = i < 32 ? "/login" : "/register";
      return world.browser(from(i % 2)).post(path, { ...ann, email: `user${i}@example.com` });
    });
    await held.untilWaiting(limit);

    const refused = () => isRefused(world.browser(from(2)).post("/login", right));
    deepEqual(await world.cost(refused), nothing);
    const other = world.browser(elsewhere).post("/login", { ...bob });
    await held.untilWaiting(limit + 1);
    held.letGo();
    equal((await other).status, 303);
    await Promise.all(flood);
  });
}

const sources: [what: string, from: (i: number) => string, slots: number][] = [
  ["one network", () => "198.51.100.2", 4],
  ["one IPv6 /48", (i) => `2001:db8:1:${i}::1`, 8],
];

for (const [what, from, slots] of sources) {
  Deno.test(`a flood with device cookies of many accounts from ${what} gets ${slots} of the reserved slots [REL-R14]`, async () => {
    const held = await heldWorld();
    await using world = held.world;
    const people = Array.from({ length: 13 }, (_, i) => {
      return { ...ann, email: `known${i}@example.com`, browser: world.browser(from(i)) };
    });
    people.push({ ...ann, browser: world.browser("203.0.113.9") });
    for (const { browser, ...person } of people) {
      equal((await browser.post("/register", person)).status, 303);
      await browser.post("/logout");
    }
    const strangers = await floodOf80(held, address);

    const logins = people.map(({ browser, ...person }) => browser.post("/login", person));
    await held.untilWaiting(80 + slots + 1);
    held.letGo();
    const statuses = (await Promise.all(logins)).map((it) => it.status);
    equal(statuses.pop(), 303, "the one from elsewhere");
    deepEqual(statuses.sort(), [...Array(slots).fill(303), ...Array(13 - slots).fill(503)]);
    await Promise.all(strangers);
  });
}

Deno.test("a flood with device cookies of one account gets four of the reserved slots [REL-R14]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  const owner = world.browser("198.51.100.1");
  await owner.post("/register", { ...ann });
  const flooders = [await world.bob()];
  for (let i = 0; i < 11; i++) {
    flooders.push(world.browser(address(i)));
    equal((await (flooders.at(-1) as Browser).post("/login", { ...bob })).status, 303);
  }
  for (const browser of [owner, ...flooders]) await browser.post("/logout");
  const strangers = await floodOf80(held, (i) => i < 40 ? "192.0.2.7" : "192.0.2.8");

  const flood = flooders.map((it) => it.post("/login", { ...bob }));
  await held.untilWaiting(84);
  const elsewhere = owner.post("/login", right);
  await held.untilWaiting(85);
  held.letGo();
  equal((await elsewhere).status, 303);
  const statuses = (await Promise.all(flood)).map((it) => it.status).sort();
  deepEqual(statuses, [...Array(4).fill(303), ...Array(8).fill(503)]);
  await Promise.all(strangers);
});

Deno.test("twenty right logins to one account at once all succeed, one after the other [REL-R12]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  await world.ann();
  held.hold();
  const crowd = Array.from({ length: 20 }, () => world.browser().post("/login", right));
  await held.untilWaiting(1);
  held.letGo();

  for (const answer of await Promise.all(crowd)) equal(answer.status, 303);
});

Deno.test("sixteen right logins to one account at once all succeed, though the last one waits for the hashes of all others [REL-R12]", async () => {
  await using world = await TestWorld.create({
    hash: async (job) => {
      await new Promise((resolve) => setTimeout(resolve, 120)); // as long as a real one
      return await makeHash(job);
    },
  });
  await world.ann();
  const kv = new Kv(world.broken.kv, { deadline: SECOND });
  const app = world.newInstance(kv);
  const crowd = Array.from(
    { length: 16 },
    () => world.browser(undefined, app).post("/login", right),
  );

  for (const answer of await Promise.all(crowd)) equal(answer.status, 303);
});

Deno.test("logins under way with device cookies do not make a login without one wait [REL-R12]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  await world.ann();
  const known: Browser[] = [];
  for (let i = 0; i < 6; i++) known.push(await anotherKnownBrowser(world));
  held.hold();
  const logins = known.map((it) => it.post("/login", right));
  await held.untilWaiting(6);
  const another = world.browser().post("/login", right);
  await held.untilWaiting(7);
  held.letGo();

  for (const answer of await Promise.all([...logins, another])) equal(answer.status, 303);
});

Deno.test("sixty people of one office log in at once [REL-R12]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  const people = Array.from({ length: 60 }, (_, i) => ({ ...ann, email: `user${i}@example.com` }));
  for (const person of people) {
    equal((await world.browser().post("/register", person)).status, 303);
  }
  held.hold();
  const logins = people.map((person) => world.browser().post("/login", { ...person }));
  await held.untilWaiting(60);
  held.letGo();

  for (const answer of await Promise.all(logins)) equal(answer.status, 303);
});

Deno.test("an attempt that could not be evaluated does not count [REL-R15]", async () => {
  let broken = false;
  await using world = await TestWorld.create({
    hash: (job) => broken ? Promise.reject(new HasherUnavailable("dead")) : makeHash(job),
  });
  await world.ann();
  const browser = world.browser();
  broken = true;
  for (let i = 0; i < 10; i++) equal((await browser.post("/login", right)).status, 503);

  broken = false;
  await fail(browser, 4);
  equal((await browser.post("/login", right)).status, 303);
});

Deno.test("an attempt whose hash took too long counts, because it held up all others", async () => {
  let slow = false;
  await using world = await TestWorld.create({
    hash: (job) => slow ? Promise.reject(new HashTimedOut("slow")) : makeHash(job),
  });
  await world.ann();
  const browser = world.browser();
  slow = true;
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await browser.post("/login", right)).status);

  deepEqual(statuses, [503, 503, 503, 503, 503, 429]);
});

test("while the database hangs an attempt waits for those before it only for a while [REL-R10]", async (world) => {
  const kv = new Kv(world.broken.kv, { deadline: 500 });
  const impatient = world.newInstance(kv);
  const attempt = (email: string) =>
    world.browser("192.0.2.1", impatient).post("/login", { ...wrong, email });
  world.broken.fault = (call) => call === "commit" ? "hang" : "none";

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => attempt(`user${i}@example.com`)),
  );
  for (const answer of answers) equal(answer.status, 503);
  ok(kv.count.commits <= 2, `${kv.count.commits}`); // the others gave up before they counted
  world.broken.fault = "none";
  await eventually(async () => (await attempt(ann.email)).status === 422);
});
