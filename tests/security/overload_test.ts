import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HasherUnavailable } from "../../lib/credential/password_hasher.ts";
import { makeHash } from "../../lib/credential/password_hash.ts";
import { address, fail, heldWorld, right, wrong } from "../support/attempts.ts";
import type { Browser } from "../support/browser.ts";
import { ann, bob } from "../support/people.ts";
import { TIMEOUT } from "../support/timeouts.ts";
import { TestWorld } from "../support/world.ts";

Deno.test("of 200 right logins at once each succeeds or is asked to come back, and none locks the next [REL-R12]", async () => {
  await using world = await TestWorld.create();
  await world.ann();

  const answers = await Promise.all(Array.from({ length: 200 }, () => {
    return world.browser().post("/login", right);
  }));
  const statuses = answers.map((it) => it.status);
  ok(statuses.every((it) => it === 303 || it === 503), String(new Set(statuses)));
  ok(statuses.filter((it) => it === 303).length >= 8);
  for (const answer of answers) {
    if (answer.status === 503) match(answer.headers.get("retry-after") ?? "", /^\d+$/);
  }
  const sessions = (await world.dump()).filter((it) => it.key[0] === "session");
  ok(sessions.length <= 25, `${sessions.length} sessions`);
  equal((await world.browser().post("/login", right)).status, 303);
});

Deno.test("200 wrong guesses at once, and the owner in a known browser among them: five are evaluated, and hers [REL-R13]", async () => {
  await using world = await TestWorld.create();
  const owner = await world.ann();
  await owner.post("/logout");

  const cost = await world.cost(async () => {
    const guesses = Array.from({ length: 200 }, (_, i) => {
      return world.browser(address(i)).post("/login", wrong);
    });
    const [own] = await Promise.all([owner.post("/login", right), ...guesses]);
    equal(own.status, 303);
  });
  equal(cost.hashes, 6);
});

const nothing = { keys: 0, roundTrips: 0, commits: 0, hashes: 0 };

async function turnedAway(attempt: Promise<Response>) {
  const answer = await attempt;
  equal(answer.status, 503);
  equal(answer.headers.get("retry-after"), "5");
}

Deno.test("whoever finds no place is turned away before the database is asked, but for the owner in a known browser [REL-R14]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  const owner = await world.ann();
  await owner.post("/logout");
  held.hold();
  const flood = Array.from({ length: 80 }, (_, i) => {
    const from = i < 40 ? "192.0.2.1" : "192.0.2.2";
    return world.browser(from).post("/login", { ...wrong, email: `user${i}@example.com` });
  });
  await held.untilWaiting(80);

  const cost = await world.cost(async () => {
    await turnedAway(world.browser("192.0.2.3").post("/login", right));
    await turnedAway(world.browser("192.0.2.3").post("/register", { ...bob }));
  });
  deepEqual(cost, nothing);
  const own = owner.post("/login", right);
  await held.untilWaiting(81);
  held.letGo();
  equal((await own).status, 303);
  for (const answer of await Promise.all(flood)) equal(answer.status, 422);
});

Deno.test("one network does not take every place [REL-R14]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  await world.bob();
  held.hold();
  const flood = Array.from({ length: 64 }, (_, i) => {
    const email = `user${i}@example.com`;
    const path = i < 32 ? "/login" : "/register";
    return world.browser().post(path, { ...ann, email });
  });
  await held.untilWaiting(64);

  deepEqual(await world.cost(() => turnedAway(world.browser().post("/login", right))), nothing);
  const elsewhere = world.browser("198.51.100.7").post("/login", { ...bob });
  await held.untilWaiting(65);
  held.letGo();
  equal((await elsewhere).status, 303);
  await Promise.all(flood);
});

Deno.test("whoever floods from browsers that are known for an account of their own takes four places [REL-R14]", async () => {
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
  held.hold();
  const strangers = Array.from({ length: 80 }, (_, i) => {
    const from = i < 40 ? "192.0.2.7" : "192.0.2.8";
    return world.browser(from).post("/login", { ...wrong, email: `user${i}@example.com` });
  });
  await held.untilWaiting(80);

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

Deno.test("more than eight do not wait in turn for one account [REL-R14]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  await world.ann();
  held.hold();
  const crowd = Promise.all(
    Array.from({ length: 20 }, () => world.browser().post("/login", right)),
  );
  await held.untilWaiting(1);
  held.letGo();

  const statuses = (await crowd).map((it) => it.status).sort();
  deepEqual(statuses, [...Array(8).fill(303), ...Array(12).fill(503)]);
});

Deno.test("logins under way in known browsers do not make a new one wait [REL-R12]", async () => {
  const held = await heldWorld();
  await using world = held.world;
  await world.ann();
  const known: Browser[] = [];
  for (let i = 0; i < 6; i++) {
    const browser = world.browser();
    await browser.post("/login", right);
    await browser.post("/logout");
    known.push(browser);
  }
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

Deno.test("an attempt that could not be evaluated is none [REL-R15]", async () => {
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

Deno.test("behind a store that hangs nobody waits for the waits of all before [REL-R10]", async () => {
  await using world = await TestWorld.create();
  world.broken.fault = "hang";
  world.kv.deadline = 500;

  const cost = await world.cost(async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => {
      return world.browser().post("/login", { ...wrong, email: `user${i}@example.com` });
    }));
    for (const answer of answers) equal(answer.status, 503);
  });
  ok(cost.roundTrips <= 2); // the others gave up before the store was asked
  world.broken.fault = "none";
  world.kv.deadline = TIMEOUT;
  equal((await world.browser().post("/login", wrong)).status, 422);
});
