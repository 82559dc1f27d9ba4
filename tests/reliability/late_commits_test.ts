import { deepEqual, equal } from "node:assert/strict";
import { MINUTE } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { ann, bob } from "../support/people.ts";
import { TwoRegions } from "../support/two_regions.ts";

// The way from one region to the database is cut after it read and before it wrote. Its commits
// arrive later, when the other region has changed the same things.

const { email, password } = ann;
const other = "eleven grey herons wade";

async function lost(answer: Promise<Response>): Promise<void> {
  equal((await answer).status, 503);
}

async function done(answer: Promise<Response>): Promise<void> {
  equal((await answer).status, 303);
}

const nameOf = async (browser: Browser) =>
  /Hi (\w+)/.exec(await (await browser.get("/profile")).text())?.[1];

async function otherSessionsOf(browser: Browser): Promise<number> {
  const page = await (await browser.get("/account/sessions")).text();
  return page.match(/action="\/account\/sessions\/[^"/]+\/end"/g)?.length ?? 0;
}

Deno.test("a late use of a session does not bring it back after it was ended elsewhere", async () => {
  await using site = await TwoRegions.create();
  const { world, regions, near, far } = site;
  world.pass(6 * MINUTE); // its use is written again

  regions.lateKind = "session";
  equal((await far.get("/profile")).status, 200); // without it, the session only ends sooner
  await done(near.post("/account/sessions/end-others"));
  deepEqual(await regions.deliver(), { arrived: 1, done: 0 });
  equal((await far.get("/profile")).status, 302);
});

Deno.test("a late reauthentication does not bring back a session that was ended elsewhere", async () => {
  await using site = await TwoRegions.create();
  const { regions, near, far } = site;

  regions.lateKind = "session";
  await lost(far.post("/reauthenticate", { password }));
  await done(near.post("/account/sessions/end-others"));
  deepEqual(await regions.deliver(), { arrived: 1, done: 0 });
  equal((await far.get("/profile")).status, 302);
});

Deno.test("a late login opens nothing after the password was changed elsewhere", async () => {
  await using site = await TwoRegions.create();
  const { regions, near, far } = site;
  equal(await otherSessionsOf(near), 1);

  regions.lateKind = "session";
  await lost(far.post("/login", { email, password }));
  await done(near.post("/account/password", { current_password: password, password: other }));
  deepEqual(await regions.deliver(), { arrived: 1, done: 1 }); // of an epoch that is over
  equal((await far.get("/profile")).status, 302);
  equal(await otherSessionsOf(near), 0);
});

Deno.test("a late change of the password does not undo the one made elsewhere", async () => {
  await using site = await TwoRegions.create();
  const { world, regions, near, far } = site;
  const third = "nine brass kettles hum";

  regions.lateKind = "password";
  await lost(far.post("/account/password", { current_password: password, password: third }));
  await done(near.post("/account/password", { current_password: password, password: other }));
  deepEqual(await regions.deliver(), { arrived: 1, done: 0 });
  equal((await world.browser().post("/login", { email, password: third })).status, 422);
  equal((await world.browser().post("/login", { email, password: other })).status, 303);
  equal((await near.get("/profile")).status, 200);
});

Deno.test("a late change of the profile does not overwrite the one made elsewhere", async () => {
  await using site = await TwoRegions.create();
  const { regions, near, far } = site;

  regions.lateKind = "user";
  await lost(far.post("/profile", { name: "Anna" }));
  await done(near.post("/profile", { name: "Annabel" }));
  deepEqual(await regions.deliver(), { arrived: 1, done: 0 });
  equal(await nameOf(far), "Annabel");
});

Deno.test("a late registration does not take an address that somebody registered elsewhere", async () => {
  await using site = await TwoRegions.create();
  const { world, regions, near, far } = site;
  await done(near.post("/logout"));
  await done(far.post("/logout"));

  regions.lateKind = "user_by_email";
  await lost(far.post("/register", { ...bob, name: "Mallory", password: other }));
  await done(near.post("/register", { ...bob }));
  deepEqual(await regions.deliver(), { arrived: 1, done: 0 });
  equal(await nameOf(near), bob.name);
  equal((await world.browser().post("/login", { ...bob, password: other })).status, 422);
});

const ofDeleted: Record<string, { kind: string; act: (far: Browser) => Promise<Response> }> = {
  "name": { kind: "user", act: (far) => far.post("/profile", { name: "Anna" }) },
  "reauthentication": {
    kind: "session",
    act: (far) => far.post("/reauthenticate", { password }),
  },
  "login": { kind: "session", act: (far) => far.post("/login", { email, password }) },
};

for (const [what, { kind, act }] of Object.entries(ofDeleted)) {
  Deno.test(`a late ${what} does not bring back an account that was deleted elsewhere`, async () => {
    await using site = await TwoRegions.create();
    const { world, regions, near, far } = site;

    regions.lateKind = kind;
    await lost(act(far));
    await done(near.post("/account/delete", { email }));
    deepEqual(await regions.deliver(), { arrived: 1, done: 0 });
    equal((await far.get("/profile")).status, 302);
    equal((await far.post("/login", { email, password })).status, 422);
    const kinds = (await world.records()).map(({ key }) => key[0]);
    deepEqual(kinds.filter((it) => it === "user" || it === "password"), []);
  });
}
