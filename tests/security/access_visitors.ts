import { equal, ok } from "node:assert/strict";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import type { Config } from "../../lib/config.ts";
import type { Role } from "../../lib/account/role.ts";
import { MINUTE } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { exampleProvider } from "../support/example_provider.ts";
import { ann, bob } from "../support/people.ts";
import { giveRoles, userOf, writesFor } from "../support/roles.ts";
import {
  afterPassword,
  enterCode,
  type Protected,
  withSecondFactor,
} from "../support/second_factor.ts";
import { type TestWorld, withMail } from "../support/world.ts";

/** How somebody comes to the site, in a browser of their own. */
type Arrive = (world: TestWorld) => Promise<Browser>;

interface Visitor {
  /** The head of their column. */
  readonly name: string;
  readonly config: Partial<Config>;
  /** Who has an account before, and how they come. */
  readonly prepare: (world: TestWorld) => Promise<Arrive>;
}

/** A site with everything switched on. */
const wholeSite: Partial<Config> = {
  ...withMail,
  loginByMail: true,
  providers: [exampleProvider],
};

/** The columns of the access matrix, in order. */
export const visitors: readonly Visitor[] = [
  { name: "guest", config: wholeSite, prepare: asGuest },
  {
    name: "second step outstanding",
    config: wholeSite,
    async prepare(world) {
      await withSecondFactor(world);
      return async (world) => {
        const browser = await afterPassword(world);
        return browser;
      };
    },
  },
  { name: "address not confirmed", config: wholeSite, prepare: asUnverified },
  { name: "user", config: wholeSite, prepare: asUser },
  { name: "remembered", config: wholeSite, prepare: asRemembered },
  {
    name: "stale login",
    config: wholeSite,
    async prepare(world) {
      return stale(withFactor(await withSecondFactor(world)));
    },
  },
  {
    name: "user with factor",
    config: wholeSite,
    async prepare(world) {
      return withFactor(await withSecondFactor(world));
    },
  },
  {
    name: "must add factor",
    config: { ...wholeSite, requireSecondFactor: "all" },
    prepare: asUser,
  },
  { name: "password known to others", config: wholeSite, prepare: asCompromised },
  { name: "suspended", config: wholeSite, prepare: asSuspended },
  { name: "support", config: wholeSite, prepare: (world) => asRoles(world, ["support"]) },
  { name: "admin", config: wholeSite, prepare: (world) => asRoles(world, ["admin"]) },
  {
    name: "admin, stale",
    config: wholeSite,
    prepare: async (world) => stale(await asRoles(world, ["admin"])),
  },
  {
    name: "admin without factor",
    config: wholeSite,
    async prepare(world) {
      const arrive = await asUser(world);
      await giveRoles(world, ann, ["admin"]);
      return arrive;
    },
  },
  { name: "no mail: user", config: {}, prepare: asUser },
  {
    name: "no mail: password known to others",
    config: {},
    async prepare(world) {
      await world.ann();
      await markCompromised(world.kv, ann.email, () => world.now, world.services.events);
      return logIn;
    },
  },
  {
    name: "no mail: the same, stale, with factor",
    config: {},
    async prepare(world) {
      const arrive = withFactor(await withSecondFactor(world));
      await markCompromised(world.kv, ann.email, () => world.now, world.services.events);
      return stale(arrive);
    },
  },
];

function asGuest(world: TestWorld): Promise<Arrive> {
  return world.ann().then(() => (world) => Promise.resolve(world.browser()));
}

async function asUser(world: TestWorld): Promise<Arrive> {
  await world.ann();
  return logIn;
}

/** An imported user, whose address nobody proved. */
async function asUnverified(world: TestWorld): Promise<Arrive> {
  await world.ann();
  const user = await userOf(world, ann);
  await world.database.set(["user", user.id], { v: 1, ...user, emailVerified: false });
  return logIn;
}

async function asRemembered(world: TestWorld): Promise<Arrive> {
  await world.ann();
  return async (world) => {
    const browser = await logIn(world);
    browser.restart();
    return browser;
  };
}

/** Logged in at a provider, say, with a password that was marked as compromised. */
async function asCompromised(world: TestWorld): Promise<Arrive> {
  await world.ann();
  return async (world) => {
    const browser = await logIn(world);
    const user = await userOf(world, ann);
    await world.database.set(["user", user.id], { v: 1, ...user, passwordCompromised: true });
    return browser;
  };
}

/** Logged in before an administrator suspended the account. */
async function asSuspended(world: TestWorld): Promise<Arrive> {
  await world.ann();
  const { id } = await userOf(world, ann);
  return async (world) => {
    const browser = await logIn(world);
    const { administration } = world.services;
    ok((await administration.suspend("command", id, "a test", writesFor(world, id))).ok);
    return browser;
  };
}

/** Another administrator exists, so that acts are not refused for another reason. */
async function asRoles(world: TestWorld, roles: readonly Role[]): Promise<Arrive> {
  await world.bob();
  await giveRoles(world, bob, ["admin"]);
  const it = await withSecondFactor(world);
  await giveRoles(world, ann, roles);
  return withFactor(it);
}

async function logIn(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  const { email, password } = ann;
  equal((await browser.post("/login", { email, password, remember: "on" })).status, 303);
  return browser;
}

function withFactor({ nextCode }: Protected): Arrive {
  return async (world) => {
    const browser = await logIn(world);
    equal((await enterCode(browser, nextCode())).status, 303);
    return browser;
  };
}

function stale(arrive: Arrive): Arrive {
  return async (world) => {
    const browser = await arrive(world);
    world.pass(11 * MINUTE);
    return browser;
  };
}
