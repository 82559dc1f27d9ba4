import { deepEqual, equal, match } from "node:assert/strict";
import { TestWorld } from "../support/world.ts";

Deno.test("a copied session cookie is worthless after logout [FL-O07]", async () => {
  await using world = await TestWorld.create();
  const browser = await world.ann();
  const thief = browser.copy();
  equal((await thief.get("/profile")).status, 200);

  const answer = await browser.post("/logout");
  equal(answer.status, 303);
  equal(answer.headers.get("location"), "/");
  match(await (await browser.follow(answer)).text(), /You’ve been logged out\./);

  equal((await thief.get("/profile")).headers.get("location"), "/login?next=%2Fprofile");
  deepEqual((await world.dump()).filter((entry) => entry.key[0] === "session"), []);
});

Deno.test("logout deletes every cookie except the device cookie", async () => {
  await using world = await TestWorld.create();
  const browser = await world.ann();

  await browser.follow(await browser.post("/logout"));

  deepEqual([...browser.cookies.keys()], ["__Host-device"]);
});

Deno.test("GET /logout asks and changes nothing [FL-O11]", async () => {
  await using world = await TestWorld.create();
  const browser = await world.ann();
  const before = await world.dump();

  const page = await (await browser.get("/logout")).text();
  match(page, /Log out of your account on this browser\?/);
  match(page, /<form method="post" action="\/logout">/);
  deepEqual(await world.dump(), before);
});

Deno.test("a guest may log out [FL-O06]", async () => {
  await using world = await TestWorld.create();
  const browser = world.browser();

  match(await (await browser.get("/logout")).text(), /You’re not logged in\./);
  equal((await browser.post("/logout")).headers.get("location"), "/");
});
