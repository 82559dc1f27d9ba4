import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import type { Browser } from "../support/browser.ts";
import { ann, bob } from "../support/people.ts";
import { test, type TestWorld } from "../support/world.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";

const cookie = "__Host-session";
const isLoggedIn = async (browser: Browser) => (await browser.get("/profile")).status === 200;

async function sessions(world: TestWorld) {
  return (await world.dump()).filter((entry) => entry.key[0] === "session");
}

async function changeUser(world: TestWorld, change: object | null) {
  const entry = (await world.dump()).find((it) => it.key[0] === "user") as Deno.KvEntry<object>;
  if (change) await world.database.set(entry.key, { ...entry.value, ...change });
  else await world.database.delete(entry.key);
}

test("a session unused for two hours is over, to the second [SEC-D11]", async (world) => {
  const early = await world.ann();
  const late = await world.bob();

  world.pass(2 * HOUR - SECOND);
  ok(await isLoggedIn(early));
  world.pass(SECOND);
  ok(!await isLoggedIn(late));
});

test("a session in use is over after a day, to the second [SEC-D12]", async (world) => {
  const browser = await world.ann();

  for (let hour = 1; hour < 24; hour++) {
    world.pass(HOUR);
    ok(await isLoggedIn(browser), `hour ${hour}`);
  }
  world.pass(HOUR - SECOND);
  ok(await isLoggedIn(browser));
  world.pass(SECOND);
  ok(!await isLoggedIn(browser));
});

test("expiry is judged by the record: neither KV nor the browser has to forget [SEC-D13] [SEC-D14]", async (world) => {
  const browser = await world.ann();
  const [entry] = await sessions(world);
  await world.database.set(entry?.key ?? [], entry?.value); // without expireIn: for ever
  const copy = browser.copy();

  world.pass(2 * HOUR);
  ok(!await isLoggedIn(browser));
  ok(!browser.cookies.has(cookie), "the cookie is deleted");
  deepEqual(await sessions(world), [], "and so is the record");
  ok(!await isLoggedIn(copy));
});

test("a session that begins in the future is over; a clock that is a little behind is not [REL-P11]", async (world) => {
  const browser = await world.ann();

  world.pass(-2 * MINUTE);
  ok(await isLoggedIn(browser));
  world.pass(-DAY);
  ok(!await isLoggedIn(browser));
});

test("seenAt is written at most once per interval, by however many requests", async (world) => {
  const browser = await world.ann();
  const commits = async (times: number) =>
    (await world.cost(() =>
      Promise.all(Array.from({ length: times }, () => browser.get("/profile")))
    )).commits;

  equal(await commits(5), 0);
  world.pass(5 * MINUTE);
  equal(await commits(1), 1);
  equal(await commits(5), 0);
});

test("a slow request does not bring an ended session back [FL-C28]", async (world) => {
  const browser = await world.ann();
  const [before] = await sessions(world);
  world.pass(5 * MINUTE);

  // Both read the session; logout deletes it; then the other wants to write that it was seen.
  const tab = browser.copy();
  const [, out] = await Promise.all([tab.get("/"), browser.post("/logout")]);
  equal(out.status, 303);

  deepEqual(await sessions(world), []);
  ok(before);
  ok(!await isLoggedIn(tab));
});

test("raising the user's epoch ends every session", async (world) => {
  const browser = await world.ann();

  await changeUser(world, { epoch: 1 });

  ok(!await isLoggedIn(browser));
  deepEqual(await sessions(world), []);
});

test("a suspended user is refused at once, and the session ends [FL-L14]", async (world) => {
  const browser = await world.ann();
  const copy = browser.copy();

  await changeUser(world, { active: false });
  ok(!await isLoggedIn(browser));
  await changeUser(world, { active: true });
  ok(!await isLoggedIn(copy), "and does not come back");
});

test("a session whose user is gone is dropped [FL-L08]", async (world) => {
  world.allowInvalidData("the user's record is taken away alone");
  const browser = await world.ann();

  await changeUser(world, null);

  ok(!await isLoggedIn(browser));
  deepEqual(await sessions(world), []);
});

test("an id that was not issued here is never adopted [SEC-D9]", async (world) => {
  const browser = await world.ann();
  await browser.post("/logout");
  const planted = `${"A".repeat(22)}.${"A".repeat(22)}.${"A".repeat(43)}`;
  browser.cookies.set(cookie, planted);

  await browser.post("/login", { email: ann.email, password: ann.password });

  notEqual(browser.cookies.get(cookie), planted);
  ok(!JSON.stringify(await world.dump()).includes("A".repeat(22)));
});

test("every login has a new token [FL-C06]", async (world) => {
  const first = await world.ann();
  const token = first.cookies.get(cookie);

  await first.post("/logout");
  await first.post("/login", { email: ann.email, password: ann.password });

  notEqual(first.cookies.get(cookie), token);
});

