import { equal, fail } from "node:assert/strict";
import type { Scope } from "../../lib/credential/api_token_record.ts";
import type { Browser } from "./browser.ts";
import type { TestWorld } from "./world.ts";

export const tokensPage = "/account/api-tokens";

/** Sends the form of a new token. */
export function sendTokenForm(
  browser: Browser,
  { name = "Reader", scopes = ["profile:read"], days = "90" }: {
    readonly name?: string;
    readonly scopes?: readonly Scope[];
    readonly days?: string;
  } = {},
): Promise<Response> {
  const chosen = scopes.map((scope) => ["scope", scope]);
  return browser.postBody(
    tokensPage,
    new URLSearchParams([["name", name], ...chosen, ["days", days]]).toString(),
  );
}

/** Creates a token in the browser, and reads it from its page. */
export async function createToken(
  browser: Browser,
  ...[made]: Parameters<typeof sendTokenForm> extends [unknown, ...infer Rest] ? Rest : never
): Promise<string> {
  const answer = await sendTokenForm(browser, made);
  equal(answer.status, 303, await answer.clone().text());
  return tokenOn(await (await browser.follow(answer)).text()) ?? fail("no token on the page");
}

/** The token that a page shows. */
export function tokenOn(page: string): string | null {
  return /lk_[0-9A-Za-z]{92}/.exec(page)?.[0] ?? null;
}

/** The ids of the tokens that a page lists. */
export function tokenIdsOn(page: string): string[] {
  return [...page.matchAll(/api-tokens\/([\w-]{22})\/revoke/g)].map(([, id = ""]) => id);
}

/** Asks the API as a program does: without cookies. */
export async function askApi(
  world: TestWorld,
  path: string,
  token: string,
  { method = "GET", headers = {} }: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Response> {
  return await world.browser().request(path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}
