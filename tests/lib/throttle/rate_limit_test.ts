import { deepEqual, equal } from "node:assert/strict";
import { HasherUnavailable } from "../../../lib/credential/hasher_unavailable.ts";
import { makeHash } from "../../../lib/credential/hash_algorithms.ts";
import { fail, knownBrowser, right, wrong } from "../../support/attempts.ts";
import type { Browser } from "../../support/browser.ts";
import { TestWorld } from "../../support/world.ts";

const home = "2001:db8::1";

interface Case {
  readonly what: string;
  readonly browser: (world: TestWorld) => Promise<Browser>;
  readonly send: Record<string, string>;
  readonly status: number;
  /** What somebody else does meanwhile, at another instance. */
  readonly other: (browser: Browser) => Promise<Response>;
}

const stranger = async (world: TestWorld) => {
  await (await world.ann()).post("/logout");
  return world.browser(home);
};
const elsewhere = (browser: Browser) =>
  browser.post("/login", { ...wrong, email: "nobody@example.com" });

const cases: readonly Case[] = [
  {
    what: "a right login",
    browser: stranger,
    send: right,
    status: 303,
    other: elsewhere,
  },
  {
    what: "a login that could not be evaluated",
    browser: stranger,
    send: { ...right, password: "the hasher fails" },
    status: 503,
    other: elsewhere,
  },
  {
    what: "a right login in a known browser that failed before",
    browser: async (world) => {
      const browser = await knownBrowser(world);
      await fail(browser, 2);
      return browser;
    },
    send: right,
    status: 303,
    other: (browser) => browser.post("/login", wrong),
  },
];

for (const { what, browser, send, status, other } of cases) {
  Deno.test(`${what} takes back its own attempts only, whenever somebody else fails meanwhile [SEC-C8] [SEC-C9]`, async () => {
    await using world = await TestWorld.create({
      hash: (job) =>
        job.password === "the hasher fails"
          ? Promise.reject(new HasherUnavailable("Cannot hash: this is a test"))
          : makeHash(job),
    });
    const own = await browser(world);
    const otherInstance = world.newInstance();
    const restore = await world.checkpoint();

    for (let nth = 1;; nth++) {
      let calls = 0;
      const interrupt = async (): Promise<void> => {
        if (++calls < nth) world.broken.meanwhile = interrupt;
        else equal((await other(world.browser(home, otherInstance))).status, 422);
      };
      world.broken.meanwhile = interrupt;
      equal((await own.copy().post("/login", send)).status, status, `call ${nth}`);
      world.broken.meanwhile = null;
      if (calls < nth) return;

      deepEqual(await countsOf(world), ["account 1", "ipv6_block 1", "network 1"], `call ${nth}`);
      await restore();
    }
  });
}

/** The counts of failures, such as `account 1`. */
async function countsOf(world: TestWorld): Promise<string[]> {
  return (await world.dump()).filter(({ key }) => key[0] === "rate" && key[1] !== "registration")
    .map(({ key, value }) => `${String(key[1])} ${Object(value).count}`).sort();
}
