import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import { ann, bob } from "../support/people.ts";
import {
  afterPassword,
  enterCode,
  enterPassword,
  withSecondFactor,
} from "../support/second_factor.ts";
import { test } from "../support/world.ts";

const { email, password } = ann;

test("a login older than ten minutes must reauthenticate, and returns to the requested page [SEC-D24]", async (world) => {
  const browser = await world.ann();

  world.pass(10 * MINUTE - SECOND);
  equal((await browser.get("/account/delete")).status, 200);
  world.pass(SECOND);
  const refused = await browser.get("/account/delete");
  equal(refused.headers.get("location"), "/reauthenticate?next=%2Faccount%2Fdelete");

  const page = await (await browser.follow(refused)).text();
  match(page, /Please confirm it’s you to see this page\./);
  match(page, /enter the password for ann@example\.com again/);
  match(page, /name="next" value="\/account\/delete"/);
  const before = browser.cookies.get("__Host-session");
  const answer = await browser.post("/reauthenticate", { password, next: "/account/delete" });
  equal(answer.headers.get("location"), "/account/delete");
  equal((await browser.follow(answer)).status, 200);
  notEqual(browser.cookies.get("__Host-session"), before, "with a new token [SEC-D8]");
});

test("a wrong password does not reauthenticate, costs one hash and keeps next", async (world) => {
  const browser = await world.ann();
  world.pass(10 * MINUTE);

  const cost = await world.cost(async () => {
    const answer = await browser.post("/reauthenticate", {
      password: "not her password",
      next: "/account/delete",
    });
    equal(answer.status, 422);
    const page = await answer.text();
    match(page, /Wrong password\./);
    match(page, /value="\/account\/delete"/);
    ok(!page.includes("not her password"));
  });
  equal(cost.hashes, 1);
  equal((await browser.get("/account/delete")).status, 302);
  const failed = world.logged.filter((line) => line.event === "authn_login_fail");
  deepEqual(failed.map((line) => line.facts.reason), ["wrong"]);
});

test("the address in the form does not decide whose password is asked for", async (world) => {
  const browser = await world.ann();
  await world.bob();
  world.pass(10 * MINUTE);

  const bobs = { email: bob.email, password: bob.password };
  equal((await browser.post("/reauthenticate", bobs)).status, 422);
  const change = { ...bobs, current_password: bob.password };
  const answer = await browser.post("/account/password", {
    ...change,
    password: "a heron stands in the reeds",
  });
  equal(answer.status, 422);
  equal((await browser.get("/account/delete")).status, 302);
});

test("reauthentication does not extend the absolute limit of a session", async (world) => {
  const browser = await world.ann();

  for (let hour = 0; hour < 24; hour++) {
    world.pass(HOUR - SECOND);
    equal((await browser.post("/reauthenticate", { password })).status, 303, `${hour}`);
  }
  world.pass(24 * SECOND);
  equal((await browser.get("/profile")).status, 302);
});

test("an empty password is a problem beside its field, unhashed", async (world) => {
  const browser = await world.ann();

  const cost = await world.cost(async () => {
    const answer = await browser.post("/reauthenticate", { password: "" });
    match(await answer.text(), /id="password-problem">Please fill this in/);
  });
  equal(cost.hashes, 0);
});

test("reauthentication ignores an unsafe next", async (world) => {
  const browser = await world.ann();
  const answer = await browser.post("/reauthenticate", { password, next: "//evil.test" });
  equal(answer.headers.get("location"), "/profile");
});

test("a remembered browser sees the profile, and must reauthenticate to delete the account [SEC-D17]", async (world) => {
  const browser = await world.ann();
  await browser.post("/logout");
  match(await (await browser.get("/login")).text(), /name="remember" type="checkbox" value="on"/);
  await browser.post("/login", { email, password, remember: "on" });
  browser.restart();

  equal((await browser.get("/profile")).status, 200);
  equal(
    (await browser.get("/account/delete")).headers.get("location"),
    "/reauthenticate?next=%2Faccount%2Fdelete",
  );
});

