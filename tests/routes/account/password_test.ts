import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import { changePassword } from "../../support/attempts.ts";
import { interruptible } from "../../support/interruptible.ts";
import { rangeServiceOf } from "../../support/password_range.ts";
import { ann } from "../../support/people.ts";
import { changeUser, choose, chosen, openLink } from "../../support/password_reset.ts";
import { enterPassword, withSecondFactor } from "../../support/second_factor.ts";
import { test, testWithMail, TestWorld } from "../../support/world.ts";

const { email, password } = ann;

test("a password change ends every other session and every remember cookie at once [SEC-D20]", async (world) => {
  const desk = await world.ann();
  const phone = world.browser();
  await phone.post("/login", { email, password, remember: "on" });
  const thief = desk.copy();
  const before = desk.cookies.get("__Host-session");

  const answer = await changePassword(desk, chosen);
  equal(answer.headers.get("location"), "/account");
  match(
    await (await desk.follow(answer)).text(),
    /Your password has been changed, and every other browser has been logged out\./,
  );
  notEqual(
    desk.cookies.get("__Host-session"),
    before,
    "this session goes on under a new token [SEC-D8]",
  );
  equal((await thief.get("/profile")).status, 302);
  equal((await phone.get("/profile")).status, 302);
  phone.restart();
  equal((await phone.get("/profile")).status, 302);
  equal((await world.browser().post("/login", { email, password })).status, 422);
  equal((await world.browser().post("/login", { email, password: chosen })).status, 303);
  equal(world.events("authn_password_change").length, 1);
});

test("one commit sets the password and raises the epoch", async (world) => {
  const desk = await world.ann();
  await desk.get("/");

  const cost = await world.cost(() => changePassword(desk, chosen));
  // The attempt and its settling; password, epoch and session.
  deepEqual([cost.commits, cost.hashes], [3, 2]);
});

test("without the current password nothing changes [SEC-A14]", async (world) => {
  const desk = await world.ann();
  await desk.get("/");
  const before = await world.records();

  const refusals: [current: string, sentence: RegExp][] = [
    ["wrong", /This isn’t your current password/],
    ["", /Please fill this in/],
  ];
  for (const [current, sentence] of refusals) {
    const answer = await changePassword(desk, chosen, current);
    equal(answer.status, 422);
    const page = await answer.text();
    match(page.split('id="current_password-problem">')[1] ?? "", sentence);
    ok(!page.includes(chosen));
  }
  deepEqual(await world.records(), before);
});

test("a new password follows the rules of registration, with the problem beside its field [SEC-A1] [SEC-A6] [SEC-A8]", async (world) => {
  const desk = await world.register({ ...ann, name: "Ann Theodora Meyerhold" });
  const refusals: [password: string, sentence: RegExp][] = [
    ["fourteen chars", /too short/],
    ["ann theodora meyerhold", /made up of your name, your address/],
    ["ann@example.com", /made up of your name, your address/],
    ["passwordpassword", /known from other sites/],
  ];

  for (const [chosen, sentence] of refusals) {
    const cost = await world.cost(async () => {
      const answer = await changePassword(desk, chosen);
      equal(answer.status, 422);
      match((await answer.text()).split('id="password-problem">')[1] ?? "", sentence);
    });
    equal(cost.hashes, 0);
  }
});

test("the current password is proof enough: no other page asks for it first", async (world) => {
  const desk = await world.ann();
  world.pass(11 * MINUTE);

  equal((await desk.get("/account/password")).status, 200);
  equal((await changePassword(desk, chosen)).headers.get("location"), "/account");
  equal((await desk.get("/account/delete")).status, 200);
});

test("of two parallel password changes one wins, and the other browser is logged out", async (world) => {
  const desk = await world.ann();
  const phone = world.browser();
  await phone.post("/login", { email, password });
  const passwords = [chosen, "a kingfisher waits for fish"];

  await Promise.all(
    [desk, phone].map((browser, i) => changePassword(browser, passwords[i] as string)),
  );
  const works = await Promise.all(
    passwords.map(async (it) =>
      (await world.browser().post("/login", { email, password: it })).status
    ),
  );
  deepEqual(works.sort(), [303, 422]);
  const inside = await Promise.all(
    [desk, phone].map(async (browser) => (await browser.get("/profile")).status),
  );
  deepEqual(inside.sort(), [200, 302]);
});

