import { deepEqual, equal, match, ok } from "node:assert/strict";
import { MINUTE } from "../../../lib/time.ts";
import { ann, bob } from "../../support/people.ts";
import { act, asRole, giveRoles, userOf } from "../../support/roles.ts";
import { routesOf } from "../../support/routes.ts";
import { test, testWithMail, type TestWorld } from "../../support/world.ts";

/** They end it, or do nothing in anybody's name. */
const actForNobody = [
  "/logout",
  "/admin/view-as/end",
  "/reports/csp",
  "/password-strength",
  "/passphrase",
];

/** Cleo of the support looks at Ann's account. */
async function viewing(world: TestWorld) {
  const anns = await world.ann();
  const { id } = await userOf(world, ann);
  const { browser, user } = await asRole(world, ["support"]);
  const answer = await act(browser, id, "view-as", { reason: "Ticket 7" });
  equal(answer.headers.get("location"), "/account");
  return { anns, id, browser, support: user };
}

testWithMail("support sees an account as its person does, who is told [SEC-L6]", async (world) => {
  const { id, browser, support } = await viewing(world);

  const profile = await (await browser.get("/profile")).text();
  ok(profile.includes('value="Ann"') && profile.includes(ann.email));
  match(profile, /For 15 minutes you see, without changing anything, the account of/);
  match(
    await (await browser.get("/account/activity")).text(),
    /looked at the account as you see it/,
  );
  const [event] = (await world.services.events.list(id, { limit: 1 })).events;
  deepEqual([event?.kind, event?.by, event?.facts], ["viewed_as", support.id, {
    reason: "Ticket 7",
  }]);
  match((await world.mailTo(ann.email)).text, /is looking at your account[^]*Ticket 7/);
  equal(world.events("authz_admin").at(-1)?.facts.action, "view-as");
});

test("whoever looks changes nothing, by any form of the site", async (world) => {
  const { browser } = await viewing(world);
  const before = await world.records();

  for (const { method, path } of routesOf(world.app)) {
    if (["GET", "HEAD"].includes(method)) continue;
    if (actForNobody.includes(path)) continue;
    const answer = await browser.request(path, {
      method,
      headers: {
        "sec-fetch-site": "same-origin",
        "content-type": "application/x-www-form-urlencoded",
      },
    });
    equal(answer.status, 403, `${method} ${path}`);
  }
  deepEqual(await world.records(), before);
});

test("pages that need a fresh login, which show secrets, stay closed", async (world) => {
  const { browser } = await viewing(world);

  for (
    const path of [
      "/account/totp",
      "/account/recovery-codes",
      "/account/passkeys",
      "/account/delete",
    ]
  ) {
    const answer = await browser.get(path);
    equal(answer.status, 403, path);
    match(await answer.text(), /You can only look/);
  }
});

test("looking ends by the button, after 15 minutes, and with the session", async (world) => {
  const { browser, id } = await viewing(world);
  const sees = async (it = browser) =>
    (await (await it.get("/profile")).text()).includes(ann.email);

  equal(await sees(), true);
  const ended = await browser.post("/admin/view-as/end");
  equal(ended.headers.get("location"), `/admin/users/${id}`);
  equal(await sees(), false);

  await act(browser, id, "view-as");
  world.pass(15 * MINUTE - 1);
  equal(await sees(), true);
  world.pass(1);
  equal(await sees(), false);
});

test("looking ends with the permission, at the next request", async (world) => {
  const { browser } = await viewing(world);
  await giveRoles(world, { email: "cleo@example.com" }, []);

  ok(!(await (await browser.get("/profile")).text()).includes(ann.email));
});

test("the person goes on as before, and sees no banner", async (world) => {
  const { anns } = await viewing(world);

  ok(!(await (await anns.get("/profile")).text()).includes("For 15 minutes"));
  equal((await anns.post("/profile", { name: "Anne" })).status, 303);
});

test("nobody looks at the account of somebody with a role, nor at their own", async (world) => {
  await world.bob();
  const { id } = await giveRoles(world, bob, ["support"]);
  const { browser, user } = await asRole(world, ["admin"]);

  const refused = await act(browser, id, "view-as");
  equal(refused.status, 422);
  match(await refused.text(), /Nobody looks at the account of somebody with a role/);
  equal((await act(browser, user.id, "view-as")).status, 422);
});

test("an account that gets a role meanwhile is looked at no more", async (world) => {
  const { browser } = await viewing(world);
  await giveRoles(world, ann, ["support"]);

  ok(!(await (await browser.get("/profile")).text()).includes(ann.email));
});
