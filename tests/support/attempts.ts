import { equal } from "node:assert/strict";
import { makeHash } from "../../lib/credential/password_hash.ts";
import type { Browser } from "./browser.ts";
import { ann } from "./people.ts";
import { TIMEOUT } from "./timeouts.ts";
import { TestWorld } from "./world.ts";

export const wrong = { email: ann.email, password: "not her password" };
export const right = { email: ann.email, password: ann.password };

/** An address of its own for each number. */
export const address = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;

export async function fail(browser: Browser, times: number, email = ann.email) {
  for (let i = 0; i < times; i++) {
    equal((await browser.post("/login", { ...wrong, email })).status, 422, `wrong ${i + 1}`);
  }
}

export async function waitAfter(answer: Response): Promise<number> {
  equal(answer.status, 429);
  await answer.body?.cancel();
  return Number(answer.headers.get("retry-after"));
}

/** A world in which hashes wait, once they are told to, until they are let go. */
export async function heldWorld() {
  const gate = Promise.withResolvers<void>();
  let waiting: number | null = null;
  const world = await TestWorld.create({
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
    async untilWaiting(count: number) {
      const end = Date.now() + TIMEOUT;
      while ((waiting ?? 0) < count) {
        if (Date.now() > end) throw new Error(`${waiting} hashes are waiting, and not ${count}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}
