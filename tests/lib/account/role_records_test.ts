import { deepEqual, equal, ok } from "node:assert/strict";
import { Administration } from "../../../lib/account/administration.ts";
import { roles } from "../../../lib/account/role.ts";
import { Roles } from "../../../lib/account/role_records.ts";
import { ann, bob } from "../../support/people.ts";
import { giveRoles, writesFor } from "../../support/roles.ts";
import { test, type TestWorld } from "../../support/world.ts";

/** Two administrators. */
async function makeAdmins(world: TestWorld) {
  await world.ann();
  await world.bob();
  const first = await giveRoles(world, ann, ["admin"]);
  const second = await giveRoles(world, bob, ["admin"]);
  return { first, second, administration: world.services.administration };
}

test("two administrators who demote each other leave one [SEC-L7]", async (world) => {
  const { first, second, administration } = await makeAdmins(world);
  const now = () => world.now;
  const elsewhere = new Administration(world.kv, new Roles(world.kv, now), now);
  for (let round = 0; round < 50; round++) {
    const results = await Promise.all([
      administration.setRoles(first, second.id, [], writesFor(world, second.id)),
      elsewhere.setRoles(second, first.id, [], writesFor(world, first.id)),
    ]);

    equal(results.filter(({ ok }) => ok).length, 1, `round ${round}`);
    const left = await Array.fromAsync(world.kv.list({ prefix: ["role", "admin"] }));
    equal(left.length, 1);
    for (const person of [ann, bob]) await giveRoles(world, person, ["admin"]);
  }
});

test("two commands that demote two administrators at once leave one [SEC-L7]", async (world) => {
  const { first, second, administration } = await makeAdmins(world);
  for (let round = 0; round < 50; round++) {
    const results = await Promise.all(
      [first, second].map(({ id }) =>
        administration.setRoles("command", id, [], writesFor(world, id))
      ),
    );

    equal(results.filter(({ ok }) => ok).length, 1, `round ${round}`);
    for (const person of [ann, bob]) await giveRoles(world, person, ["admin"]);
  }
});

test("the last administrator stays, also when the other one is suspended [SEC-L7]", async (world) => {
  const { first, second, administration } = await makeAdmins(world);
  const writes = writesFor(world, first.id);
  ok((await administration.suspend(first, second.id, "a test", writesFor(world, second.id))).ok);

  const refused = { ok: false, reason: "last_admin" };
  deepEqual(await administration.setRoles("command", first.id, ["support"], writes), refused);
  deepEqual(await administration.suspend("command", first.id, "a test", writes), refused);
});

test("nobody acts by a role that they have lost [SEC-L5]", async (world) => {
  const { first, second, administration } = await makeAdmins(world);
  await giveRoles(world, ann, ["support"]);

  const demotion = administration.setRoles(first, second.id, [], writesFor(world, second.id));
  deepEqual(await demotion, { ok: false, reason: "refused" });
  const operation = world.kv.atomic();
  equal(await world.services.roles.checkActor(operation, first, "users.read"), true);
  await giveRoles(world, ann, []);
  equal((await operation.set(["x"], 1).commit()).ok, false);
});

test("nobody deletes an account by a role that they have lost [SEC-L5]", async (world) => {
  const { first, second, administration } = await makeAdmins(world);
  const early = world.kv.atomic();
  equal(await administration.checkDeletion(early, first, second), null);
  await giveRoles(world, ann, []);

  equal((await early.delete(["user", second.id]).commit()).ok, false);
  const late = administration.checkDeletion(world.kv.atomic(), first, second);
  equal(await late, "refused");
});

test("nobody acts whose login ended meanwhile [SEC-L5]", async (world) => {
  const { first, second, administration } = await makeAdmins(world);
  await administration.endSessions("command", first.id, writesFor(world, first.id));

  const act = administration.endSessions(first, second.id, writesFor(world, second.id));
  deepEqual(await act, { ok: false, reason: "refused" });
});

test("every role gives permissions", () => {
  for (const permissions of Object.values(roles)) ok(permissions.length > 0);
});
