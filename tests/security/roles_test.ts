import { deepEqual, equal, match } from "node:assert/strict";
import { HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import { ann, bob, cleo } from "../support/people.ts";
import { act, asRole, giveRoles, userOf } from "../support/roles.ts";
import { enterCode, enterPassword, withSecondFactor } from "../support/second_factor.ts";
import { test, TestWorld } from "../support/world.ts";

test("a session of somebody with a role ends after 15 minutes without use, others do not [SEC-L6] [SEC-D11]", async (world) => {
  const user = await world.ann();
  const { browser: staff } = await asRole(world, ["support"]);

  world.pass(15 * MINUTE - SECOND);
  equal((await staff.get("/profile")).status, 200);
  world.pass(15 * MINUTE);
  equal((await staff.get("/profile")).headers.get("location"), "/login?next=%2Fprofile");
  equal((await user.get("/profile")).status, 200);
});

test("a session of somebody with a role ends after 12 hours of use [SEC-L6] [SEC-D12]", async (world) => {
  const { browser } = await asRole(world, ["admin"]);

  for (let used = 0; used < 12 * HOUR - 10 * MINUTE; used += 10 * MINUTE) {
    world.pass(10 * MINUTE);
    equal((await browser.get("/profile")).status, 200);
  }
  world.pass(10 * MINUTE);
  equal((await browser.get("/profile")).status, 302);
});

test("a role shortens the sessions that its person has already [SEC-L6]", async (world) => {
  const browser = await world.ann();
  world.pass(20 * MINUTE);
  await giveRoles(world, ann, ["support"]);

  equal((await browser.get("/profile")).headers.get("location"), "/login?next=%2Fprofile");
});

test("a remembered browser opens no page for people with a role before a proof [SEC-L6]", async (world) => {
  const it = await withSecondFactor(world, cleo);
  await giveRoles(world, cleo, ["admin"]);
  const browser = world.browser();
  await enterPassword(browser, cleo, { remember: "on" });
  await enterCode(browser, it.nextCode());
  equal((await browser.get("/admin/users")).status, 200);
  world.pass(15 * MINUTE);

  equal((await browser.get("/profile")).status, 200);
  equal(
    (await browser.get("/admin/users")).headers.get("location"),
    "/reauthenticate?next=%2Fadmin%2Fusers",
  );
});

test("a demotion holds from the next request on, on another instance too [SEC-L4]", async (world) => {
  const { browser: admin } = await asRole(world, ["admin"]);
  const it = await withSecondFactor(world, bob);
  await giveRoles(world, bob, ["admin"]);
  const elsewhere = world.browser("192.0.2.9", world.newInstance());
  await enterPassword(elsewhere, bob);
  await enterCode(elsewhere, it.nextCode());
  equal((await elsewhere.get("/admin/users")).status, 200);
  equal((await act(admin, it.user.id, "role")).status, 303);

  equal((await elsewhere.get("/admin/users")).status, 403);
  equal((await act(elsewhere, (await userOf(world, cleo)).id, "suspend")).status, 403);
});

test("the last administrator cannot delete their own account, and nothing of it ends [SEC-L7]", async (world) => {
  const { browser } = await asRole(world, ["admin"]);

  const answer = await browser.post("/account/delete", { email: cleo.email });
  equal(answer.status, 422);
  match(await answer.text(), /You’re the only administrator/);
  equal((await browser.get("/admin/users")).status, 200);
});

Deno.test("two administrators who delete their accounts at once leave one: 20 races [SEC-L7]", async () => {
  for (let round = 0; round < 20; round++) {
    await using world = await TestWorld.create();
    const admins = [];
    for (const person of [ann, bob]) admins.push(await asRole(world, ["admin"], { person }));
    const answers = await Promise.all(
      admins.map(({ browser, user: { email } }) => browser.post("/account/delete", { email })),
    );

    deepEqual(answers.map(({ status }) => status).sort(), [303, 422], `round ${round}`);
    const left = await Array.fromAsync(world.database.list({ prefix: ["role", "admin"] }));
    equal(left.length, 1);
  }
});
