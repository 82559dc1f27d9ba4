import { equal } from "node:assert/strict";
import { makeHash } from "../../lib/credential/hash_algorithms.ts";
import type { Config } from "../../lib/config.ts";
import { HOUR } from "../../lib/time.ts";
import type { Browser } from "./browser.ts";
import { ann } from "./people.ts";
import { eventually } from "./timeouts.ts";
import { TestWorld } from "./world.ts";

export const wrong = { email: ann.email, password: "not her password" };
export const right = { email: ann.email, password: ann.password };

/** The client address with this number. */
export const address = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;

export async function fail(browser: Browser, times: number, email = ann.email) {
  for (let i = 0; i < times; i++) {
    equal((await browser.post("/login", { ...wrong, email })).status, 422, `wrong ${i + 1}`);
  }
}

/** Fails a hundred times, once an hour, each time in the browser for that number. */
export async function failHourly(world: TestWorld, browser: (i: number) => Browser) {
  for (let i = 0; i < 100; i++) {
    await fail(browser(i), 1);
    world.pass(HOUR);
  }
}

/** Ann's browser, known to the app and logged out. */
export async function knownBrowser(world: TestWorld): Promise<Browser> {
  const owner = await world.ann();
  await owner.post("/logout");
  return owner;
}

/** Another browser of Ann's, known to the app and logged out. */
export async function anotherKnownBrowser(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  equal((await browser.post("/login", right)).status, 303);
  await browser.post("/logout");
  return browser;
}

/** Logs in with a wrong password to an account that has this number. */
export function spray(world: TestWorld, i: number, from?: string): Promise<Response> {
  return world.browser(from).post("/login", { ...wrong, email: `user${i}@example.com` });
}

export function changePassword(
  browser: Browser,
  password: string,
  current = ann.password,
): Promise<Response> {
  return browser.post("/account/password", { current_password: current, password });
}

export async function waitAfter(answer: Response): Promise<number> {
  equal(answer.status, 429);
  await answer.body?.cancel();
  return Number(answer.headers.get("retry-after"));
}

/** A world whose hashes wait from `hold()` until `letGo()`. */
export async function heldWorld(config: Partial<Config> = {}) {
  const gate = Promise.withResolvers<void>();
  let waiting: number | null = null;
  const world = await TestWorld.create({
    config,
    hash: async (job) => {
      if (waiting === null) return await makeHash(job);
      waiting++;
      await gate.promise;
      return await makeHash(job);
    },
  });
  return {
    world,
    hold: () => waiting = 0,
    letGo: gate.resolve,
    /** Waits until this many hashes wait. */
    async untilWaiting(count: number) {
      await eventually(() => (waiting ?? 0) >= count);
    },
  };
}
