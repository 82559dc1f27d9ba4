import { deepEqual, equal, match, ok } from "node:assert/strict";
import { SECOND } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { deadRangeService } from "../support/password_range.ts";
import { ann } from "../support/people.ts";
import { test, TestWorld } from "../support/world.ts";

async function strengthOf(browser: Browser, fields: Record<string, string>) {
  const answer = await browser.post("/password-strength", fields);
  equal(answer.status, 200);
  return await answer.json() as { score: number; words: string };
}

const table: [password: string, score: number, words: RegExp][] = [
  ["aaaaaaaaaaaaaaaaaaaa", 0, /^Very weak\. This password is known from other sites/],
  ["abcdefghijklmnopqrst", 0, /Sequences like abc/],
  ["zqzqzqzqzqzqzqzqzqzqzqz", 1, /Repeated words/],
  ["passwordpassword", 1, /^(Very w|W)eak\. This password is known from other sites/],
  ["short, isn't it", 4, /^Strong\.$/],
  ["xK9 vq", 1, /^Weak\. This is too short\./],
  ["ann@example.com!", 1, /eak\. This is made up of your name/],
  [ann.password, 4, /^Strong\.$/],
];

for (const [password, most, words] of table) {
  test(`the strength of "${password}" [SEC-A13]`, async (world) => {
    const { name, email } = ann;
    const strength = await strengthOf(world.browser(), { password, name, email });
    match(strength.words, words);
    ok(strength.score <= most, String(strength.score));
    equal(strength.score === 4, most === 4);
  });
}

test("a logged-in user's password is assessed with the name and address of the account", async (world) => {
  const browser = await world.ann();

  const { words } = await strengthOf(browser, { password: "Ann@example.com Ann" });
  match(words, /made up of your name/);
});

test("a refused form says how to make the password stronger [SEC-A13]", async (world) => {
  const browser = await world.ann();

  const weak = "o".repeat(20);
  const changing = await browser.post("/account/password", {
    current_password: "",
    password: weak,
  });
  const registering = await world.browser().post("/register", { ...ann, name: "", password: weak });
  for (const answer of [changing, registering]) {
    equal(answer.status, 422);
    const page = await answer.text();
    match(page, /<meter[^>]* value="[01]"[^>]*>/);
    match(page, /id="password-advice"[^>]*>(Very weak|Weak)\./);
    ok(!page.includes(weak));
  }
  ok(!(await (await world.browser().get("/register")).text()).includes("Weak."));
});

Deno.test("an assessment costs no hash and no outside request, even for 15 KB", async () => {
  const { asked, ...range } = deadRangeService();
  await using world = await TestWorld.create(range);

  const cost = await world.cost(async () => {
    const { words } = await strengthOf(world.browser(), { password: "p4a".repeat(5000) });
    match(words, /too long/);
    await strengthOf(world.browser(), { password: "seven quiet otters row" }); // nothing to refuse
  });
  deepEqual(cost, { keys: 0, roundTrips: 0, commits: 0, hashes: 0 });
  deepEqual(asked, []);
});

test("an assessment without a password is refused", async (world) => {
  equal((await world.browser().post("/password-strength", { name: "Ann" })).status, 422);
});

test("a suggested passphrase is new each time, not stored, and valid", async (world) => {
  const suggest = async () => {
    const answer = await world.browser().post("/passphrase");
    equal(answer.headers.get("cache-control"), "no-store");
    return (await answer.json()).passphrase as string;
  };

  const suggestions = await Promise.all(Array.from({ length: 100 }, suggest));
  equal(new Set(suggestions).size, 100);
  for (const suggestion of suggestions) match(suggestion, /^[a-z]{3,}( [a-z]{3,}){5}$/);
  deepEqual(await world.dump(), []);
  await world.register({ ...ann, password: suggestions[0] as string });
});

test("a network may ask for 200 assessments a minute, which costs no KV operation", async (world) => {
  const ask = (address: string) =>
    world.browser(address).post("/password-strength", { password: "a" });

  const cost = await world.cost(async () => {
    for (let i = 0; i < 200; i++) equal((await ask("192.0.2.1")).status, 200);
    const refused = await ask("192.0.2.1");
    equal(refused.status, 429);
    equal(refused.headers.get("retry-after"), "1");
    equal((await ask("192.0.2.2")).status, 200);
  });
  deepEqual(cost, { keys: 0, roundTrips: 0, commits: 0, hashes: 0 });

  world.pass(SECOND);
  equal((await ask("192.0.2.1")).status, 200);
});

test("a form that is sent too often is not read", async (world) => {
  for (let i = 0; i < 200; i++) await world.browser().post("/password-strength", {});
  equal((await world.browser().post("/password-strength", {})).status, 429);
});
