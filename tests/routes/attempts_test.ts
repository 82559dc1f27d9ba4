import { deepEqual, equal, match, ok } from "node:assert/strict";
import { makeHash } from "../../lib/account/hash.ts";
import { HasherUnavailable } from "../../lib/account/password_hasher.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import { BrokenKv } from "../support/broken_kv.ts";
import type { Browser } from "../support/browser.ts";
import { ann, bob } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

const wrong = { email: ann.email, password: "not her password" };
const right = { email: ann.email, password: ann.password };

/** An address of its own for each number. */
const address = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;

async function fail(browser: Browser, times: number, email = ann.email) {
  for (let i = 0; i < times; i++) {
    equal((await browser.post("/login", { ...wrong, email })).status, 422, `wrong ${i + 1}`);
  }
}

async function waitAfter(answer: Response): Promise<number> {
  equal(answer.status, 429);
  await answer.body?.cancel();
  return Number(answer.headers.get("retry-after"));
}

Deno.test("C6 five wrong passwords are free, and then each doubles the wait, up to an hour", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const stranger = world.browser();

  await fail(stranger, 5);
  for (const seconds of [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]) {
    equal(await waitAfter(await stranger.post("/login", right)), seconds);
    world.pass((seconds - 1) * SECOND);
    equal(await waitAfter(await stranger.post("/login", right)), 1);
    world.pass(SECOND);
    await fail(stranger, 1);
  }
  world.pass(HOUR);
  equal((await stranger.post("/login", right)).status, 303);
});

Deno.test("C6 whoever has to wait is told how long, in words, and no password is evaluated", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const stranger = world.browser();
  await fail(stranger, 5);

  const cost = await world.cost(async () => {
    const answer = await stranger.post("/login", right);
    equal(answer.headers.get("cache-control"), "private, no-store");
    deepEqual(answer.headers.getSetCookie(), []);
    const page = await answer.text();
    match(page, /Please try again in 30 seconds\./);
    match(page, /<a href="\/login">Try again<\/a>/);
    const sent = await stranger.post("/login", { ...right, next: "/account/sessions" });
    match(await sent.text(), /<a href="\/login\?next=%2Faccount%2Fsessions">Try again<\/a>/);
  });
  deepEqual(cost, { keys: 4, roundTrips: 2, commits: 0, hashes: 0 });
});

Deno.test("C6 N§3.2.2 after a hundred in a row the right password is not evaluated either, until 30 days have passed", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const stranger = world.browser();
  for (let i = 0; i < 100; i++) {
    await fail(stranger, 1);
    world.pass(HOUR);
  }

  world.pass(29 * DAY);
  const cost = await world.cost(async () => {
    ok(await waitAfter(await stranger.post("/login", right)) > 0);
  });
  equal(cost.hashes, 0);
  equal(world.logged.filter((it) => it.event === "authn_login_lock").length, 1);
  world.pass(DAY);
  equal((await stranger.post("/login", right)).status, 303);
});

Deno.test("a hundred in a row are forgotten when the password is changed", async () => {
  await using world = await TestWorld.create();
  const owner = await world.ann();
  const stranger = world.browser();
  for (let i = 0; i < 100; i++) {
    await fail(stranger, 1);
    world.pass(HOUR);
  }

  await owner.post("/login", right);
  const password = "a heron stands in the reeds";
  await owner.post("/account/password", { current_password: ann.password, password });
  equal((await stranger.post("/login", { ...right, password })).status, 303);
});

Deno.test("C8 of a hundred wrong passwords at once, five are evaluated", async () => {
  await using world = await TestWorld.create();
  await world.ann();

  const cost = await world.cost(async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => {
      return world.browser(address(i)).post("/login", wrong);
    }));
    const statuses = answers.map((it) => it.status);
    equal(statuses.filter((it) => it === 422).length, 5);
    ok(statuses.every((it) => it === 422 || it === 429 || it === 503));
  });
  equal(cost.hashes, 5);
});

Deno.test("C8 instances that share the database evaluate five between them", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const instances = Array.from({ length: 10 }, () => world.newInstance());

  const cost = await world.cost(() =>
    Promise.all(Array.from({ length: 100 }, (_, i) => {
      return world.browser(address(i), instances[i % 10]).post("/login", wrong);
    }))
  );
  equal(cost.hashes, 5);
});

Deno.test("C1 C12 an account that does not exist is counted and answered like one that does", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const answersFor = async (email: string) => {
    const browser = world.browser();
    const answers: unknown[] = [];
    for (let i = 0; i < 7; i++) {
      const cost = await world.cost(async () => {
        const answer = await browser.post("/login", { ...wrong, email });
        const body = (await answer.text()).replaceAll(email, "…");
        answers.push([answer.status, [...answer.headers], body]);
      });
      answers.push(cost);
    }
    return answers;
  };

  const known = await answersFor(ann.email);
  deepEqual(await answersFor("nobody@example.com"), known);
  deepEqual(await answersFor("not an address"), known);
});

