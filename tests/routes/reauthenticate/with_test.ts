import { deepEqual, equal, fail, match, ok } from "node:assert/strict";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import type { Browser } from "../../support/browser.ts";
import { link, proofPath, proveAgain } from "../../support/identity.ts";
import { ann } from "../../support/people.ts";
import {
  comeBack,
  leave,
  signIn,
  signInTest,
  signInTestWithMail,
  signUp,
} from "../../support/sign_in.ts";
import { withSecondFactor } from "../../support/second_factor.ts";
import type { TestWorld } from "../../support/world.ts";

const silent = { tellsAuthTime: false };

/** Whether a page that asks for a fresh login opens. */
async function isFresh(browser: Browser): Promise<boolean> {
  return (await browser.get("/account/delete")).status === 200;
}

function seconds(world: TestWorld): number {
  return Math.floor(world.now.getTime() / SECOND);
}

signInTest(
  "somebody without a password deletes the account after another login at the provider [SEC-K11]",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    world.pass(11 * MINUTE);
    const asked = await browser.get("/account/delete");
    const page = await (await browser.follow(asked)).text();
    ok(!page.includes('name="password"'));
    match(page, /href="\/reauthenticate\/with\/hostile\?next=%2Faccount%2Fdelete"/);
    const start = await browser.get(`${proofPath}?next=/account/delete`);
    match(await start.text(), /name="next" value="\/account\/delete"/);

    const next = { next: "/account/delete" };
    const proved = await proveAgain(world, provider, browser, {}, next);
    equal(proved.headers.get("location"), "/account/delete");
    equal((await browser.post("/account/delete", { email: ann.email })).status, 303);
    const kinds = (await world.records()).map(({ key }) => key[0]);
    // What a sign-in used is empty, and ends by itself.
    deepEqual([...new Set(kinds)].sort(), ["oidc_transaction", "proved_identity"]);
  },
);

signInTest(
  "a login there that is old, or of which the provider does not say when, proves nothing [SEC-K11]",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    world.pass(11 * MINUTE);
    for (const auth_time of [seconds(world) - 61, undefined, null, "now"]) {
      const refused = await proveAgain(world, provider, browser, { auth_time });
      equal(refused.status, 400, String(auth_time));
      ok(!await isFresh(browser));
    }
    equal((await proveAgain(world, provider, browser)).status, 303);
    ok(await isFresh(browser));
  },
);

signInTest(
  "an account at the provider that is not linked to this user proves nothing",
  async (world, provider) => {
    await signUp(world, provider, { sub: "bob", email: "bob@example.com" });
    const browser = await signUp(world, provider);
    world.pass(11 * MINUTE);
    for (const sub of ["bob", "nobody"]) {
      const refused = await proveAgain(world, provider, browser, { sub });
      equal(refused.status, 400);
      match(await refused.text(), /a different account/i);
      ok(!await isFresh(browser));
    }
  },
);

signInTest("a proof counts for the login that asked, and for no other", async (world, provider) => {
  const browser = await signUp(world, provider);
  const asked = [await leave(browser, {}, proofPath), await leave(browser, {}, proofPath)];
  await browser.post("/logout");
  const auth_time = seconds(world);
  const asGuest = await comeBack(world, provider, browser, asked[0] ?? fail(), { auth_time });
  equal(asGuest.status, 400);
  match(await asGuest.text(), /begin again/i);

  equal((await signIn(world, provider, browser)).headers.get("location"), "/profile");
  const inAnother = await comeBack(world, provider, browser, asked[1] ?? fail(), { auth_time });
  equal(inAnother.status, 400);
  ok(!await isFresh(browser));
});

signInTest("a login that asked for no proof gives none", async (world, provider) => {
  const browser = await signUp(world, provider);
  world.pass(11 * MINUTE);
  const asked = await leave(browser);
  equal(asked.get("max_age"), null);
  await comeBack(world, provider, browser, asked, { auth_time: seconds(world) });
  ok(!await isFresh(browser));
});

signInTest("a second factor is proved itself, not at the provider", async (world, provider) => {
  const { browser, nextCode } = await withSecondFactor(world);
  await browser.post("/reauthenticate", { code: nextCode() });
  await link(world, provider, browser);
  world.pass(11 * MINUTE);
  ok(!(await (await browser.get("/reauthenticate")).text()).includes(proofPath));
  const proved = await proveAgain(world, provider, browser);
  equal(proved.headers.get("location"), "/reauthenticate");
  ok(!await isFresh(browser));
});

signInTest(
  "a provider that is believed about second factors proves one",
  async (world, provider) => {
    const { browser, nextCode } = await withSecondFactor(world);
    await browser.post("/reauthenticate", { code: nextCode() });
    await link(world, provider, browser);
    world.pass(11 * MINUTE);
    await proveAgain(world, provider, browser, { amr: ["pwd"] });
    ok(!await isFresh(browser));
    await proveAgain(world, provider, browser, { amr: ["pwd", "mfa"] });
    ok(await isFresh(browser));
  },
  { provider: { trust: { amr: ["mfa"], acr: [], authTime: false } } },
);

signInTest("somebody with a password may prove either", async (world, provider) => {
  const browser = await world.ann();
  ok(!(await (await browser.get("/reauthenticate")).text()).includes(proofPath));
  equal((await browser.get(proofPath)).status, 404, "nothing is linked yet");
  await link(world, provider, browser);
  world.pass(11 * MINUTE);

  const page = await (await browser.get("/reauthenticate")).text();
  match(page, /name="password"/);
  match(page, /Continue with Hostile/);
  ok(!/Set a password instead|ask the people who run/.test(page));
  equal((await proveAgain(world, provider, browser)).headers.get("location"), "/profile");
  ok(await isFresh(browser));
});

for (const mail of [true, false]) {
  const way = mail ? "the way to a password" : "who helps";
  const run = mail ? signInTestWithMail : signInTest;
  run(`beside a provider that may not say when, the page names ${way}`, async (world, provider) => {
    const browser = await signUp(world, provider);
    world.pass(11 * MINUTE);
    const refused = await proveAgain(world, provider, browser, { auth_time: undefined });
    match(await refused.text(), /href="\/reauthenticate"/);

    const page = await (await browser.get("/reauthenticate")).text();
    match(page, /Continue with Hostile/);
    equal(/href="\/account\/password\/first">Set a password instead</.test(page), mail);
    equal(/ask the people who run this site/.test(page), !mail);
    equal((await browser.get("/account/password/first")).status, mail ? 200 : 302);
  });
}

signInTestWithMail(
  "where the provider does not say when, a mailed link sets a password",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    const page = await (await browser.get("/reauthenticate")).text();
    match(page, /logging out and in again won’t help/);
    match(page, /href="\/account\/password\/first"/);
    for (const answer of [await browser.get(proofPath), await browser.post(proofPath)]) {
      equal(answer.status, 404);
    }
  },
  { provider: silent },
);

signInTest(
  "where the provider does not say when, and without mail, the page says who helps",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    const page = await (await browser.get("/reauthenticate")).text();
    match(page, /ask the people who run this site/);
    ok(!page.includes("/password-reset"));
  },
  { provider: silent },
);
