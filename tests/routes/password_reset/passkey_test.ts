import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Authenticator, type Changes, type Options } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { chosen, loginTarget, openLink } from "../../support/password_reset.ts";
import { ann } from "../../support/people.ts";
import { testWithMail as test, type TestWorld } from "../../support/world.ts";

const path = "/password-reset/new";

async function options(browser: Browser, from = path): Promise<Options> {
  return await (await browser.post(`${from}/options`)).json();
}

/** An authenticator with a passkey of Ann's, who has no other factor. */
async function enrolled(world: TestWorld): Promise<Authenticator> {
  const browser = await world.ann();
  await browser.post("/reauthenticate", { password: ann.password });
  const authenticator = new Authenticator();
  const credential = authenticator.create(await options(browser, "/account/passkeys"));
  equal((await browser.post("/account/passkeys", { credential })).status, 303);
  return authenticator;
}

async function reset(browser: Browser, authenticator: Authenticator, changes: Changes = {}) {
  const credential = authenticator.get(await options(browser), changes);
  return await browser.post(path, { password: chosen, credential, code: "" });
}

test("somebody who has only a passkey resets the password with it [SEC-H7]", async (world) => {
  const authenticator = await enrolled(world);
  const browser = await openLink(world);
  const page = await (await browser.get(path)).text();
  match(page, /Save with your passkey/);
  match(page, /name="code"[^>]* autocomplete="off"/, "no app makes a recovery code");
  equal((await browser.post(path, { password: chosen })).status, 422, "the link is not enough");
  equal((await browser.post(path, { password: chosen, credential: "" })).status, 422);
  equal(await loginTarget(world, ann.password), "/login/second-factor");

  const answer = await reset(browser, authenticator);
  equal(answer.headers.get("location"), "/login");
  ok(!browser.cookies.has("__Host-session"));
  equal(await loginTarget(world, chosen), "/login/second-factor", "it is still asked for");
});

test("a reset takes no challenge of another link or ceremony, and no wrong passkey [SEC-J1]", async (world) => {
  const authenticator = await enrolled(world);
  const old = await openLink(world);
  const ofOldLink = await options(old);
  const browser = await openLink(world);
  const visitor = world.browser();
  const present = async (given: Options, changes: Changes = {}) => {
    const credential = authenticator.get(given, changes);
    return await browser.post(path, { password: chosen, credential });
  };

  equal((await present(ofOldLink)).status, 422);
  equal((await present(await options(visitor, "/login/passkey"))).status, 422);
  const elsewhere = await present(await options(browser), { origin: "https://evil.example" });
  match(await elsewhere.text(), /This passkey didn’t work/);
  equal((await browser.post(path, { password: chosen, credential: "{}" })).status, 422);
  equal((await old.post(`${path}/options`)).status, 410, "a dead link gets no challenge");
  equal((await present(await options(browser))).status, 303);
});

test("a refused password uses up no answer of a passkey", async (world) => {
  const authenticator = await enrolled(world);
  const browser = await openLink(world);
  const credential = authenticator.get(await options(browser));
  for (const password of ["", "short", "passwordpassword"]) {
    equal((await browser.post(path, { password, credential })).status, 422);
  }
  equal((await browser.post(path, { password: chosen, credential })).status, 303);
});

test("refused passkeys count at the reset, too, and keep nobody out [SEC-C9] [SEC-C14]", async (world) => {
  const authenticator = await enrolled(world);
  const browser = await openLink(world);
  const wrong = { origin: "https://evil.example" };
  const statuses = [];
  for (let i = 0; i < 5; i++) statuses.push((await reset(browser, authenticator, wrong)).status);
  deepEqual(statuses, [422, 422, 422, 422, 422]);
  equal(world.events("authn_login_fail_max").length, 1);
  equal((await reset(browser, authenticator)).status, 303);
});