Deno.test("the spellings of one address are one account", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const stranger = world.browser();
  for (const email of ["ann@example.com", "ANN@example.com", " Ann@Example.com "]) {
    await fail(stranger, 1, email);
  }
  await fail(stranger, 2);

  await waitAfter(await stranger.post("/login", right));
});

Deno.test("C10 one password for many accounts: after 100 wrong ones a network waits, a minute for each more", async () => {
  await using world = await TestWorld.create();
  await world.bob();
  const spray = (i: number, from: string) =>
    world.browser(from).post("/login", { email: `user${i}@example.com`, password: "Summer 2026" });

  for (let i = 0; i < 100; i++) equal((await spray(i, "2001:db8::1")).status, 422);
  equal(await waitAfter(await spray(100, "2001:db8::1")), 60);
  await waitAfter(await spray(100, "2001:db8::ffff:1")); // of the same /64
  equal((await spray(100, "2001:db8:0:1::1")).status, 422);
  equal((await spray(101, "192.0.2.9")).status, 422);

  world.pass(MINUTE);
  equal((await spray(102, "2001:db8::1")).status, 422);
  equal(await waitAfter(await spray(103, "2001:db8::1")), 60);
});

Deno.test("C10 whoever logs in is not counted: an office of any size may share a network", async () => {
  await using world = await TestWorld.create();
  await world.ann();

  for (let i = 0; i < 110; i++) equal((await world.browser().post("/login", right)).status, 303);
});

Deno.test("C11 addresses that a client makes up change nothing", async () => {
  await using world = await TestWorld.create();
  const browser = world.browser();

  const statuses = [];
  for (let i = 0; i < 110; i++) {
    const headers = {
      "x-forwarded-for": address(i),
      "x-real-ip": address(i),
      forwarded: `for=${address(i)}`,
    };
    const email = `user${i}@example.com`;
    statuses.push((await browser.post("/login", { ...wrong, email }, headers)).status);
  }
  deepEqual(statuses, [...Array(100).fill(422), ...Array(10).fill(429)]);
});

Deno.test("C7 five thousand guesses from 500 addresses leave the owner's own browser alone", async () => {
  await using world = await TestWorld.create();
  const owner = await world.ann();
  await owner.post("/logout");

  let evaluated = 0;
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 500; i++) {
      const { status } = await world.browser(address(i)).post("/login", wrong);
      if (status === 422) evaluated++;
      else equal(status, 429);
    }
    world.pass(10 * SECOND);
  }

  ok(evaluated <= 7, `${evaluated} evaluated`);
  await waitAfter(await world.browser("198.51.100.1").post("/login", right));
  equal((await owner.post("/login", right)).status, 303);
});

Deno.test("C7 a known browser has five tries of its own, and then waits like everybody", async () => {
  await using world = await TestWorld.create();
  const owner = await world.ann();
  await owner.post("/logout");
  const stranger = world.browser(address(1));
  await fail(stranger, 5);

  await fail(owner, 5);
  equal(await waitAfter(await owner.post("/login", right)), 30);
  world.pass(30 * SECOND);
  equal((await owner.post("/login", right)).status, 303);
});

Deno.test("C7 a browser is known for the account that was logged in to, and no other", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const thief = await world.bob();
  await thief.post("/logout");
  const stranger = world.browser(address(1));
  await fail(stranger, 5);

  await waitAfter(await thief.post("/login", right));
  equal((await thief.post("/login", { ...bob })).status, 303);
});

Deno.test("C9 a success in a known browser does not give the others new tries", async () => {
  await using world = await TestWorld.create();
  const owner = await world.ann();
  await owner.post("/logout");
  const stranger = world.browser(address(1));
  await fail(stranger, 5);

  equal((await owner.post("/login", right)).status, 303);
  equal(await waitAfter(await stranger.post("/login", right)), 30);
});

Deno.test("C9 a success forgives what was wrong before it", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  for (let round = 0; round < 3; round++) {
    const browser = world.browser();
    await fail(browser, 4);
    equal((await browser.post("/login", right)).status, 303);
  }
  equal(
    world.logged.filter((it) => it.event === "authn_login_successafterfail").length,
    3,
  );
});

const doors: [what: string, act: (browser: Browser) => Promise<Response>][] = [
  ["login", (browser) => browser.post("/login", wrong)],
  ["reauthentication", (browser) => browser.post("/reauthenticate", { password: "wrong" })],
  ["change of the password", (browser) => {
    const password = "a heron stands in the reeds";
    return browser.post("/account/password", { current_password: "wrong", password });
  }],
];

