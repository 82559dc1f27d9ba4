import { equal, match, ok } from "node:assert/strict";
import { MINUTE } from "../../../../lib/time.ts";
import { Authenticator } from "../../../support/authenticator.ts";
import { proveAgain, unlink } from "../../../support/identity.ts";
import { addPasskey } from "../../../support/passkey.ts";
import { changeUser, choose, chosen, loginTarget } from "../../../support/password_reset.ts";
import { ann } from "../../../support/people.ts";
import {
  confirmPath,
  isLoggedIn,
  signIn,
  signInTest,
  signInTestWithMail,
  signUp,
} from "../../../support/sign_in.ts";
import { test, testWithMail } from "../../../support/world.ts";

const path = "/account/password/first";

signInTestWithMail("a mailed link sets the first password", async (world, provider) => {
  const browser = await signUp(world, provider);
  const overview = await (await browser.get("/account")).text();
  match(overview, /None, so nobody can guess it/);
  match(overview, /You log in with/);
  const shown = await browser.get("/account/password");
  equal(shown.headers.get("location"), path);
  const page = await (await browser.follow(shown)).text();
  match(page, /You have no password/);
  ok(!page.includes('name="password"'));
  world.pass(11 * MINUTE); // no fresh login is needed
  const asked = await browser.post(path, { password: chosen });
  equal(asked.headers.get("location"), path);
  match(await (await browser.follow(asked)).text(), /We’ve sent a link to your address/);

  const reader = world.browser();
  await reader.get(await world.linkTo(ann.email));
  equal((await choose(reader)).status, 303);
  ok(!await isLoggedIn(browser), "every session ends");
  equal(await loginTarget(world, chosen), "/profile");
  const again = await signIn(world, provider, world.browser());
  equal(again.headers.get("location"), "/profile", "the provider still opens the account");
});

signInTest("pages suppose no password that somebody does not have", async (world, provider) => {
  const browser = await signUp(world, provider);
  await signIn(world, provider, world.browser()); // a second session
  for (const page of ["/account", "/account/sessions", "/account/delete", "/account/totp"]) {
    const text = await (await browser.get(page)).text();
    ok(!/(your|and|the) password(?! (if you have|manager))/i.test(text), page);
  }
});

testWithMail("no link for a first password goes to somebody who has one", async (world) => {
  const browser = await world.ann();
  const sent = (await world.delivered()).length;
  equal((await browser.post(path)).headers.get("location"), path);
  equal((await world.delivered()).length, sent);
  equal((await browser.get(path)).headers.get("location"), "/account/password");
});

signInTestWithMail(
  "mails with a link for the first password are limited with those of forgotten ones [SEC-H9]",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    const sent = (await world.delivered()).length;
    for (let i = 0; i < 2; i++) {
      await browser.post(path);
      await world.browser().post("/password-reset", { email: ann.email });
    }
    equal((await browser.post(path)).headers.get("location"), path);
    equal((await world.delivered()).length, sent + 3);
  },
);

signInTest("without mail a fresh login sets the first password", async (world, provider) => {
  const browser = await signUp(world, provider);
  const other = world.browser();
  await signIn(world, provider, other);
  world.pass(11 * MINUTE);
  for (const answer of [await browser.get(path), await browser.post(path, { password: chosen })]) {
    match(answer.headers.get("location") ?? "", /^\/reauthenticate/);
  }
  equal(await loginTarget(world, chosen), null);

  const proved = await proveAgain(world, provider, browser, {}, { next: path });
  equal(proved.headers.get("location"), path);
  match(await (await browser.get(path)).text(), /You have no password/);
  equal((await browser.post(path, { password: "short" })).status, 422);
  equal((await browser.post(path, { password: "ann@example.com" })).status, 422);
  equal((await browser.post(path, { password: chosen })).headers.get("location"), "/account");
  match(await (await browser.get("/account")).text(), /Your password is set/);
  ok(!await isLoggedIn(other), "every other session ends");
  equal(await loginTarget(world, chosen), "/profile");
  equal((await browser.get("/account/password")).status, 200);
  equal((await browser.get(path)).headers.get("location"), "/account/password");
  equal((await unlink(browser, provider)).status, 303, "it is not the last way in any more");
});

signInTest("the form of the first password, sent twice, is one", async (world, provider) => {
  const browser = await signUp(world, provider);
  const lost = browser.copy();
  equal((await lost.post(path, { password: chosen })).headers.get("location"), "/account");
  equal((await browser.post(path, { password: chosen })).headers.get("location"), "/account");
  ok(await isLoggedIn(browser));

  const stranger = await browser.post(path, { password: "another password of mine" });
  equal(stranger.headers.get("location"), "/login", "the first one stays");
  equal(await loginTarget(world, chosen), "/profile");
});