Deno.test("a password change defeats a login with the old password that is in progress", async () => {
  const { hash, meanwhile } = interruptible();
  await using world = await TestWorld.create({ hash });
  const desk = await world.ann();
  const thief = world.browser();
  meanwhile(() => changePassword(desk, chosen));

  await thief.post("/login", { email, password });
  equal((await thief.get("/profile")).status, 302);
  equal((await desk.get("/profile")).status, 200);
});

Deno.test("a password change does not undo a logout that happens meanwhile [REL-P5]", async () => {
  const { hash, meanwhile } = interruptible();
  await using world = await TestWorld.create({ hash });
  const desk = await world.ann();
  const tab = desk.copy();
  meanwhile(() => tab.post("/logout"));

  const answer = await changePassword(desk, chosen);
  equal(answer.headers.get("location"), "/login");
  equal((await desk.get("/profile")).status, 302);
  equal((await world.browser().post("/login", { email, password: chosen })).status, 303);
});

Deno.test("a password that only the range service knows is refused at registration and at a change [SEC-A7]", async () => {
  const password = "nine brass kettles hum";
  await using world = await TestWorld.create({
    config: { passwordRangeUrl: "https://range.example" },
    fetch: await rangeServiceOf(password),
  });

  const registered = await world.browser().post("/register", { ...ann, password });
  equal(registered.status, 422);
  match(await registered.text(), /id="password-problem"/);
  const browser = await world.ann();
  const changed = await changePassword(browser, password);
  equal(changed.status, 422);
  match(await changed.text(), /id="password-problem"/);
  equal((await world.browser().post("/login", { ...ann })).status, 303);
});

testWithMail(
  "with mail the same commit tells the owner, and ends the links that wait [SEC-H15]",
  async (world) => {
    const desk = await world.ann();
    const link = await openLink(world);
    await desk.get("/");

    const { commits } = await world.cost(() => changePassword(desk, chosen));
    equal(commits, 3);
    const { subject, text } = await world.mailTo(email);
    equal(subject, "Your password was changed");
    match(text, /https:\/\/app\.example\/undo\//);
    equal((await choose(link)).status, 410);
    equal((await world.browser().post("/login", { email, password: chosen })).status, 303);
  },
);

testWithMail("an address that nobody confirmed is told nothing", async (world) => {
  const desk = await world.ann();
  await changeUser(world, { emailVerified: false });
  const before = (await world.delivered()).length;

  equal((await changePassword(desk, chosen)).headers.get("location"), "/account");
  equal((await world.delivered()).length, before);
});

test("somebody with a second factor proves it before the password changes, and it stays enrolled [SEC-C14] [SEC-I7]", async (world) => {
  const { browser, nextCode } = await withSecondFactor(world);
  const refused = await changePassword(browser, chosen);
  equal(refused.headers.get("location"), "/reauthenticate");
  equal(
    (await browser.get("/account/password")).headers.get("location"),
    "/reauthenticate?next=%2Faccount%2Fpassword",
  );
  equal((await browser.post("/reauthenticate", { code: nextCode() })).status, 303);

  world.pass(10 * MINUTE - SECOND);
  equal((await changePassword(browser, chosen)).headers.get("location"), "/account");
  world.pass(SECOND);
  equal((await browser.get("/account/delete")).status, 302, "the password made nothing fresher");
  const again = world.browser();
  await enterPassword(again, { ...ann, password: chosen });
});

test("the form of somebody with a second factor may be sent twice", async (world) => {
  const { browser, nextCode } = await withSecondFactor(world);
  await browser.post("/reauthenticate", { code: nextCode() });
  const [first, second] = [browser, browser.copy()];
  equal((await changePassword(first, chosen)).headers.get("location"), "/account");
  const answer = await changePassword(second, chosen);
  equal(answer.headers.get("location"), "/account");
  ok(!answer.headers.getSetCookie().some((it) => it.startsWith("__Host-session=")));
  equal((await first.get("/profile")).status, 200);
});