for (const [what, act] of doors) {
  Deno.test(`A15 C14 five wrong passwords at the ${what} make every door wait`, async () => {
    await using world = await TestWorld.create();
    const owner = await world.ann();
    const guesser = what === "login" ? await loggedOut(owner) : owner;
    for (let i = 0; i < 5; i++) equal((await act(guesser)).status, 422);

    for (const [other, attempt] of doors) {
      if (other === "login") {
        await waitAfter(await (await loggedOut(guesser)).post("/login", right));
        await waitAfter(await world.browser(address(1)).post("/login", right));
      } else if (what !== "login") {
        await waitAfter(await attempt(owner));
      }
    }
  });
}

async function loggedOut(browser: Browser): Promise<Browser> {
  const other = browser.copy() as Browser;
  other.cookies.delete("__Host-session");
  return await Promise.resolve(other);
}

Deno.test("R12 of 200 right logins at once each succeeds or is asked to come back, and none locks the next", async () => {
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

Deno.test("R13 200 wrong guesses at once, and the owner in a known browser among them: five are evaluated, and hers", async () => {
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

/** A world in which hashes wait, once they are told to, until they are let go. */
async function heldWorld() {
  const gate = Promise.withResolvers<void>();
  let waiting: number | null = null;
  const world = await TestWorld.create({
    hash: async (job) => {
      if (waiting === null) return await makeHash(job);
      waiting++;
      await gate.promise;
      return await makeHash(job);
    },
  });
  return {
    world,
    hold: () => waiting = 0,
    letGo: gate.resolve,
    async untilWaiting(count: number) {
      while (waiting !== count) await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}

const nothing = { keys: 0, roundTrips: 0, commits: 0, hashes: 0 };

async function turnedAway(attempt: Promise<Response>) {
  const answer = await attempt;
  equal(answer.status, 503);
  equal(answer.headers.get("retry-after"), "5");
}

Deno.test("R14 whoever finds no place is turned away before the database is asked, but for the owner in a known browser", async () => {
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

Deno.test("R14 one network does not take every place", async () => {
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

Deno.test("R14 whoever floods from browsers that are known for an account of their own takes four places", async () => {
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

Deno.test("R14 more than eight do not wait in turn for one account", async () => {
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

Deno.test("R12 logins under way in known browsers do not make a new one wait", async () => {
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

Deno.test("R12 sixty people of one office log in at once", async () => {
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

Deno.test("C6 whoever knew a former password is a stranger, however many browsers they logged in with", async () => {
  await using world = await TestWorld.create();
  const owner = await world.ann();
  const former: Browser[] = [];
  for (let i = 0; i < 10; i++) {
    const browser = world.browser();
    await browser.post("/login", right);
    await browser.post("/logout");
    former.push(browser);
  }
  const password = "a heron stands in the reeds";
  await owner.post("/account/password", { current_password: ann.password, password });

  const cost = await world.cost(async () => {
    for (const browser of former) await browser.post("/login", right);
  });
  equal(cost.hashes, 5);
  await owner.post("/logout");
  equal((await owner.post("/login", { ...right, password })).status, 303);
});

Deno.test("a known browser that was closed is open again when the password was changed elsewhere", async () => {
  await using world = await TestWorld.create();
  const desk = await world.ann();
  const phone = world.browser();
  await phone.post("/login", right);
  await phone.post("/logout");
  for (let i = 0; i < 100; i++) {
    await fail(phone, 1);
    world.pass(HOUR);
  }
  equal(world.logged.filter((it) => it.event === "authn_login_lock").length, 1);
  ok(await waitAfter(await phone.post("/login", right)) > DAY / SECOND);

  await desk.post("/login", right);
  const password = "a heron stands in the reeds";
  await desk.post("/account/password", { current_password: ann.password, password });
  equal((await phone.post("/login", { ...right, password })).status, 303);
});

Deno.test("the owner's success in a known browser does not prolong what others wait for", async () => {
  await using world = await TestWorld.create();
  const owner = await world.ann();
  await owner.post("/logout");
  const stranger = world.browser(address(1));
  await fail(stranger, 5);

  world.pass(29 * SECOND);
  equal((await owner.post("/login", right)).status, 303);
  equal(await waitAfter(await stranger.post("/login", right)), 1);
});

Deno.test("wrong passwords in a known browser count for the account as well", async () => {
  await using world = await TestWorld.create();
  const owner = await world.ann();
  await owner.post("/logout");
  await fail(owner, 3);
  const stranger = world.browser(address(1));
  await fail(stranger, 2);

  equal(await waitAfter(await stranger.post("/login", right)), 30);
});

Deno.test("an account does not begin with what was tried at its address before", async () => {
  await using world = await TestWorld.create();
  await fail(world.browser(address(1)), 5);
  await world.ann();

  equal((await world.browser(address(2)).post("/login", right)).status, 303);
});

Deno.test("R15 an attempt that could not be evaluated is none", async () => {
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

Deno.test("a count that cannot be taken back does not undo a right login", async () => {
  const breakable: { broken?: BrokenKv } = {};
  await using world = await TestWorld.create({
    wrapKv: (kv) => (breakable.broken = new BrokenKv(kv)).kv,
  });
  await world.ann();
  let commits = 0;
  (breakable.broken as BrokenKv).fault = (call) =>
    call === "commit" && ++commits === 2 ? "fail" : "none";

  equal((await world.browser().post("/login", right)).status, 303);
  equal(commits, 3);
});

Deno.test("whoever has to wait to register makes no service outside be asked", async () => {
  const asked: unknown[] = [];
  const elsewhere = ((url: unknown) => (asked.push(url), Promise.reject(new TypeError()))) as never;
  await using world = await TestWorld.create({
    config: { passwordRangeUrl: "https://range.example" },
    fetch: elsewhere,
  });
  const register = (i: number) =>
    world.browser().post("/register", { ...ann, email: `user${i}@example.com` });
  for (let i = 0; i < 100; i++) equal((await register(i)).status, 303);
  equal(asked.length, 100);

  equal((await register(100)).status, 429);
  equal(asked.length, 100);
});

Deno.test("registering is limited for each network, and costs no hash beyond", async () => {
  await using world = await TestWorld.create();
  const register = (i: number, from: string) =>
    world.browser(from).post("/register", { ...ann, email: `user${i}@example.com` });
  for (let i = 0; i < 100; i++) equal((await register(i, "192.0.2.1")).status, 303);

  const cost = await world.cost(async () => {
    const answer = await register(100, "192.0.2.1");
    match(await answer.clone().text(), /<h1>Too many registrations<\/h1>/);
    equal(await waitAfter(answer), 60);
  });
  equal(cost.hashes, 0);
  equal((await register(100, "192.0.2.2")).status, 303);
  world.pass(MINUTE);
  equal((await register(101, "192.0.2.1")).status, 303);
});

Deno.test("C13 what is counted says nothing of whom, and is forgotten: a day after free tries, 30 days after others", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const stranger = world.browser();
  await fail(stranger, 4);
  await fail(stranger, 1, "her password, typed into the wrong field");

  const counted = (await world.dump()).filter((it) => it.key[0] === "rate");
  ok(counted.length > 0);
  const text = JSON.stringify(counted);
  ok(!text.includes("ann") && !text.includes("wrong") && !text.includes("192.0.2"));

  world.pass(DAY); // KV never expires anything here: the dates are what counts
  await fail(stranger, 5);
  world.pass(29 * DAY);
  await fail(stranger, 1);
  equal(await waitAfter(await stranger.post("/login", wrong)), 60);
  world.pass(30 * DAY);
  await fail(stranger, 5);
});

Deno.test("P11 a clock that was set back makes nobody wait for it, and forgets no try", async () => {
  await using world = await TestWorld.create();
  await world.ann();
  const stranger = world.browser();
  await fail(stranger, 5);

  world.pass(-4 * MINUTE); // as the clock of another machine may be
  equal(await waitAfter(await stranger.post("/login", right)), 30);
  world.pass(-400 * DAY);
  await fail(stranger, 1);
  equal(await waitAfter(await stranger.post("/login", right)), 60);
  world.pass(MINUTE);
  equal((await stranger.post("/login", right)).status, 303);
});

Deno.test("P11 a network does not wait for a clock that was set back either", async () => {
  await using world = await TestWorld.create();
  const spray = (i: number) =>
    world.browser().post("/login", { email: `user${i}@example.com`, password: "Summer 2026" });
  for (let i = 0; i < 100; i++) equal((await spray(i)).status, 422);
  equal((await spray(100)).status, 429);

  world.pass(-HOUR);
  equal((await spray(101)).status, 422);
});

Deno.test("broken counters count as none, and break no login", async () => {
  await using world = await TestWorld.create();
  world.expectBrokenData("the counters are broken");
  await world.ann();
  const stranger = world.browser();
  await fail(stranger, 5);
  const never = new Date(NaN);
  const broken = ["nonsense", null, { v: 1, count: 3, at: never, expiresAt: never }, {
    v: 1,
    count: -1000,
    at: world.now,
    expiresAt: new Date(world.now.getTime() + DAY),
  }];
  for (const value of broken) {
    for (const { key } of (await world.dump()).filter((it) => it.key[0] === "rate")) {
      await world.database.set(key, value);
    }
    equal((await stranger.post("/login", wrong)).status, 422);
  }
});
