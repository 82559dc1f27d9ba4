import { equal, ok } from "node:assert/strict";
import type { Administration } from "../../lib/account/administration.ts";
import type { Role } from "../../lib/account/role.ts";
import type { User } from "../../lib/account/user.ts";
import type { ActWord } from "../../views/admin/acts.tsx";
import type { Browser } from "./browser.ts";
import { ann, cleo, type Person } from "./people.ts";
import { enterCode, enterPassword, type Protected, withSecondFactor } from "./second_factor.ts";
import type { TestWorld } from "./world.ts";

/** The account with an address. */
export async function userOf(world: TestWorld, { email }: { email: string }): Promise<User> {
  const { user } = await world.services.accounts.findCredential(email);
  ok(user);
  return user;
}

/** Ann's new account, and the browser in which she registered. */
export async function annsAccount(world: TestWorld): Promise<{ id: string; phone: Browser }> {
  const phone = await world.ann();
  const { id } = await userOf(world, ann);
  return { id, phone };
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
  return (): ReturnType<Parameters<Administration["endSessions"]>[2]> =>
    world.services.events.records(userId, { kind: "role_changed", by: "command" });
}

/** A logged-in administrator with an app, and the browser they use. */
export interface Administrator extends Protected {
  readonly browser: Browser;
}

/** Registers somebody with a second factor, gives them roles and logs them in. */
export async function asRole(
  world: TestWorld,
  roles: readonly Role[],
  { person = cleo, userAgent }: {
    readonly person?: Person;
    readonly userAgent?: string;
  } = {},
): Promise<Administrator> {
  const it = await withSecondFactor(world, person);
  const user = await giveRoles(world, person, roles);
  const browser = world.browser();
  if (userAgent !== undefined) browser.userAgent = userAgent;
  await enterPassword(browser, person);
  equal((await enterCode(browser, it.nextCode())).status, 303);
  return { ...it, user, browser };
}

/** Sends the form of an act, and confirms it. */
export async function act(
  browser: Browser,
  userId: string,
  word: ActWord,
  fields: Record<string, string> = {},
): Promise<Response> {
  const form = { reason: "They asked for it", ...fields };
  const question = await browser.post(`/admin/users/${userId}/${word}`, form);
  if (question.status !== 200) return question;
  return await browser.post(`/admin/users/${userId}/${word}`, { ...form, confirm: "yes" });
}
