import { ok } from "node:assert/strict";
import type { Administration } from "../../lib/account/administration.ts";
import type { Role } from "../../lib/account/role.ts";
import type { User } from "../../lib/account/user.ts";
import type { TestWorld } from "./world.ts";

/** The account with an address. */
export async function userOf(world: TestWorld, { email }: { email: string }): Promise<User> {
  const { user } = await world.services.accounts.findCredential(email);
  ok(user);
  return user;
}

/** Gives somebody roles, as a command does. */
export async function giveRoles(
  world: TestWorld,
  person: { email: string },
  roles: readonly Role[],
): Promise<User> {
  const { id } = await userOf(world, person);
  const { administration } = world.services;
  const set = await administration.setRoles("command", id, roles, writesFor(world, id));
  return set.ok ? set.user : await userOf(world, person);
}

/** The event of an act that a test begins below HTTP. */
export function writesFor(world: TestWorld, userId: string) {
  return async (): ReturnType<Parameters<Administration["endSessions"]>[2]> => [
    await world.services.events.write(userId, { kind: "role_changed", by: "command" }),
  ];
}
