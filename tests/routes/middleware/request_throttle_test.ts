import { deepEqual, equal, match, ok } from "node:assert/strict";
import { markCompromised } from "../../../lib/cli/passwords_compromised.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../lib/time.ts";
import {
  address,
  changePassword,
  fail,
  failHourly,
  knownBrowser,
  right,
  spray,
  waitAfter,
  wrong,
} from "../../support/attempts.ts";
import type { Browser } from "../../support/browser.ts";
import { deadRangeService } from "../../support/password_range.ts";
import { ann } from "../../support/people.ts";
import { test, TestWorld } from "../../support/world.ts";

test("five wrong passwords are free, and then each doubles the wait, up to an hour [SEC-C6]", async (world) => {
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

test("a refused attempt says in words how long to wait, and evaluates no password [SEC-C6]", async (world) => {
  await world.ann();
  const stranger = world.browser();
  await fail(stranger, 5);

  const cost = await world.cost(async () => {
    const answer = await stranger.post("/login", right);
    equal(answer.headers.get("cache-control"), "private, no-store");
    deepEqual(answer.headers.getSetCookie(), []);
    const page = await answer.text();
    match(page, /Please try again in 30 seconds\./);
    match(page, /<a class="button" href="\/login">Try again<\/a>/);
    const sent = await stranger.post("/login", { ...right, next: "/account/sessions" });
    match(
      await sent.text(),
      /<a class="button" href="\/login\?next=%2Faccount%2Fsessions">Try again<\/a>/,
    );
  });
  deepEqual(cost, { keys: 12, roundTrips: 6, commits: 0, hashes: 0 });
});

test("after a hundred in a row the right password is not evaluated either, until 30 days have passed [SEC-C6]", async (world) => {
  await world.ann();
  const stranger = world.browser();
  await failHourly(world, () => stranger);

  world.pass(29 * DAY);
  const cost = await world.cost(async () => {
    ok(await waitAfter(await stranger.post("/login", right)) > 0);
  });
  equal(cost.hashes, 0);
  equal(world.events("authn_login_lock").length, 1);
  world.pass(DAY);
  equal((await stranger.post("/login", right)).status, 303);
});

test("a hundred in a row are forgotten when the password is changed", async (world) => {
  const owner = await world.ann();
  const stranger = world.browser();
  await failHourly(world, () => stranger);

  await owner.post("/login", right);
  const password = "a heron stands in the reeds";
  await changePassword(owner, password);
  equal((await stranger.post("/login", { ...right, password })).status, 303);
});

test("a password that is marked as compromised starts a new count, so strangers do not lock the owner out", async (world) => {
  const owner = await knownBrowser(world);
  await failHourly(world, (i) => world.browser(address(i)));

  equal(
    await markCompromised(world.kv, ann.email, () => world.now, world.services.events),
    "marked",
  );
  equal((await owner.post("/login", right)).status, 303);
  await fail(world.browser(address(1)), 5); // and the new count makes strangers wait again
  await waitAfter(await world.browser(address(1)).post("/login", right));
});

for (const [who, count] of [["one instance", 1], ["ten that share the database", 10]] as const) {
  test(`of a hundred wrong passwords at once, five are evaluated by ${who} [SEC-C8]`, async (world) => {
    await world.ann();
    const instances = Array.from({ length: count }, () => world.newInstance());

    const cost = await world.cost(async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => {
        return world.browser(address(i), instances[i % count]).post("/login", wrong);
      }));
      const statuses = answers.map((it) => it.status);
      equal(statuses.filter((it) => it === 422).length, 5);
      ok(statuses.every((it) => it === 422 || it === 429 || it === 503));
    });
    equal(cost.hashes, 5);
  });
}

