import { equal, fail } from "node:assert/strict";
import type { User } from "../../lib/account/user.ts";
import { decodeBase32 } from "../../lib/credential/base32.ts";
import { codeOfStep, stepAt } from "../../lib/credential/totp_code.ts";
import { SECOND } from "../../lib/time.ts";
import type { Browser } from "./browser.ts";
import { ann, type Person } from "./people.ts";
import type { TestWorld } from "./world.ts";

/** A person with an app on the phone and a list of recovery codes. */
export interface Protected {
  readonly user: User;
  /** The browser in which they registered, logged in. */
  readonly browser: Browser;
  readonly recoveryCodes: readonly string[];
  /** The code that the app shows now, or at another time. */
  code(at?: Date): string;
  /** The next code that works: time passes until the app shows it. */
  nextCode(): string;
  /** Six digits that are no code of these minutes. */
  wrongCode(): string;
}

/** Registers somebody who enrols an app and gets recovery codes. */
export async function withSecondFactor(world: TestWorld, person: Person = ann): Promise<Protected> {
  const browser = await world.register(person);
  const { accounts, totp, recoveryCodes } = world.services;
  const { user } = await accounts.findCredential(person.email);
  if (!user) return fail(`${person.email} has no account`);
  const key = decodeBase32(await totp.begin(user) ?? "") ?? fail("no key");
  const code = (at: Date = world.now) => codeOfStep(key, stepAt(at));
  let codes: readonly string[] = [];
  const enrolled = await totp.enrol(user, code(), (operation) => {
    codes = recoveryCodes.replace(operation, user.id);
    return Promise.resolve();
  });

  return {
    user: enrolled.ok ? enrolled.user : fail("not enrolled"),
    browser,
    recoveryCodes: codes,
    code,
    nextCode() {
      world.pass(30 * SECOND);
      return code();
    },
    wrongCode() {
      const near = [-30, 0, 30].map((it) => code(new Date(world.now.getTime() + it * SECOND)));
      return ["000000", "111111", "222222", "333333"].find((it) => !near.includes(it)) ?? fail();
    },
  };
}

/** Enters the right password; the browser then has a login that waits for its second factor. */
export async function enterPassword(
  browser: Browser,
  { email, password }: Person = ann,
  more: Record<string, string> = {},
): Promise<void> {
  const answer = await browser.post("/login", { email, password, ...more });
  equal(answer.status, 303);
  equal(answer.headers.get("location"), "/login/second-factor");
}

/** A new browser in which Ann's password was right. */
export async function afterPassword(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  await enterPassword(browser);
  return browser;
}

export function enterCode(browser: Browser, code: string): Promise<Response> {
  return browser.post("/login/second-factor", { code });
}
