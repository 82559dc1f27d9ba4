import { equal, match, ok } from "node:assert/strict";
import { ann, bob, cleo } from "../../support/people.ts";
import { asRole, giveRoles } from "../../support/roles.ts";
import { enterCode, enterPassword, withSecondFactor } from "../../support/second_factor.ts";
import { MINUTE } from "../../../lib/time.ts";
import { test, TestWorld } from "../../support/world.ts";

test("an administrator finds people by the beginning of address or name, in pages", async (world) => {
  await world.ann();
  await world.bob();
  const { browser } = await asRole(world, ["support"]);

  const everybody = await (await browser.get("/admin/users")).text();
  for (const { email } of [ann, bob, cleo]) ok(everybody.includes(email));
  const found = await (await browser.get("/admin/users?q=BO")).text();
  ok(found.includes(bob.email) && !found.includes(ann.email));
  match(await (await browser.get("/admin/users?q=zz")).text(), /Nobody was found/);
  equal(
    (await browser.get(`/admin/users?q=${"a".repeat(5000)}&after=${"b".repeat(500)}`)).status,
    200,
  );
});

test("a long list leads to its next page", async (world) => {
  world.allowInvalidData("their passwords are no hashes");
  const { browser } = await asRole(world, ["support"]);
  for (let i = 0; i < 26; i++) {
    await world.services.accounts.import({
      email: `user${i}@example.com`,
      name: `User ${i}`,
      hash: "$argon2id$v=19$m=12288,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA",
      emailVerified: true,
      createdAt: new Date(world.now.getTime() - i - 1),
    });
  }

  const first = await (await browser.get("/admin/users")).text();
  const [, next = ""] = /rel="next" href="([^"]+)"/.exec(first) ?? [];
  const second = await (await browser.get(next.replaceAll("&amp;", "&"))).text();
  equal(first.match(/class="card"/g)?.length, 25);
  ok(!second.includes('rel="next"'));
  ok(second.includes("user25@example.com") !== first.includes("user25@example.com"));
});

test("one user is shown without secrets, and looking is logged [SEC-L3] [SEC-L6]", async (world) => {
  const { recoveryCodes, user } = await withSecondFactor(world);
  const { browser } = await asRole(world, ["support"]);

  const page = await (await browser.get(`/admin/users/${user.id}`)).text();
  ok(page.includes(ann.email));
  match(page, /Authenticator app, since/);
  match(page, /10 recovery codes left/);
  match(page, /Logged in/);
  const dump = JSON.stringify((await world.dump()).map(({ value }) => value));
  const secrets = [...dump.matchAll(/"(?:secretDigest|hash|sealed|digest|mac)":"([^"]{12,})"/g)];
  ok(secrets.length > 5);
  for (const [, secret = ""] of secrets) ok(!page.includes(secret), secret);
  for (const code of recoveryCodes) ok(!page.includes(code));
  equal(world.events("authz_admin").at(-1)?.facts.target, user.id);
});

test("nobody is found by an id that does not exist", async (world) => {
  const { browser } = await asRole(world, ["admin"]);

  equal((await browser.get("/admin/users/nobody")).status, 404);
  equal((await browser.post("/admin/users/nobody/suspend", { reason: "x" })).status, 404);
});

test("users without a role get 403, in their navigation there is no link, and it is logged [SEC-L1]", async (world) => {
  const browser = await world.ann();

  const answer = await browser.get("/admin/users");
  equal(answer.status, 403);
  ok(!(await answer.text()).includes('href="/admin/users"'));
  equal(world.events("authz_fail").length, 1);
  equal(
    (await browser.get("/admin/users", { accept: "application/json" })).headers.get("content-type"),
    "application/problem+json",
  );
});

test("people with a role need a second factor, and a fresh login [SEC-C17] [SEC-L6] [SEC-D17]", async (world) => {
  const plain = await world.ann();
  await giveRoles(world, ann, ["admin"]);
  equal((await plain.get("/admin/users")).headers.get("location"), "/account/totp");

  const { browser } = await asRole(world, ["admin"]);
  equal((await browser.get("/admin/users")).status, 200);
  world.pass(11 * MINUTE);
  const answer = await browser.get("/admin/users");
  equal(answer.headers.get("location"), "/reauthenticate?next=%2Fadmin%2Fusers");
});

Deno.test("REQUIRE_SECOND_FACTOR=off lifts the factor for administrators too", async () => {
  await using world = await TestWorld.create({ config: { requireSecondFactor: "off" } });
  const browser = await world.ann();
  await giveRoles(world, ann, ["admin"]);

  equal((await browser.get("/admin/users")).status, 200);
});

test("a login that waits for its second factor opens no page of administrators", async (world) => {
  const it = await withSecondFactor(world, cleo);
  await giveRoles(world, cleo, ["admin"]);
  const browser = world.browser();
  await enterPassword(browser, cleo);

  equal(
    (await browser.get("/admin/users")).headers.get("location"),
    "/login?next=%2Fadmin%2Fusers",
  );
  await enterCode(browser, it.nextCode());
  equal((await browser.get("/admin/users")).status, 200);
});
