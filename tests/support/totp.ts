import { equal, fail, ok } from "node:assert/strict";
import { decodeBase32 } from "../../lib/credential/base32.ts";
import { codeOfStep, stepAt } from "../../lib/credential/totp_code.ts";
import type { Browser } from "./browser.ts";
import { ann } from "./people.ts";

/** The code that an app with this key shows at a moment. */
export function codeAt(key: string, moment: Date): string {
  return codeOfStep(decodeBase32(key) ?? fail(`not base32: ${key}`), stepAt(moment));
}

/** The key on the page that sets an app up. */
export function keyOn(page: string): string {
  const [, groups = ""] = /<code class="shared-key">([^<]+)</.exec(page) ?? [];
  ok(groups, "the page shows no key");
  return groups.replaceAll(" ", "");
}

/** Sets up an app for Ann, who is logged in: its key, and the recovery codes it brought. */
export async function enrolTotp(
  browser: Browser,
  now: Date,
): Promise<{ key: string; recoveryCodes: string[] }> {
  const { email, password } = ann;
  let page = await browser.get("/account/totp");
  if (page.status === 302) { // a mailed link logs in, but not freshly
    await browser.post("/login", { email, password });
    page = await browser.get("/account/totp");
  }
  const key = keyOn(await page.text());
  const answer = await browser.post("/account/totp", { code: codeAt(key, now) });
  equal(answer.status, 303);
  return { key, recoveryCodes: codesOn(await (await browser.follow(answer)).text()) };
}

/** The recovery codes that a page shows. */
export function codesOn(page: string): string[] {
  return Array.from(page.matchAll(/<code>([A-Z2-7-]{19})<\/code>/g), ([, code = ""]) => code);
}
