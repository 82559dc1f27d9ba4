import { deepEqual, equal, ok } from "node:assert/strict";
import { ann, bob } from "../../support/people.ts";
import { asRole, giveRoles, userOf } from "../../support/roles.ts";
import { test } from "../../support/world.ts";

function kindsOn(page: string): string[] {
  return [...page.matchAll(/<strong>([^<]+)<\/strong>/g)].map(([, kind = ""]) => kind);
}

test("administrators see what happened in all accounts, the newest first, by kind", async (world) => {
  const browser = await world.ann();
  await world.bob();
  await browser.post("/profile", { name: "Anne" });
  const { browser: support } = await asRole(world, ["support"]);

  const page = await (await support.get("/admin/events")).text();
  deepEqual(kindsOn(page).slice(0, 3), [
    "Roles changed",
    "The account was created",
    "Name changed",
  ]);
  ok(!page.includes("<strong>Logged in"));
  const { id } = await userOf(world, ann);
  ok(page.includes(`href="/admin/users/${id}"`) && page.includes(bob.email));
  const names = await (await support.get("/admin/events?kind=user_updated")).text();
  deepEqual(kindsOn(names), ["Name changed"]);
});

test("older events are on the next page, and a page looks at a bounded number", async (world) => {
  const browser = await world.ann();
  for (let i = 0; i < 230; i++) await browser.post("/profile", { name: `Ann ${i}` });
  const { browser: support } = await asRole(world, ["support"]);

  const first = await (await support.get("/admin/events")).text();
  equal(kindsOn(first).length, 25);
  const { keys } = await world.cost(() => support.get("/admin/events?kind=registered"));
  ok(keys < 300, `${keys}`);
  const [, older = ""] = /rel="next" href="([^"]+)"/.exec(
    await (await support.get("/admin/events?kind=undone")).text(),
  ) ?? [];
  equal((await support.get(older.replaceAll("&amp;", "&"))).status, 200);
});

test("only who may read events sees them, and their link", async (world) => {
  const browser = await world.ann();
  equal((await browser.get("/admin/events")).status, 403);
  await giveRoles(world, ann, []);
});

test("events of a deleted account are on no page", async (world) => {
  const browser = await world.ann();
  await browser.post("/account/delete", { email: ann.email });
  const { browser: support } = await asRole(world, ["support"]);

  ok(!(await (await support.get("/admin/events")).text()).includes(ann.email));
  equal((await Array.fromAsync(world.database.list({ prefix: ["event_by_time"] }))).length, 2);
});
