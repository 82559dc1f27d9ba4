import { deepEqual, equal, match, ok } from "node:assert/strict";
import { MINUTE } from "../../../lib/time.ts";
import type { ActWord } from "../../../views/admin/acts.tsx";
import { ann, bob, cleo } from "../../support/people.ts";
import { act, annsAccount, asRole, giveRoles, userOf } from "../../support/roles.ts";
import { test, testWithMail, type TestWorld } from "../../support/world.ts";

const { email, password } = ann;

/** The events of somebody's timeline, the newest first. */
async function timeline(world: TestWorld, userId: string) {
  return (await world.services.events.list(userId, { limit: 50 })).events;
}

test("an act is asked once more before it happens", async (world) => {
  const { id, phone } = await annsAccount(world);
  const { browser } = await asRole(world, ["admin"]);

  const question = await browser.post(`/admin/users/${id}/suspend`, { reason: "Spam" });
  equal(question.status, 200);
  match(await question.text(), /name="confirm" value="yes"/);
  equal((await phone.get("/profile")).status, 200);
  const missing = await browser.post(`/admin/users/${id}/suspend`, { reason: " ", confirm: "yes" });
  equal(missing.status, 422);
  const long = await browser.post(`/admin/users/${id}/suspend`, { reason: "x".repeat(501) });
  equal(long.status, 422);
  equal((await phone.get("/profile")).status, 200);
});

testWithMail(
  "a suspended person is out at once, everywhere, and reads why at the login [SEC-D21]",
  async (world) => {
    const phone = await world.ann();
    const remembered = world.browser();
    await remembered.post("/login", { email, password, remember: "on" });
    const { id } = await userOf(world, ann);
    const admin = await asRole(world, ["admin"]);
    equal((await act(admin.browser, id, "suspend", { reason: "Too many mails" })).status, 303);

    equal((await phone.get("/profile")).status, 302);
    remembered.restart();
    equal((await remembered.get("/profile")).status, 302);
    const login = await world.browser().post("/login", { email, password });
    equal(login.status, 422);
    match(await login.text(), /Too many mails/);
    const wrong = await world.browser().post("/login", { email, password: "not her password" });
    ok(!(await wrong.text()).includes("Too many mails"));

    const [event] = await timeline(world, id);
    deepEqual([event?.kind, event?.by, event?.facts], [
      "suspended",
      admin.user.id,
      { reason: "Too many mails" },
    ]);
    match((await world.mailTo(email)).text, /has suspended your account[^]*Too many mails/);
    equal(world.events("authz_admin").at(-1)?.facts.action, "suspend");

    await act(admin.browser, id, "reactivate");
    equal((await world.browser().post("/login", { email, password })).status, 303);
    deepEqual((await timeline(world, id)).slice(0, 2).map(({ kind }) => kind), [
      "logged_in",
      "reactivated",
    ]);
  },
);

testWithMail(
  "an administrator starts a reset, and sees no link and no password [SEC-A17]",
  async (world) => {
    const { id } = await annsAccount(world);
    const { browser } = await asRole(world, ["support"]);
    const answer = await act(browser, id, "reset-password", { reason: "Asked for by phone" });

    equal(answer.status, 303);
    const link = await world.linkTo(email);
    ok(link.startsWith("/password-reset/"));
    match(
      (await world.mailTo(email)).text,
      /An administrator of Latchkey asks you[^]*Asked for by phone/,
    );
    ok(!(await (await browser.follow(answer)).text()).includes(link));
    equal((await timeline(world, id))[0]?.kind, "reset_started");
    equal((await world.browser().post("/login", { email, password })).status, 303);
  },
);

testWithMail("a suspended person gets no link for a new password", async (world) => {
  const { id } = await annsAccount(world);
  const { browser } = await asRole(world, ["admin"]);
  await act(browser, id, "suspend");
  const sent = (await world.delivered()).length;

  const refused = await act(browser, id, "reset-password");
  equal(refused.status, 422);
  match(await refused.text(), /Reactivate it first/);
  equal((await world.delivered()).length, sent);
  equal((await timeline(world, id))[0]?.kind, "suspended");
});

testWithMail("nothing can be done to an account that nobody confirmed yet", async (world) => {
  await world.browser().post("/register", { ...ann });
  const { id } = await userOf(world, ann);
  const { browser } = await asRole(world, ["admin"]);

  const page = await (await browser.get(`/admin/users/${id}`)).text();
  ok(page.includes(email) && !page.includes('method="post" action="/admin/'));
  equal((await act(browser, id, "delete")).status, 404);
  ok(await userOf(world, ann));
});

test("the roles that were chosen stay chosen when the reason is missing", async (world) => {
  const { id } = await annsAccount(world);
  const { browser } = await asRole(world, ["admin"]);

  const answer = await browser.post(`/admin/users/${id}/role`, { reason: " ", role: "support" });
  equal(answer.status, 422);
  match(await answer.text(), /value="support" checked/);
});