test("an account that does not exist is counted and answered like one that does [SEC-C1] [SEC-C12]", async (world) => {
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

test("the spellings of one address are one account", async (world) => {
  await world.ann();
  const stranger = world.browser();
  for (const email of ["ann@example.com", "ANN@example.com", " Ann@Example.com "]) {
    await fail(stranger, 1, email);
  }
  await fail(stranger, 2);

  await waitAfter(await stranger.post("/login", right));
});

test("one password for many accounts: after 100 wrong ones a network waits, a minute for each more [SEC-C10]", async (world) => {
  await world.bob();

  for (let i = 0; i < 100; i++) equal((await spray(world, i, "2001:db8::1")).status, 422);
  equal(await waitAfter(await spray(world, 100, "2001:db8::1")), 60);
  await waitAfter(await spray(world, 100, "2001:db8::ffff:1")); // of the same /64
  equal((await spray(world, 100, "2001:db8:0:1::1")).status, 422);
  equal((await spray(world, 101, "192.0.2.9")).status, 422);

  world.pass(MINUTE);
  equal((await spray(world, 102, "2001:db8::1")).status, 422);
  equal(await waitAfter(await spray(world, 103, "2001:db8::1")), 60);
});

test("right logins are not counted: an office of any size may share a network [SEC-C10]", async (world) => {
  await world.ann();

  for (let i = 0; i < 110; i++) equal((await world.browser().post("/login", right)).status, 303);
});

const subnet = (i: number) => `2001:db8:1:${i.toString(16)}::1`; // all of one /48

test("an IPv6 /48 has 400 wrong passwords in all its networks, and one more each 15 seconds [SEC-C10]", async (world) => {
  for (let i = 0; i < 400; i++) equal((await spray(world, i, subnet(i))).status, 422);

  equal(await waitAfter(await spray(world, 400, subnet(400))), 15);
  equal((await spray(world, 401, "2001:db8:2::1")).status, 422);
  world.pass(15 * SECOND);
  const cost = await world.cost(async () =>
    equal((await spray(world, 402, subnet(402))).status, 422)
  );
  deepEqual(cost, { keys: 7, roundTrips: 4, commits: 1, hashes: 1 });
  await waitAfter(await spray(world, 403, subnet(403)));
});

test("a right login takes back only its own attempt from its network and its /48 [SEC-C9]", async (world) => {
  await world.ann();
  const rightAt = async (from: string) =>
    equal((await world.browser(from).post("/login", right)).status, 303);

  for (let i = 0; i < 99; i++) equal((await spray(world, i, subnet(0))).status, 422);
  await rightAt(subnet(0));
  equal((await spray(world, 99, subnet(0))).status, 422);
  await waitAfter(await spray(world, 100, subnet(0)));

  for (let i = 101; i < 400; i++) equal((await spray(world, i, subnet(i))).status, 422);
  await rightAt(subnet(500));
  equal((await spray(world, 400, subnet(400))).status, 422);
  await waitAfter(await spray(world, 401, subnet(401)));
});

test("addresses that a client makes up change nothing [SEC-C11]", async (world) => {
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

test("a success forgives what was wrong before it [SEC-C9]", async (world) => {
  await world.ann();
  for (let round = 0; round < 3; round++) {
    const browser = world.browser();
    await fail(browser, 4);
    equal((await browser.post("/login", right)).status, 303);
  }
  equal(world.events("authn_login_successafterfail").length, 3);
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
  test(`five wrong passwords at the ${what} make every door wait [SEC-A15] [SEC-C14]`, async (world) => {
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

test("an account does not begin with what was tried at its address before", async (world) => {
  await fail(world.browser(address(1)), 5);
  await world.ann();

  equal((await world.browser(address(2)).post("/login", right)).status, 303);
});

test("a count that cannot be taken back does not undo a right login", async (world) => {
  await world.ann();
  await world.browser().post("/login", right); // once in a month a login offers a passkey
  let commits = 0;
  world.broken.fault = (call) => call === "commit" && ++commits === 2 ? "fail" : "none";

  equal((await world.browser().post("/login", right)).status, 303);
  equal(commits, 3);
});

Deno.test("registering is limited for each network, and beyond costs no hash and asks no service outside", async () => {
  const { asked, ...range } = deadRangeService();
  await using world = await TestWorld.create(range);
  const register = (i: number, from: string) =>
    world.browser(from).post("/register", { ...ann, email: `user${i}@example.com` });
  for (let i = 0; i < 300; i++) equal((await register(i, "192.0.2.1")).status, 303);
  equal(asked.length, 300);

  const cost = await world.cost(async () => {
    const answer = await register(300, "192.0.2.1");
    match(await answer.clone().text(), /<h1>Too many registrations<\/h1>/);
    equal(await waitAfter(answer), 12);
  });
  equal(cost.hashes, 0);
  equal(asked.length, 300);
  equal((await register(300, "192.0.2.2")).status, 303);
  world.pass(12 * SECOND);
  equal((await register(301, "192.0.2.1")).status, 303);
});

test("an IPv6 /48 has 1,200 registrations in all its networks, and one more each 3 seconds", async (world) => {
  const register = (i: number) =>
    world.browser(subnet(i)).post("/register", { ...ann, email: `user${i}@example.com` });
  equal((await register(0)).status, 303);
  const counts = (await world.dump()).filter(({ key }) => key[1] === "registration_ipv6_block");
  for (const { key, value } of counts as Deno.KvEntry<object>[]) {
    await world.database.set(key, { ...value, count: 1199 });
  }

  equal((await register(1)).status, 303);
  equal(await waitAfter(await register(2)), 3);
  world.pass(3 * SECOND);
  equal((await register(3)).status, 303);
});

test("what is counted says nothing of whom, and is forgotten: a day after free tries, 30 days after others [SEC-C13]", async (world) => {
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

test("a clock that was set back makes nobody wait for it, and forgets no try [REL-P11]", async (world) => {
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

test("behind a clock that is ahead nobody waits after a try that was free [REL-P11]", async (world) => {
  await world.ann();
  const stranger = world.browser();
  await fail(stranger, 4);
  world.pass(-MINUTE);
  equal((await stranger.post("/login", right)).status, 303);
});

test("a network does not wait for a clock that was set back either [REL-P11]", async (world) => {
  for (let i = 0; i < 100; i++) equal((await spray(world, i)).status, 422);
  equal((await spray(world, 100)).status, 429);

  world.pass(-HOUR);
  equal((await spray(world, 101)).status, 422);
});

test("broken counters count as none, and break no login", async (world) => {
  world.allowInvalidData("the counters are broken");
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
