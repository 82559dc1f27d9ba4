import { deepEqual, equal } from "node:assert/strict";
import { createToken, sendTokenForm, tokenIdsOn, tokensPage } from "./api_tokens.ts";
import type { Browser } from "./browser.ts";
import type { Flow } from "./flows.ts";

/** What people do with API tokens. */
export const apiTokenFlows: readonly Flow[] = [
  {
    name: "creating an API token",
    prepare: async (world) => {
      const browser = await world.ann();
      return { browser, act: (it) => sendTokenForm(it, { days: "30" }) };
    },
    verify: async (browser) => {
      await browser.get(tokensPage); // shows a new token
      equal((await idsIn(browser)).length > 0, true);
    },
  },
  {
    name: "revoking an API token",
    prepare: async (world) => {
      const browser = await world.ann();
      await createToken(browser, { days: "30" });
      const [id = ""] = await idsIn(browser);
      return { browser, act: (it) => it.post(`${tokensPage}/${id}/revoke`) };
    },
    // The first request may have revoked it.
    retry: async (browser) => {
      for (const id of await idsIn(browser)) {
        equal((await browser.post(`${tokensPage}/${id}/revoke`)).status, 303);
      }
    },
    verify: async (browser) => deepEqual(await idsIn(browser), []),
  },
];

async function idsIn(browser: Browser): Promise<string[]> {
  return tokenIdsOn(await (await browser.get(tokensPage)).text());
}