test("who lost the permission meanwhile is refused with 403, and it is logged [SEC-L5]", async (world) => {
  const { id } = await annsAccount(world);
  const { browser, user: { id: adminId } } = await asRole(world, ["admin"]);
  const role = await world.database.get(["role", "admin", adminId]);
  await world.database.delete(role.key); // as a demotion does that comes after the page's guard

  const refused = await act(browser, id, "suspend");
  equal(refused.status, 403);
  match(await refused.text(), /You may not do this any more/);
  deepEqual((await userOf(world, ann)).active, true);
  equal(world.events("authz_fail").length, 1);
  await world.database.set(role.key, role.value);
});

test("sessions are ended, and the person may log in again", async (world) => {
  const { id, phone } = await annsAccount(world);
  const { browser } = await asRole(world, ["support"]);
  await act(browser, id, "end-sessions");

  equal((await phone.get("/profile")).status, 302);
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

testWithMail("roles are replaced, all of them, and the person is told", async (world) => {
  const { id } = await annsAccount(world);
  const { browser } = await asRole(world, ["admin"]);
  await act(browser, id, "role", { role: "support" });
  deepEqual((await userOf(world, ann)).roles, ["support"]);
  match((await world.mailTo(email)).text, /changed what you may do/);

  const unknown = await browser.post(`/admin/users/${id}/role`, { reason: "x", role: "root" });
  equal(unknown.status, 422);
  const both = "reason=x&confirm=yes&role=admin&role=support";
  equal((await browser.postBody(`/admin/users/${id}/role`, both)).status, 303);
  deepEqual((await userOf(world, ann)).roles.toSorted(), ["admin", "support"]);
  await act(browser, id, "role");
  deepEqual((await userOf(world, ann)).roles, []);
});

testWithMail(
  "an account is deleted with everything, and its person is told [SEC-N10]",
  async (world) => {
    const { browser } = await asRole(world, ["admin"]);
    const before = (await world.records()).map(({ key }) => key.join());
    const { id, phone } = await annsAccount(world);
    await act(browser, id, "delete", { reason: "Asked for by letter" });
    await world.delivered();

    equal((await phone.get("/profile")).status, 302);
    const { subject, text } = await world.mailTo(email);
    equal(subject, "Your account was deleted");
    match(text, /has deleted your account[^]*Asked for by letter/);
    equal((await browser.get("/admin/users")).status, 200, "the administrator stays logged in");
    const left = (await world.records()).filter(({ key }) => !before.includes(key.join()));
    deepEqual(left.filter(({ key, value }) => JSON.stringify([key, value]).includes(id)), []);
  },
);

test("nobody suspends or deletes their own account here, nor takes the last administrator [SEC-L7]", async (world) => {
  const { browser, user } = await asRole(world, ["admin"]);

  for (const word of ["suspend", "delete", "role"] as const) {
    equal((await act(browser, user.id, word)).status, 422, word);
  }
  deepEqual((await userOf(world, cleo)).roles, ["admin"]);

  await world.bob();
  await giveRoles(world, bob, ["admin"]);
  for (const word of ["suspend", "delete"] as const) {
    const refused = await act(browser, user.id, word);
    equal(refused.status, 422, word);
    match(await refused.text(), /You can’t do this to your own account here/);
  }
  equal((await act(browser, user.id, "role", { role: "support" })).status, 303);
  equal((await browser.post(`/admin/users/${user.id}/suspend`, { reason: "x" })).status, 403);
});

const permissions: [ActWord, allowed: boolean][] = [
  ["suspend", false],
  ["reactivate", false],
  ["role", false],
  ["delete", false],
  ["end-sessions", true],
];

for (const [word, allowed] of permissions) {
  test(`support ${allowed ? "may" : "may not"} use ${word} [SEC-L1]`, async (world) => {
    const { id } = await annsAccount(world);
    const { browser } = await asRole(world, ["support"]);

    equal((await act(browser, id, word)).status, allowed ? 303 : 403);
  });
}

test("an act needs a fresh login; it is held, and asked again after the proof [SEC-D24]", async (world) => {
  const { id, phone } = await annsAccount(world);
  const { browser, nextCode } = await asRole(world, ["admin"]);
  world.pass(11 * MINUTE);
  const form = { reason: "Spam", confirm: "yes" };
  const held = await browser.post(`/admin/users/${id}/suspend`, form);

  equal(held.headers.get("location"), "/reauthenticate");
  equal((await phone.get("/profile")).status, 200);
  const proof = await browser.post("/reauthenticate", { code: nextCode() });
  const page = await (await browser.follow(proof)).text();
  match(page, /Suspend an account/);
  const [, heldId = ""] = /name="id" value="([^"]+)"/.exec(page) ?? [];
  equal((await browser.post("/reauthenticate/finish", { id: heldId })).status, 303);
  equal((await phone.get("/profile")).status, 302);
});

test("another instance lets a suspended person in no more from the next request on [SEC-D21]", async (world) => {
  const { id } = await annsAccount(world);
  const { browser } = await asRole(world, ["admin"]);
  const there = world.newInstance();
  const phone = world.browser("192.0.2.9", there);
  await phone.post("/login", { email, password });
  equal((await phone.get("/profile")).status, 200);
  await act(browser, id, "suspend");

  equal((await phone.get("/profile")).status, 302);
});
