import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HOUR } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { ann } from "../support/people.ts";
import { test, testWithMail, type TestWorld } from "../support/world.ts";

/** The rows of the card that says how well the account is protected, and its next step. */
async function protectionOf(browser: Browser) {
  const page = await (await browser.get("/account")).text();
  const [card = ""] = /<section class="card protection".*?<\/section>/.exec(page) ?? [];
  const rows = [...card.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)]
    .map(([, label = "", value = ""]) => [label, value.replaceAll(/<[^>]*>/g, "").trim()]);
  const steps = [...card.matchAll(/class="button[^"]*" href="([^"]+)"/g)].map(([, path]) => path);
  const open = [...card.matchAll(/<div class="open"><dt>(.*?)<\/dt>/g)].map(([, label]) => label);
  return { rows: Object.fromEntries(rows), steps, open };
}

/** Gives Ann these factors, and so many recovery codes. */
async function enrol(world: TestWorld, factors: readonly string[], codes: number): Promise<void> {
  const [user] = await Array.fromAsync(world.database.list({ prefix: ["user"] }));
  const { id } = Object(user?.value);
  await world.database.set(["user", id], { ...Object(user?.value), factors });
  await setApp(world, {});
  for (const { key } of await Array.fromAsync(world.database.list({ prefix: ["recovery_code"] }))) {
    await world.database.delete(key);
  }
  for (let n = 0; n < codes; n++) {
    const code = { v: 1, mac: "A".repeat(43), use: null, createdAt: world.now };
    await world.database.set(["recovery_code", id, String(n)], code);
  }
}

/** Writes Ann's app, as it stands after its first code, with these changes. */
async function setApp(world: TestWorld, changes: object): Promise<void> {
  const [user] = await Array.fromAsync(world.database.list({ prefix: ["user"] }));
  await world.database.set(["totp", String(user?.key[1])], {
    v: 1,
    sealedKey: new Uint8Array(36),
    lastStep: 1,
    lastUse: null,
    enrolledAt: world.now,
    disabledAt: null,
    expiresAt: null,
    ...changes,
  });
}

test("the account page says how well the account is protected, and what to do next", async (world) => {
  const browser = await world.ann();
  const before = await protectionOf(browser);
  deepEqual(before.steps, ["/account/passkeys", "/account/totp"], "a passkey first");
  deepEqual(before.open, ["Second step"]);
  equal(before.rows["Second step"], "None yet");
  equal(before.rows["Recovery codes"], undefined);
  equal(before.rows["Email address"], undefined, "nobody can verify it without mail");

  await enrol(world, ["otp", "hwk"], 2);
  const few = await protectionOf(browser);
  deepEqual(few.steps, ["/account/recovery-codes"]);
  deepEqual(few.open, ["Recovery codes"]);
  equal(few.rows["Second step"], "Authenticator app, Passkey");
  equal(few.rows["Recovery codes"], "2 left");

  await enrol(world, ["otp"], 3);
  const enough = await protectionOf(browser);
  deepEqual([enough.steps, enough.open], [[], []]);
  match(await (await browser.get("/account")).text(), /Your account is well protected/);
});

test("an app that does not work any more is the first thing to repair", async (world) => {
  const browser = await world.ann();
  await enrol(world, ["otp", "hwk"], 10);
  equal((await protectionOf(browser)).steps.length, 0);

  for (const changes of [{ disabledAt: world.now }, { v: 0 }]) {
    await setApp(world, changes);
    const { rows, steps, open } = await protectionOf(browser);
    deepEqual([steps, open], [["/account/totp"], ["Second step"]]);
    equal(rows["Second step"], "Authenticator app (doesn’t work), Passkey");
  }
  world.allowInvalidData("an app whose record is damaged");
});

testWithMail("an address that nobody confirmed is the first thing to do", async (world) => {
  const browser = await world.ann();
  equal((await protectionOf(browser)).rows["Email address"], "Confirmed");

  const [user] = await Array.fromAsync(world.database.list({ prefix: ["user"] }));
  await world.database.set(user?.key ?? [], { ...Object(user?.value), emailVerified: false });

  const { rows, steps, open } = await protectionOf(browser);
  equal(rows["Email address"], "Not confirmed yet");
  deepEqual(steps, ["/verify-email?next=%2Faccount"], "one step at a time");
  deepEqual(open, ["Email address", "Second step"]);
});

test("the account page shows the time and place of the last login [SEC-C20]", async (world) => {
  const browser = await world.ann();
  world.pass(HOUR);
  const own = await protectionOf(browser);
  equal(own.rows["Logged in"], "On this browser only");
  equal(own.rows["Last login"], "1 hour ago, Firefox on Linux, 192.0.2.x This browser");

  const other = world.browser("198.51.100.7");
  other.userAgent = "curl/8.1";
  await other.post("/login", { ...ann });
  world.pass(HOUR);
  const { rows } = await protectionOf(browser);
  equal(rows["Logged in"], "On 2 browsers");
  match(rows["Last login"] ?? "", /^1 hour ago, .*198\.51\.100\.x$/);
});

test("the account page reads what it shows in four round trips, and writes nothing", async (world) => {
  const browser = await world.ann();
  const cost = await world.cost(() => browser.get("/account"));

  ok(cost.keys <= 7, `${cost.keys} keys`); // two are events
  ok(cost.roundTrips <= 4, `${cost.roundTrips} round trips`);
  equal(cost.commits, 0);
});
