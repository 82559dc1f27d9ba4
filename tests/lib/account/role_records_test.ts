import { deepEqual, equal, ok } from "node:assert/strict";
import { roles } from "../../../lib/account/role.ts";
import { Roles } from "../../../lib/account/role_records.ts";
import { test, type TestWorld } from "../../support/world.ts";
import { ann, bob } from "../../support/people.ts";

/** Two administrators. */
async function makeAdmins(world: TestWorld) {
  await world.ann();
  await world.bob();
  const { accounts, roles } = world.services;
  const admins = [];
  for (const { email } of [ann, bob]) {
    const { user } = await accounts.findCredential(email);
    ok(user);
    const set = await roles.set(null, { userId: user.id, roles: ["admin"] });
    ok(set.ok);
    admins.push(set.user);
  }
  const [first, second] = admins;
  ok(first && second);
  return { first, second, roles };
}

test("two administrators who demote each other leave one [SEC-L7]", async (world) => {
  const { first, second, roles } = await makeAdmins(world);
  const elsewhere = new Roles(world.kv, () => world.now);
  for (let round = 0; round < 50; round++) {
    const results = await Promise.all([
      roles.set(first, { userId: second.id, roles: [] }),
      elsewhere.set(second, { userId: first.id, roles: [] }),
    ]);

    equal(results.filter(({ ok }) => ok).length, 1, `round ${round}`);
    const left = await Array.fromAsync(world.kv.list({ prefix: ["role", "admin"] }));
    equal(left.length, 1);
    for (const userId of [first.id, second.id]) {
      await roles.set(null, { userId, roles: ["admin"] });
    }
  }
});

test("the last administrator stays, also when the other one is suspended [SEC-L7]", async (world) => {
  const { first, second, roles } = await makeAdmins(world);
  await world.kv.atomic().set(["user", second.id], { v: 1, ...second, active: false }).commit();

  deepEqual(await roles.set(null, { userId: first.id, roles: ["support"] }), {
    ok: false,
    reason: "last_admin",
  });
});

test("nobody acts by a role that they have lost [SEC-L5]", async (world) => {
  const { first, second, roles } = await makeAdmins(world);
  await roles.set(null, { userId: first.id, roles: ["support"] });

  deepEqual(await roles.set(first, { userId: second.id, roles: [] }), {
    ok: false,
    reason: "refused",
  });
  const operation = world.kv.atomic();
  equal(await roles.checkActor(operation, first, "users.read"), true);
  await roles.set(null, { userId: first.id, roles: [] });
  equal((await operation.set(["x"], 1).commit()).ok, false);
});

test("every role gives permissions", () => {
  for (const permissions of Object.values(roles)) ok(permissions.length > 0);
});
