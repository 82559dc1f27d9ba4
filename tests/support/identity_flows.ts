import { deepEqual, equal, match } from "node:assert/strict";
import { MINUTE, SECOND } from "../../lib/time.ts";
import { en } from "../../views/text/en.ts";
import type { Browser } from "./browser.ts";
import { FakeGoogle, fakeProviders, type GoogleAccount } from "./fake_google.ts";
import { countMails, type Flow } from "./flows.ts";
import { identitiesPath, identityRecords, storedUsers } from "./identity.ts";
import { chosen, loginTarget } from "./password_reset.ts";
import { ann } from "./people.ts";
import { type TestWorld, withMail } from "./world.ts";

const google = await FakeGoogle.create();
const account: GoogleAccount = {
  sub: "1",
  name: "Ann",
  email: ann.email,
  email_verified: true,
  sid: "session-1",
};
const create = { action: "create", name: "Ann" };

const startPath = "/login/with/google";
const confirmPath = `${startPath}/confirm`;
const linkPath = `${identitiesPath}/google/link`;
const unlinkPath = `${identitiesPath}/google/unlink`;
const proofPath = "/reauthenticate/with/google";
const firstPath = "/account/password/first";
const issuer = "https://accounts.google.com";

// The real one does not tell when somebody logged in there.
const config = {
  providers: fakeProviders.filter(({ name }) => name === "google")
    .map((provider) => ({ ...provider, tellsAuthTime: true })),
};

/** What happens with accounts at a provider. A state works once: a person begins again. */
export const identityFlows: readonly Flow[] = ([
  {
    name: "beginning a sign-in at a provider",
    prepare: (world) => ({ browser: world.browser(), act: (it) => it.post(startPath) }),
    verify: async (_, world) => {
      const begun = (await world.records()).filter(({ key }) => key[0] === "oidc_transaction");
      equal(begun.length >= 1, true);
    },
  },
  {
    name: "coming back as somebody whom no account knows",
    prepare: (world) => comingBack(world, world.browser(), startPath),
    retry: async (browser, world) => {
      equal((await signIn(browser, world, startPath)).headers.get("location"), confirmPath);
    },
    verify: async (browser) => equal((await browser.get(confirmPath)).status, 200),
  },
  {
    name: "making an account after a sign-in",
    prepare: async (world) => {
      const browser = world.browser();
      await signIn(browser, world, startPath);
      return { browser, act: (it) => it.post(confirmPath, create) };
    },
    // The first request may have made the account.
    retry: async (browser, world) => {
      await browser.post(confirmPath, create);
      if (!await isIn(browser)) await signIn(browser, world, startPath);
    },
    retryStatuses: [303, 400],
    verify: async (browser, world) => {
      equal(await isIn(browser), true);
      equal((await storedUsers(world)).length, 1);
      equal((await identityRecords(world)).length, 2);
    },
  },
  {
    name: "linking after a sign-in and a login",
    prepare: async (world) => {
      await world.ann();
      const browser = world.browser();
      await signIn(browser, world, startPath);
      await browser.post("/login", { ...ann, next: confirmPath });
      return { browser, act: (it) => it.post(confirmPath, { action: "link" }) };
    },
    retryStatuses: [303],
    verify: isLinked,
  },
  {
    name: "logging in at a provider",
    prepare: async (world) => {
      await signUp(world);
      return await comingBack(world, world.browser(), startPath);
    },
    retry: async (browser, world) => void await signIn(browser, world, startPath),
    verify: async (browser) => equal(await isIn(browser), true),
  },
  {
    name: "logging out at a provider",
    prepare: async (world) => {
      const browser = await signUp(world);
      const token = await google.logoutToken(account, world.now);
      const body = new URLSearchParams({ logout_token: token });
      return {
        browser,
        act: (it) => it.request(`${startPath}/backchannel-logout`, { method: "POST", body }),
      };
    },
    // The first request may have used the token up.
    retryStatuses: [200, 400],
    verify: async (browser) => equal(await isIn(browser), false),
  },
  {
    name: "linking an account",
    prepare: async (world) => await comingBack(world, await world.ann(), linkPath),
    retry: async (browser, world) => void await signIn(browser, world, linkPath),
    verify: isLinked,
  },
  {
    name: "linking an account, told by mail",
    config: { ...withMail, ...config },
    prepare: async (world) => {
      const browser = await world.ann();
      await browser.post("/reauthenticate", { password: ann.password });
      return await comingBack(world, browser, linkPath);
    },
    retry: async (browser, world) => void await signIn(browser, world, linkPath),
    verify: async (browser, world) => {
      await isLinked(browser, world);
      equal(await countMails(world, en.mail.identityLinked.subject), 1);
    },
  },
  {
    name: "unlinking an account",
    prepare: async (world) => {
      const browser = await world.ann();
      await signIn(browser, world, linkPath);
      return { browser, act: (it) => it.post(unlinkPath, { issuer }) };
    },
    // The first request may have unlinked it, and renewed the session: then Ann logs in again.
    retry: async (browser) => {
      const again = await browser.post(unlinkPath, { issuer });
      if (again.headers.get("location") !== "/login") return;
      equal((await browser.post("/login", { ...ann })).headers.get("location"), "/profile");
    },
    retryStatuses: [303],
    verify: async (browser, world) => {
      equal(await isIn(browser), true);
      deepEqual(await identityRecords(world), []);
      deepEqual((await storedUsers(world))[0]?.identities, []);
    },
  },
  {
    name: "proving at a provider who it is",
    prepare: async (world) => {
      const browser = await signUp(world);
      world.pass(11 * MINUTE);
      return await comingBack(world, browser, proofPath);
    },
    // A renewed session's token is dead at once, also where the answer with the new one was lost.
    retry: async (browser, world) => {
      if (!await isIn(browser)) await signIn(browser, world, startPath);
      await signIn(browser, world, proofPath);
    },
    verify: async (browser) => equal((await browser.get("/account/delete")).status, 200),
  },
  {
    name: "setting the first password",
    prepare: async (world) => ({
      browser: await signUp(world),
      act: (it) => it.post(firstPath, { password: chosen }),
    }),
    // The first request may have set it, and renewed the session.
    retry: async (browser, world) => {
      const again = await browser.post(firstPath, { password: chosen });
      if (again.headers.get("location") === "/login") await signIn(browser, world, startPath);
    },
    retryStatuses: [303],
    verify: async (browser, world) => {
      equal(await isIn(browser), true);
      equal(await loginTarget(world, chosen), "/profile");
    },
  },
] satisfies Flow[]).map((flow) => ({ config, ...flow, fetch: google.fetch }));