test("the database holds no token and no password, and what it holds logs nobody in [SEC-D2]", async (world) => {
  const browser = await world.ann();
  const token = browser.cookies.get(cookie) ?? "";
  const [, id, secret] = token.split(".");

  const dump = Deno.inspect(await world.dump(), { depth: 20, strAbbreviateSize: 1e6 });
  ok(dump.includes(id ?? "?"), "the dump is readable");
  ok(!dump.includes(secret ?? "?"));
  ok(!dump.includes(ann.password));

  const [entry] = await sessions(world) as Deno.KvEntry<{ secretDigest: string }>[];
  const forged = world.browser();
  forged.cookies.set(cookie, token.replace(secret ?? "?", entry?.value.secretDigest ?? ""));
  ok(!await isLoggedIn(forged));
  ok(await isLoggedIn(browser), "and the attempt hurts nobody");
});

test("a token proves only the user it names", async (world) => {
  const annsBrowser = await world.ann();
  const bobsBrowser = await world.bob();
  const [annsId] = annsBrowser.cookies.get(cookie)?.split(".") ?? [];
  const [, ...bobs] = bobsBrowser.cookies.get(cookie)?.split(".") ?? [];

  bobsBrowser.cookies.set(cookie, [annsId, ...bobs].join("."));

  ok(!await isLoggedIn(bobsBrowser));
});

test("a user holds 20 sessions: the 21st login ends the oldest [SEC-D23]", async (world) => {
  const browsers = [await world.ann()];
  for (let i = 1; i < 21; i++) {
    world.pass(SECOND);
    const browser = world.browser();
    await browser.post("/login", { email: ann.email, password: ann.password });
    browsers.push(browser);
  }

  equal((await sessions(world)).length, 20);
  ok(!await isLoggedIn(browsers[0] as Browser));
  ok(await isLoggedIn(browsers[1] as Browser));
  ok(await isLoggedIn(browsers[20] as Browser));
});

const junk: [what: string, value: string][] = [
  ["nothing", ""],
  ["a word", "junk"],
  ["a percent sign", "%"],
  ["a broken escape", "%ff%fe"],
  ["quotes", '"a.b.c"'],
  ["dots", "..."],
  ["too many parts", "a.b.c.d"],
  ["raw bytes", "token=é"],
  ["an id with other bits", `YQ.${"A".repeat(21)}B.${"A".repeat(43)}`],
  ["a secret with other bits", `YQ.${"A".repeat(22)}.${"A".repeat(42)}B`],
  ["a user id that is not UTF-8", `_w.${"A".repeat(22)}.${"A".repeat(43)}`],
  ["8 KB", "x".repeat(8192)],
  ["a user with an endless id", `${"YQ".repeat(3000)}.${"A".repeat(22)}.${"A".repeat(43)}`],
];

for (const [what, value] of junk) {
  test(`a session cookie of ${what} is ignored and deleted, at no cost [SEC-D27]`, async (world) => {
    const browser = world.browser();
    browser.cookies.set(cookie, value);

    const cost = await world.cost(async () => equal((await browser.get("/")).status, 200));

    ok(!browser.cookies.has(cookie));
    deepEqual(cost, { keys: 0, roundTrips: 0, commits: 0, hashes: 0 });
  });
}

test("a token counts in its cookie only [SEC-D26]", async (world) => {
  const token = (await world.ann()).cookies.get(cookie) ?? "";
  const other = world.browser();

  equal((await other.get(`/profile?session=${token}`)).status, 302);
  equal((await other.get("/profile", { authorization: `Bearer ${token}` })).status, 302);
  other.cookies.set("session", token);
  equal((await other.get("/profile")).status, 302);
});

test("a broken session record means logged out, for that browser only [SEC-D28]", async (world) => {
  world.allowInvalidData("a session is broken");
  const annsBrowser = await world.ann();
  const [entry] = await sessions(world) as Deno.KvEntry<object>[];
  const bobsBrowser = await world.bob();
  const sound = entry?.value;

  for (
    const broken of ["garbage", 7, [], {}, { ...sound, seenAt: "yesterday" }, { ...sound, v: 9 }]
  ) {
    await world.database.set(entry?.key ?? [], broken);
    ok(!await isLoggedIn(annsBrowser.copy()), Deno.inspect(broken));
    ok(await isLoggedIn(bobsBrowser));
  }
});

test("a broken user record means logged out, and a login that is refused", async (world) => {
  world.allowInvalidData("a user is broken");
  const browser = await world.ann();

  await changeUser(world, { createdAt: "long ago" });

  ok(!await isLoggedIn(browser));
  equal(
    (await world.browser().post("/login", { email: ann.email, password: ann.password })).status,
    422,
  );
});

test("a broken password record means a login that is refused, after one hash", async (world) => {
  world.allowInvalidData("a password is broken");
  await world.ann();
  const entry = (await world.dump()).find((it) => it.key[0] === "password") as Deno.KvEntry<
    { hash: string }
  >;
  const broken = [
    "garbage",
    entry.value.hash.replace("m=8", "m=9999999"),
    entry.value.hash.replace("t=1", "t=99"),
    entry.value.hash.replace("argon2id", "argon2i"),
  ];
  for (const hash of broken) {
    await world.database.set(entry.key, { ...entry.value, hash });
    const cost = await world.cost(async () => {
      equal(
        (await world.browser().post("/login", { email: ann.email, password: ann.password })).status,
        422,
      );
    });
    equal(cost.hashes, 1, hash);
  }
  ok(await isLoggedIn(await world.register(bob)));
});
