import { deepEqual, ok } from "node:assert/strict";
import { checkStore } from "../../../lib/cli/kv_check.ts";
import { ann } from "../../support/people.ts";
import { giveRoles } from "../../support/roles.ts";
import { test, type TestWorld } from "../../support/world.ts";

/** Makes Ann an administrator, and leaves the findings of `spoil` to the repair. */
async function spoilRole(world: TestWorld, spoil: (userId: string) => Promise<unknown>) {
  await world.ann();
  const { user } = await world.services.accounts.findCredential(ann.email);
  ok(user);
  await giveRoles(world, ann, ["admin"]);
  world.allowInvalidData("the check is to find it");
  await spoil(user.id);
  const found = await world.findings();
  for await (const finding of checkStore(world.kv, world.now)) await finding.repair?.commit();
  deepEqual(await world.findings(), []);
  return { found, userId: user.id };
}

test("a role that lost its record is found and repaired", async (world) => {
  const { found, userId } = await spoilRole(
    world,
    (userId) => world.database.delete(["role", "admin", userId]),
  );

  deepEqual(found, [`role_missing role admin ${userId}`]);
});

test("a role that its user does not list is found and removed", async (world) => {
  const record = { v: 1, since: world.now };
  const { found, userId } = await spoilRole(
    world,
    (userId) => world.database.set(["role", "support", userId], record),
  );

  deepEqual(found, [`role_astray role support ${userId}`]);
});

test("a role of nobody is found and removed", async (world) => {
  const record = { v: 1, since: world.now };
  const { found } = await spoilRole(
    world,
    () => world.database.set(["role", "support", "nobody"], record),
  );

  deepEqual(found, ["leftover role support nobody"]);
});