signInTest("two first passwords at the same moment: one is set", async (world, provider) => {
  const browser = await signUp(world, provider);
  const other = world.browser();
  const passwords = [chosen, "another password of mine"];
  await signIn(world, provider, other);
  await proveAgain(world, provider, other);
  await Promise.all(
    [browser, other].map((it, i) => it.post(path, { password: passwords[i] ?? "" })),
  );
  const targets = await Promise.all(passwords.map((it) => loginTarget(world, it)));
  equal(targets.filter((it) => it === "/profile").length, 1);
});

signInTest("an account with only a passkey sets a password too", async (world, provider) => {
  const browser = await signUp(world, provider);
  await addPasskey(browser, new Authenticator());
  equal((await unlink(browser, provider)).status, 303);
  equal((await browser.get("/account/password")).headers.get("location"), path);
  equal((await browser.post(path, { password: chosen })).headers.get("location"), "/account");
  ok(await isLoggedIn(browser));
  equal(await loginTarget(world, chosen), "/login/second-factor");
});

test("somebody with a password has no page for the first one", async (world) => {
  const browser = await world.ann();
  equal((await browser.get(path)).headers.get("location"), "/account/password");
  const answer = await browser.post(path, { password: chosen });
  equal(answer.headers.get("location"), "/login");
  equal(await loginTarget(world, chosen), null);
  equal(await loginTarget(world, ann.password), "/profile");
});

signInTestWithMail(
  "another browser cannot ask for a password that a registration does not have [SEC-H10]",
  async (world, provider) => {
    const browser = world.browser();
    const claims = { email: ann.email, email_verified: false };
    await signIn(world, provider, browser, claims);
    const made = await browser.post(confirmPath, {
      action: "create",
      name: "Ann",
      email: ann.email,
    });
    equal(made.headers.get("location"), "/verify-email");
    const link = await world.linkTo(ann.email);

    const other = world.browser();
    await other.get(link);
    const page = await (await other.get("/verify-email/confirm")).text();
    match(page, /open this link in the browser where you registered/);
    match(page, /href="\/login\/with\/hostile"/);
    match(page, /action="\/verify-email\/reject"/);
    ok(!page.includes('name="password"'));
    for (const password of ["", chosen]) {
      equal((await other.post("/verify-email/confirm", { password })).status, 422);
    }
    ok(!await isLoggedIn(other));

    await browser.get(link);
    equal((await browser.post("/verify-email/confirm")).status, 303);
    ok(await isLoggedIn(browser));
  },
);

signInTestWithMail(
  "who continues with the provider in another browser confirms the address there",
  async (world, provider) => {
    const claims = { email: ann.email, email_verified: false };
    const browser = world.browser();
    await signIn(world, provider, browser, claims);
    await browser.post(confirmPath, { action: "create", name: "Ann", email: ann.email });
    const other = world.browser();
    await other.get(await world.linkTo(ann.email));
    const answer = await signIn(world, provider, other, claims);
    equal(answer.headers.get("location"), "/profile");
    ok(await isLoggedIn(other));
  },
);

signInTestWithMail(
  "a registration that is rejected leaves nothing of its identity",
  async (world, provider) => {
    const browser = world.browser();
    await signIn(world, provider, browser, { email_verified: false });
    await browser.post(confirmPath, { action: "create", name: "Ann", email: ann.email });
    const owner = world.browser();
    await owner.get(await world.linkTo(ann.email));
    equal((await owner.post("/verify-email/reject")).status, 303);
    const kinds = (await world.records()).map(({ key }) => String(key[0]));
    ok(!kinds.some((kind) => /^(user|identity)/.test(kind)), kinds.join(" "));
  },
);

signInTestWithMail(
  "an address that nobody confirmed is confirmed first: its link would unlink the account",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    await changeUser(world, { emailVerified: false });
    const page = await (await browser.get(path)).text();
    match(page, /confirm your email address first/);
    match(page, /href="\/verify-email\?next=%2Faccount%2Fpassword%2Ffirst"/);
    ok(!page.includes(`action="${path}"`));
    const sent = (await world.delivered()).length;
    equal((await browser.post(path)).headers.get("location"), path);
    equal((await world.delivered()).length, sent);

    await browser.post("/verify-email", { email: ann.email });
    await browser.get(await world.linkTo(ann.email));
    equal((await browser.post("/verify-email/confirm")).status, 303);
    match(await (await browser.get(path)).text(), /action="\/account\/password\/first"/);
  },
);
