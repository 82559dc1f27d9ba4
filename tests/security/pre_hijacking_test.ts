import { equal, ok } from "node:assert/strict";
import { SECOND } from "../../lib/time.ts";
import { Authenticator } from "../support/authenticator.ts";
import type { Browser } from "../support/browser.ts";
import type { HostileProvider } from "../support/hostile_provider.ts";
import { link } from "../support/identity.ts";
import { addPasskey, presentPasskey } from "../support/passkey.ts";
import { changeUser, choose, chosen, loginTarget, openLink } from "../support/password_reset.ts";
import { ann } from "../support/people.ts";
import { confirmPath, isLoggedIn, signIn, signInTestWithMail, signUp } from "../support/sign_in.ts";
import { enrolTotp } from "../support/totp.ts";
import type { TestWorld } from "../support/world.ts";

// An attacker makes an account with Ann's address, and waits for her to take it over.

type Site = readonly [world: TestWorld, provider: HostileProvider];

/** Prepares something, and gives what the attacker does with it later: the browser that is in. */
type Preparation = (...site: Site) => Promise<() => Promise<Browser>>;

/** What Ann does, and the address where a login leads her with the password that she chose. */
type Takeover = (...site: Site) => Promise<string | null>;

const { email, password } = ann; // the attacker chose this password
const attacker = { sub: "attacker", email: "attacker@example.com" };
const annAtProvider = { sub: "ann", email, email_verified: true };
const config = { loginByMail: true };

/** In an account that nobody confirmed, and that the attacker uses: it is from before mail was on. */
const preparations: Readonly<Record<string, Preparation>> = {
  "a password": async (world) => {
    await freshAttacker(world);
    return async () => {
      const browser = world.browser();
      await browser.post("/login", { email, password });
      return browser;
    };
  },
  "a session": async (world) => {
    const browser = await freshAttacker(world);
    return () => Promise.resolve(browser);
  },
  "a remembered browser": async (world) => {
    const browser = await freshAttacker(world);
    await browser.post("/login", { email, password, remember: "on" });
    return () => {
      browser.restart();
      return Promise.resolve(browser);
    };
  },
  "a passkey": async (world) => {
    const authenticator = new Authenticator();
    await addPasskey(await freshAttacker(world), authenticator);
    return async () => {
      const browser = world.browser();
      await presentPasskey(browser, authenticator, { at: "/login/passkey" });
      return browser;
    };
  },
  "an app": async (world) => {
    const browser = await freshAttacker(world);
    await enrolTotp(browser, world.now);
    return () => Promise.resolve(browser);
  },
  "a linked account": async (world, provider) => {
    await link(world, provider, await freshAttacker(world), attacker);
    return () => enterByProvider(world, provider);
  },
  "an account made at a provider": async (world, provider) => {
    await signUp(world, provider, { ...attacker, email });
    return () => enterByProvider(world, provider);
  },
  "everything": async (world, provider) => {
    const browser = await freshAttacker(world);
    await link(world, provider, browser, attacker);
    await addPasskey(browser, new Authenticator());
    await enrolTotp(browser, world.now);
    return () => enterByProvider(world, provider);
  },
};

const takeovers: Readonly<Record<string, Takeover>> = {
  "resets the password": reset,
  "logs in by a mailed link": async (world) => {
    await logInByLink(world);
    return "/profile"; // no password is chosen yet
  },
  "logs in by a mailed link and chooses a password": async (world) => {
    await logInByLink(world);
    return await reset(world);
  },
  "signs in at a provider that verified the address": signInVerified,
};

for (const [prepared, prepare] of Object.entries(preparations)) {
  for (const [takesOver, takeOver] of Object.entries(takeovers)) {
    signInTestWithMail(
      `${prepared} of an attacker is worth nothing once the owner of the address ${takesOver} [SEC-H10]`,
      async (world, provider) => {
        const enter = await prepare(world, provider);
        await world.delivered();
        await changeUser(world, { emailVerified: false });
        world.pass(SECOND);

        equal(await takeOver(world, provider), "/profile");
        ok(!await isLoggedIn(await enter()), "the attacker is in");
      },
      { config },
    );
  }
}

/** In an account that waits for its link: it opens nothing, so there is nothing else to prepare. */
const waitingPreparations: Readonly<Record<string, Preparation>> = {
  "a password": async (world) => {
    const browser = world.browser();
    await browser.post("/register", { ...ann });
    return async () => {
      await browser.post("/login", { email, password });
      return browser;
    };
  },
  "an account at a provider that did not verify the address": async (world, provider) => {
    const browser = world.browser();
    await signIn(world, provider, browser, { ...attacker, email, email_verified: false });
    const made = await browser.post(confirmPath, { action: "create", name: "Ann", email });
    equal(made.headers.get("location"), "/verify-email");
    return async () => {
      await signIn(world, provider, browser, { ...attacker, email, email_verified: false });
      return browser;
    };
  },
};

const waitingTakeovers: Readonly<Record<string, Takeover>> = {
  "resets the password": reset,
  "signs in at a provider that verified the address": signInVerified,
  "says that it is not theirs": async (world) => {
    const browser = world.browser();
    await browser.get(await world.linkTo(email));
    equal((await browser.post("/verify-email/reject")).status, 303);
    return "/profile"; // nothing of the account is left
  },
  "registers": async (world) => {
    const browser = world.browser();
    await browser.post("/register", { ...ann, password: chosen });
    await browser.get(await world.linkTo(email));
    equal((await browser.post("/verify-email/confirm")).status, 303);
    return await loginTarget(world, chosen);
  },
};

for (const [prepared, prepare] of Object.entries(waitingPreparations)) {
  for (const [takesOver, takeOver] of Object.entries(waitingTakeovers)) {
    signInTestWithMail(
      `${prepared} of an attacker who waits is worth nothing once the owner of the address ${takesOver} [SEC-H10]`,
      async (world, provider) => {
        const enter = await prepare(world, provider);
        equal(await takeOver(world, provider), "/profile");
        ok(!await isLoggedIn(await enter()), "the attacker is in");
      },
    );
  }

  signInTestWithMail(
    `the owner of the address does not confirm ${prepared} of an attacker by its link alone [SEC-H10]`,
    async (world, provider) => {
      const enter = await prepare(world, provider);
      const browser = world.browser();
      await browser.get(await world.linkTo(email));
      equal((await browser.post("/verify-email/confirm")).status, 422);
      ok(!await isLoggedIn(await enter()), "the attacker is in");
    },
  );
}

async function freshAttacker(world: TestWorld): Promise<Browser> {
  const browser = await world.ann();
  await browser.post("/reauthenticate", { password });
  return browser;
}

async function enterByProvider(world: TestWorld, provider: HostileProvider): Promise<Browser> {
  const browser = world.browser();
  await signIn(world, provider, browser, attacker);
  return browser;
}

/** Ann has no factor to prove: those in the account are the attacker's. */
async function reset(world: TestWorld): Promise<string | null> {
  equal((await choose(await openLink(world))).status, 303);
  return await loginTarget(world, chosen);
}

async function logInByLink(world: TestWorld): Promise<void> {
  const browser = world.browser();
  await browser.post("/login/link", { email });
  await browser.get(await world.linkTo(email));
  const answer = await browser.post("/login/link/confirm");
  equal(answer.headers.get("location"), "/password-reset");
}

async function signInVerified(world: TestWorld, provider: HostileProvider): Promise<string | null> {
  const browser = world.browser();
  await signIn(world, provider, browser, annAtProvider);
  const made = await browser.post(confirmPath, { action: "create", name: "Ann" });
  return made.headers.get("location");
}
