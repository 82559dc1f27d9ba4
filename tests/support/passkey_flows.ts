import { equal } from "node:assert/strict";
import { Authenticator, type Options } from "./authenticator.ts";
import type { Browser } from "./browser.ts";
import { type Flow, isAnn } from "./flows.ts";
import { chosen, loginTarget, openLink } from "./password_reset.ts";
import { ann } from "./people.ts";
import { type TestWorld, withMail } from "./world.ts";

const path = "/account/passkeys";
const resetPath = "/password-reset/new";
const authenticators = new WeakMap<TestWorld, Authenticator>();

/** What changes a user's passkeys. A challenge works once: a person who tries again gets another. */
export const passkeyFlows: readonly Flow[] = [
  {
    name: "adding a passkey",
    prepare: async (world) => {
      const browser = await world.ann();
      const authenticator = newAuthenticator(world);
      const credential = authenticator.create(await options(browser, path));
      return { browser, act: (it) => it.post(path, { credential }) };
    },
    retry: async (browser, world) => {
      if (await count(world) > 0) return; // the first request added it
      const credential = authenticatorOf(world).create(await options(browser, path));
      equal((await browser.post(path, { credential })).status, 303);
    },
    retryStatuses: [303, 422],
    verify: async (_, world) => {
      equal(await count(world), 1);
      await canLogIn(world);
    },
  },
  {
    name: "logging in by passkey",
    prepare: async (world) => {
      await addPasskey(world);
      const browser = world.browser();
      const credential = authenticatorOf(world).get(await options(browser, "/login/passkey"));
      return { browser, act: (it) => it.post("/login/passkey", { credential }) };
    },
    retry: (browser, world) => logIn(browser, world),
    retryStatuses: [303, 422],
    verify: isAnn,
  },
  {
    name: "removing a passkey",
    prepare: async (world) => {
      const browser = await addPasskey(world);
      const { id } = authenticatorOf(world);
      return { browser, act: (it) => it.post(`${path}/${id}/remove`) };
    },
    // The first request may have removed it, and renewed the session: then Ann logs in again.
    retry: async (browser, world) => {
      const again = await browser.post(`${path}/${authenticatorOf(world).id}/remove`);
      if (again.headers.get("location") !== "/login") return;
      equal((await browser.post("/login", { ...ann })).headers.get("location"), "/profile");
    },
    retryStatuses: [303],
    verify: async (browser, world) => {
      await isAnn(browser);
      equal(await count(world), 0);
      const answer = await world.browser().post("/login", { ...ann });
      equal(answer.headers.get("location"), "/profile", "no factor is asked for");
    },
  },
  {
    name: "choosing a new password by a link and a passkey",
    config: withMail,
    prepare: async (world) => {
      await addPasskey(world);
      const browser = await openLink(world);
      const credential = authenticatorOf(world).get(await options(browser, resetPath));
      return { browser, act: (it) => it.post(resetPath, { password: chosen, credential }) };
    },
    // The challenge, and the link, may be used up.
    retry: async (browser, world) => {
      const asked = await browser.post(`${resetPath}/options`);
      if (asked.status === 410) return;
      const credential = authenticatorOf(world).get(await asked.json());
      equal((await browser.post(resetPath, { password: chosen, credential })).status, 303);
    },
    retryStatuses: [303, 410, 422],
    verify: async (_, world) => {
      equal(await loginTarget(world, chosen), "/login/second-factor");
    },
  },
];

async function options(browser: Browser, from: string): Promise<Options> {
  return await (await browser.post(`${from}/options`)).json();
}

function newAuthenticator(world: TestWorld): Authenticator {
  const authenticator = new Authenticator();
  authenticators.set(world, authenticator);
  return authenticator;
}

function authenticatorOf(world: TestWorld): Authenticator {
  return authenticators.get(world) ?? newAuthenticator(world);
}

/** Ann's browser, with a passkey in her account. */
async function addPasskey(world: TestWorld): Promise<Browser> {
  const browser = await world.ann();
  // A login by a mailed link is not fresh.
  if (world.config.mail) await browser.post("/reauthenticate", { password: ann.password });
  const credential = newAuthenticator(world).create(await options(browser, path));
  equal((await browser.post(path, { credential })).status, 303);
  return browser;
}

async function logIn(browser: Browser, world: TestWorld): Promise<void> {
  const credential = authenticatorOf(world).get(await options(browser, "/login/passkey"));
  equal((await browser.post("/login/passkey", { credential })).status, 303);
}

async function canLogIn(world: TestWorld): Promise<void> {
  await logIn(world.browser(), world);
}

async function count(world: TestWorld): Promise<number> {
  return (await world.dump()).filter(({ key }) => key[0] === "passkey").length;
}
