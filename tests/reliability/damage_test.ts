import { deepEqual, equal, match, ok } from "node:assert/strict";
import { checkStore } from "../../lib/cli/kv_check.ts";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import { countHashes } from "../../lib/cli/passwords_report.ts";
import { RecordCorrupt } from "../../lib/kv/kv.ts";
import type { Browser } from "../support/browser.ts";
import { damageRecord } from "../support/damage.ts";
import { ann } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

const { email, password } = ann;

/** Ann at two browsers, Bob at one, and the database in a file that can be damaged. */
async function inhabited() {
  const folder = await Deno.makeTempDir({ prefix: "latchkey-" });
  const path = `${folder}/latchkey.db`;
  const world = await TestWorld.create({ path });
  world.allowInvalidData("the file is damaged");
  const bob = await world.bob();
  const before = new Set((await world.dump()).map(({ key }) => key.join()));
  const phone = await world.ann();
  const desk = world.browser();
  await desk.post("/login", { email, password, remember: "on" });
  const own = (await world.dump()).map(({ key }) => key).filter((key) => !before.has(key.join()));
  const keys = (kind: string) => own.filter((key) => key[0] === kind);
  return {
    world,
    path,
    bob,
    phone,
    desk,
    keys,
    /** The lines in which the check names Ann's damaged records of a kind. */
    names: (kind: string) => keys(kind).map((key) => `damaged ${key.join(" ")}`),
    /** Damages all of Ann's records of a kind. */
    damage: (kind: string) => keys(kind).forEach((key) => damageRecord(path, key)),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function repair(world: TestWorld): Promise<void> {
  for await (const finding of checkStore(world.kv, world.now)) await finding.repair?.commit();
}

const statusOf = async (browser: Browser, path = "/profile") => (await browser.get(path)).status;

interface Outcome {
  readonly kind: string;
  readonly phone: number;
  /** Where the remember cookie is all that is left. */
  readonly restartedDesk: number;
  readonly login: number;
  /** What the login form answers after `kv:check --repair`. */
  readonly repairedLogin: number;
}

const outcomes: readonly Outcome[] = [
  { kind: "user", phone: 500, restartedDesk: 500, login: 500, repairedLogin: 500 },
  { kind: "password", phone: 200, restartedDesk: 200, login: 500, repairedLogin: 500 },
  { kind: "user_by_email", phone: 200, restartedDesk: 200, login: 500, repairedLogin: 303 },
  { kind: "session", phone: 500, restartedDesk: 500, login: 500, repairedLogin: 303 },
  { kind: "remember", phone: 200, restartedDesk: 500, login: 303, repairedLogin: 303 },
];

for (const { kind, phone, restartedDesk, login, repairedLogin } of outcomes) {
  Deno.test(`a damaged ${kind} record fails the requests that need it with 500, and nobody else's [REL-R29] [SEC-D28]`, async () => {
    await using it = await inhabited();
    const { world, bob } = it;
    it.damage(kind);
    it.desk.restart();
    const cookies = [it.phone, it.desk].map((browser) => new Map(browser.cookies));

    // Side by side: all of them are read in one call.
    const [onPhone, onDesk, ...bobs] = await Promise.all([
      statusOf(it.phone),
      statusOf(it.desk),
      ...Array.from({ length: 5 }, () => statusOf(bob.copy())),
    ]);
    deepEqual([onPhone, onDesk], [phone, restartedDesk]);
    deepEqual(new Set(bobs), new Set([200]));
    if (phone === 500) deepEqual(it.phone.cookies, cookies[0]);
    if (restartedDesk === 500) deepEqual(it.desk.cookies, cookies[1]);
    equal((await world.browser().post("/login", { email, password })).status, login);
    equal(await statusOf(bob, "/account/sessions"), 200);

    const failures = [phone, restartedDesk, login].filter((status) => status === 500);
    const lines = world.logged.filter(({ event }) => event === "record_corrupt");
    deepEqual(
      lines.map(({ level, facts }) => [level, facts.reason]),
      failures.map(() => ["critical", kind]),
    );
  });

  Deno.test(
    `the check names each damaged ${kind} record once, and ${
      repairedLogin === 303 ? "repairs it" : "leaves it to a person"
    } [REL-R29]`,
    async () => {
      await using it = await inhabited();
      const { world } = it;
      it.damage(kind);

      deepEqual(await world.findings(), it.names(kind));
      await repair(world);
      deepEqual(await world.findings(), repairedLogin === 303 ? [] : it.names(kind));
      const again = world.browser();
      equal((await again.post("/login", { email, password })).status, repairedLogin);
      if (repairedLogin === 303) equal(await statusOf(again, "/account/sessions"), 200);
    },
  );
}

Deno.test("the page of a request that needs a damaged record has the request id of the critical line [REL-R29]", async () => {
  await using it = await inhabited();
  it.damage("session");

  const answer = await it.phone.get("/profile");
  equal(answer.status, 500);
  deepEqual(answer.headers.getSetCookie(), []);
  const page = await answer.text();
  match(page, /Something went wrong/);
  const [line] = it.world.logged.filter(({ event }) => event === "record_corrupt");
  ok(page.includes(String(line?.facts.requestId)));
  const said = it.world.logged.map(({ event }) => event);
  ok(!said.includes("request_failed"), "one line is enough");
});

Deno.test("one damaged session fails the list of its user's sessions only [REL-R29]", async () => {
  await using it = await inhabited();
  const { world, bob } = it;
  const third = world.browser();
  await third.post("/login", { email, password });
  it.damage("session"); // those before it

  equal(await statusOf(third), 200);
  equal(await statusOf(third, "/account/sessions"), 500);
  equal(await statusOf(bob, "/account/sessions"), 200);
  await repair(world);
  equal(await statusOf(third, "/account/sessions"), 200);
});

Deno.test("of reads side by side a damaged value fails its own, and the others come from one snapshot [REL-R29]", async () => {
  await using it = await inhabited();
  const { kv, database, broken } = it.world;
  const [damaged = []] = it.keys("password");
  it.damage("password");
  const write = (value: string) =>
    database.atomic().set(["n", 1], value).set(["n", 2], value).commit();
  await write("before");
  // The calls: the batch, each of the three keys alone, and those that can be read.
  let calls = 0;
  broken.meanwhile = async function next() {
    if (++calls === 4) {
      await new Promise((resolve) => setTimeout(resolve, 20)); // the third call is answered
      await write("after");
    }
    broken.meanwhile = next;
  };

  const [bad, ...others] = await Promise.allSettled([
    kv.get(damaged),
    kv.get(["n", 1]),
    kv.get(["n", 2]),
  ]);
  ok(bad.status === "rejected" && bad.reason instanceof RecordCorrupt);
  const values = others.map((it) => it.status === "fulfilled" && it.value.value);
  deepEqual(values, ["after", "after"]);
});

Deno.test("damage in two kinds of records hides nothing of what stands between them [REL-R29]", async () => {
  await using it = await inhabited();
  const { world } = it;
  it.damage("password");
  it.damage("session");
  await world.database.set(["rate", "account", "x"], "rubbish");
  await world.database.set(["recipe", "x"], "odd");

  deepEqual(await world.findings(), [
    ...it.names("password"),
    "unreadable rate account x",
    "unknown_kind recipe x",
    ...it.names("session"),
  ]);
});

Deno.test("a damaged count fails the logins that it counts, until the repair deletes it [REL-R29]", async () => {
  await using it = await inhabited();
  const { world } = it;
  equal((await world.browser().post("/login", { email, password: "wrong" })).status, 422);
  const counts = (await world.dump()).map(({ key }) => key).filter(([kind]) => kind === "rate");
  for (const key of counts) damageRecord(it.path, key);

  equal((await world.browser().post("/login", { email, password })).status, 500);
  await repair(world);
  deepEqual(await world.findings(), []);
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

Deno.test("a password that is damaged in the file is counted as unreadable", async () => {
  await using it = await inhabited();
  it.damage("password");

  const counts = await countHashes(it.world.kv);
  deepEqual(counts.map(([kind, count]) => [kind.split(/[$:]/)[0], count]).sort(), [
    ["", 1],
    ["unreadable", 1],
  ]);
});

for (const kind of ["user", "user_by_email"]) {
  Deno.test(`an account whose ${kind} record is damaged is not said to be none [SEC-A9]`, async () => {
    await using it = await inhabited();
    it.damage(kind);

    const { kv, now, services: { events } } = it.world;
    equal(await markCompromised(kv, email, () => now, events), "unreadable");
    equal(await markCompromised(kv, "eve@example.com", () => now, events), "unknown");
  });
}
