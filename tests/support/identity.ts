import { equal } from "node:assert/strict";
import type { Browser } from "./browser.ts";
import type { HostileProvider } from "./hostile_provider.ts";
import { comeBack, leave } from "./sign_in.ts";
import type { TestWorld } from "./world.ts";

export const identitiesPath = "/account/identities";
export const linkPath = `${identitiesPath}/hostile/link`;
export const unlinkPath = `${identitiesPath}/hostile/unlink`;
export const proofPath = "/reauthenticate/with/hostile";

type Claims = Record<string, unknown>;

/** Links the account of these claims to that of a browser whose login is fresh. */
export async function link(
  world: TestWorld,
  provider: HostileProvider,
  browser: Browser,
  claims: Claims = {},
): Promise<Response> {
  return await comeBack(world, provider, browser, await leave(browser, {}, linkPath), claims);
}

export function unlink(browser: Browser, { issuer }: HostileProvider): Promise<Response> {
  return browser.post(unlinkPath, { issuer });
}

/** Logs in at the provider once more, as the person of these claims; at this moment, by default. */
export async function proveAgain(
  world: TestWorld,
  provider: HostileProvider,
  browser: Browser,
  claims: Claims = {},
  fields: Record<string, string> = {},
): Promise<Response> {
  const asked = await leave(browser, fields, proofPath);
  equal(asked.get("prompt"), "login");
  equal(asked.get("max_age"), "0");
  const now = Math.floor(world.now.getTime() / 1000);
  return await comeBack(world, provider, browser, asked, { auth_time: now, ...claims });
}

/** The users of the database, as they are stored. */
export async function storedUsers(world: TestWorld): Promise<
  readonly { readonly id: string; readonly identities: readonly string[] }[]
> {
  return (await world.records()).filter(({ key }) => key[0] === "user")
    .map(({ value }) => value as { id: string; identities: string[] });
}

/** What the database has of identities. */
export async function identityRecords(world: TestWorld): Promise<unknown[]> {
  return (await world.records()).filter(({ key }) => String(key[0]).startsWith("identity"));
}
