import { equal } from "node:assert/strict";
import type { Authenticator, Changes, Options } from "./authenticator.ts";
import type { Browser } from "./browser.ts";

const path = "/account/passkeys";

/** What the page at this path wants to know from a passkey. */
export async function optionsOf(browser: Browser, path: string): Promise<Options> {
  return await (await browser.post(`${path}/options`)).json();
}

/** Adds a passkey to the account of a fresh login. */
export async function addPasskey(browser: Browser, authenticator: Authenticator): Promise<void> {
  const credential = authenticator.create(await optionsOf(browser, path));
  equal((await browser.post(path, { credential })).status, 303);
}

/** Answers the page at this path with a passkey. */
export async function presentPasskey(
  browser: Browser,
  authenticator: Authenticator,
  { at, changes, fields }: {
    readonly at: string;
    readonly changes?: Changes;
    readonly fields?: Record<string, string>;
  },
): Promise<Response> {
  const credential = authenticator.get(await optionsOf(browser, at), changes);
  return await browser.post(at, { ...fields, credential });
}