/** Somebody who left from a page, and what brings them back. */
async function comingBack(world: TestWorld, browser: Browser, from: string) {
  const path = await leave(browser, world, from);
  return { browser, act: (it: Browser) => it.get(path, { "sec-fetch-site": "cross-site" }) };
}

async function signIn(browser: Browser, world: TestWorld, from: string): Promise<Response> {
  const path = await leave(browser, world, from);
  return await browser.get(path, { "sec-fetch-site": "cross-site" });
}

/** Leaves for the provider and agrees there: the path of the way back. */
async function leave(browser: Browser, world: TestWorld, from: string): Promise<string> {
  const left = await browser.post(from);
  const asked = new URL(left.headers.get("location") ?? "", world.config.origin).searchParams;
  const auth_time = Math.floor(world.now.getTime() / SECOND);
  return await google.agree(asked, { ...account, auth_time }, world.now);
}

/** Ann's browser; she has no password. */
async function signUp(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  await signIn(browser, world, startPath);
  equal((await browser.post(confirmPath, create)).headers.get("location"), "/profile");
  return browser;
}

async function isIn(browser: Browser): Promise<boolean> {
  return (await browser.get("/profile")).status === 200;
}

async function isLinked(browser: Browser, world: TestWorld): Promise<void> {
  equal((await identityRecords(world)).length, 2);
  deepEqual((await storedUsers(world))[0]?.identities, [issuer]);
  match(await (await browser.get(identitiesPath)).text(), /Google/);
}
