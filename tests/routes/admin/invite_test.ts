import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HOUR, MINUTE } from "../../../lib/time.ts";
import { ann, bob } from "../../support/people.ts";
import { asRole, giveRoles, userOf } from "../../support/roles.ts";
import { withSecondFactor } from "../../support/second_factor.ts";
import { test, testWithMail, type TestWorld } from "../../support/world.ts";

/** The path of a link for Ann, as `deno task admin:invite` prints it. */
async function invite(world: TestWorld): Promise<string> {
  return `/admin/invite/${await world.services.adminInvites.create(ann.email)}`;
}

test("an invitation makes its person an administrator, once [SEC-A16]", async (world) => {
  const link = await invite(world);
  const browser = await world.ann();
  const opened = await browser.get(link);
  equal(opened.headers.get("location"), "/admin/invite");
  match(await (await browser.follow(opened)).text(), /Run this site/);
  deepEqual((await userOf(world, ann)).roles, [], "opening the link changes nothing");

  const accepted = await browser.post("/admin/invite");
  equal(accepted.headers.get("location"), "/admin/users");
  equal((await browser.follow(accepted)).headers.get("location"), "/account/totp");
  deepEqual((await userOf(world, ann)).roles, ["admin"]);
  const { id } = await userOf(world, ann);
  const [event] = (await world.services.events.list(id, { limit: 1 })).events;
  deepEqual([event?.kind, event?.by], ["role_changed", "command"]);

  await browser.get(link);
  equal((await browser.get("/admin/invite")).headers.get("location"), "/account/totp");
  deepEqual(await Array.fromAsync(world.database.list({ prefix: ["admin_invite"] })), []);
});

test("an invitation ends after an hour, and a made-up one never worked [SEC-A16]", async (world) => {
  const link = await invite(world);
  const { browser } = await withSecondFactor(world);
  world.pass(HOUR - 1);
  await browser.post("/reauthenticate", { password: ann.password });
  await browser.get(link);
  equal((await browser.get("/admin/invite")).status, 200);
  world.pass(1);
  equal((await browser.get("/admin/invite")).status, 410);
  await browser.get(`/admin/invite/${"a".repeat(43)}`);
  equal((await browser.get("/admin/invite")).status, 410);
});

test("the database does not hold the link of an invitation [SEC-A16]", async (world) => {
  const token = await world.services.adminInvites.create(ann.email);

  const records = await world.records();
  equal(records.filter(({ key: [kind] }) => kind === "admin_invite").length, 1);
  ok(!Deno.inspect(records, { depth: 9 }).includes(token));
});

test("an administrator uses an invitation up as well: it does not bring back a role that ends", async (world) => {
  const link = await invite(world);
  await world.bob();
  await giveRoles(world, bob, ["admin"]);
  const { browser } = await asRole(world, ["admin"], { person: ann });
  await browser.get(link);
  equal((await browser.post("/admin/invite")).headers.get("location"), "/admin/users");
  await giveRoles(world, ann, []);

  await browser.get(link);
  equal((await browser.post("/admin/invite")).status, 410);
  deepEqual((await userOf(world, ann)).roles, []);
});

test("an invitation is for its address only", async (world) => {
  const link = await invite(world);
  const browser = await world.bob();
  await browser.get(link);

  match(await (await browser.get("/admin/invite")).text(), /is for ann@example\.com/);
  equal((await browser.post("/admin/invite")).status, 410);
  deepEqual((await userOf(world, bob)).roles, []);
});

testWithMail("with mail, only a confirmed address becomes an administrator", async (world) => {
  const browser = await world.ann();
  const user = await userOf(world, ann);
  await world.database.set(["user", user.id], { v: 1, ...user, emailVerified: false });
  await browser.get(await invite(world));

  await browser.post("/reauthenticate", { password: ann.password });
  equal((await browser.post("/admin/invite")).status, 410);
});

test("a guest logs in first, and comes back to the invitation", async (world) => {
  const link = await invite(world);
  await world.ann();
  const browser = world.browser();
  await browser.get(link);

  equal(
    (await browser.get("/admin/invite")).headers.get("location"),
    "/login?next=%2Fadmin%2Finvite",
  );
  const { email, password } = ann;
  const login = await browser.post("/login", { email, password, next: "/admin/invite" });
  match(await (await browser.follow(login)).text(), /Become an administrator/);
});

test("a stale login proves itself before it becomes an administrator's", async (world) => {
  const browser = await world.ann();
  world.pass(11 * MINUTE);
  await browser.get(await invite(world));

  equal((await browser.post("/admin/invite")).headers.get("location"), "/reauthenticate");
  deepEqual((await userOf(world, ann)).roles, []);
});

test("two browsers that accept one invitation at once leave one role, and one event", async (world) => {
  const desk = await world.ann();
  const phone = world.browser();
  await phone.post("/login", { email: ann.email, password: ann.password });
  const link = await invite(world);
  for (const browser of [desk, phone]) await browser.get(link);
  const answers = await Promise.all([desk, phone].map((it) => it.post("/admin/invite")));

  ok(answers.some(({ status }) => status === 303));
  const { id } = await userOf(world, ann);
  const { events } = await world.services.events.list(id, { limit: 50, kind: "role_changed" });
  equal(events.length, 1);
});