test("a browser is not remembered unless the box is ticked", async (world) => {
  const browser = await world.ann();
  browser.restart();
  equal((await browser.get("/profile")).status, 302);
});

test("the box stays ticked when the login is refused", async (world) => {
  const answer = await world.browser().post("/login", { email, password, remember: "on" });
  match(await answer.text(), /name="remember" type="checkbox" value="on" checked/);
});

test("a password alone makes no page fresh for somebody with a second factor [SEC-C14]", async (world) => {
  const { browser, nextCode } = await withSecondFactor(world);
  world.pass(10 * MINUTE);
  const page = await (await browser.get("/reauthenticate?next=%2Faccount%2Fdelete")).text();
  match(page, /name="code"/);
  ok(!page.includes('name="password"'));

  const cost = await world.cost(async () => {
    const answer = await browser.post("/reauthenticate", { password, next: "/account/delete" });
    equal(answer.status, 422);
    const again = await answer.text();
    match(again, /id="totp-problem">Please fill this in/);
    match(again, /name="next" value="\/account\/delete"/);
  });
  equal(cost.hashes, 0);
  equal((await browser.get("/account/delete")).status, 302);

  const answer = await browser.post("/reauthenticate", {
    code: nextCode(),
    next: "/account/delete",
  });
  equal(answer.headers.get("location"), "/account/delete");
  equal((await browser.follow(answer)).status, 200);
  match(await (await browser.get("/account/sessions")).text(), /password, one-time code/);
});

test("a recovery code makes a login fresh, once, and the page says how many are left", async (world) => {
  const { browser, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  world.pass(10 * MINUTE);
  const answer = await browser.post("/reauthenticate", { code });
  match(await (await browser.follow(answer)).text(), /You used a recovery code\. 9 are left\./);
  equal((await browser.get("/account/delete")).status, 200);
  equal((await browser.post("/reauthenticate", { code })).status, 422);
});

test("wrong codes count together at login and at reauthentication [SEC-C14] [SEC-I5]", async (world) => {
  const { browser, nextCode, wrongCode } = await withSecondFactor(world);
  for (let i = 0; i < 4; i++) {
    const answer = await browser.post("/reauthenticate", { code: wrongCode() });
    equal(answer.status, 422);
    match(await answer.text(), /Wrong code\./);
  }
  equal((await browser.post("/reauthenticate", { code: "12345" })).status, 422, "it was not tried");
  const other = await afterPassword(world);
  equal((await enterCode(other, wrongCode())).status, 429);
  world.pass(-SECOND);
  const waiting = await browser.post("/reauthenticate", { code: nextCode(), next: "/account" });
  equal(waiting.status, 429);
  match(await waiting.text(), /href="\/reauthenticate\?next=%2Faccount"/);
  deepEqual(world.events("authn_login_fail_max").length, 1);
});

test("a remembered browser of somebody with a second factor proves it when a page needs it", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = world.browser();
  await enterPassword(browser, ann, { remember: "on" });
  await enterCode(browser, nextCode());
  browser.restart();
  equal((await browser.get("/profile")).status, 200);
  const refused = await browser.get("/account/delete");
  equal(refused.headers.get("location"), "/reauthenticate?next=%2Faccount%2Fdelete");
  equal((await browser.post("/reauthenticate", { password })).status, 422);
  equal((await browser.get("/account/delete")).status, 302);
  equal((await browser.post("/reauthenticate", { code: nextCode() })).status, 303);
  equal((await browser.get("/account/delete")).status, 200);
});

test("a login from before the second factor was enrolled is not fresh by its password", async (world) => {
  const { browser } = await withSecondFactor(world);
  equal((await browser.get("/profile")).status, 200);
  equal(
    (await browser.get("/account/delete")).headers.get("location"),
    "/reauthenticate?next=%2Faccount%2Fdelete",
  );
});
