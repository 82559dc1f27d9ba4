import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "../support/world.ts";

test("a copied session cookie is worthless after logout [FL-O07]", async (world) => {
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

test("logout deletes every cookie except the device cookie", async (world) => {
  const browser = await world.ann();

  await browser.follow(await browser.post("/logout"));

  deepEqual([...browser.cookies.keys()], ["__Host-device"]);
});

test("GET /logout asks and changes nothing [FL-O11]", async (world) => {
  const browser = await world.ann();
  const before = await world.dump();

  const page = await (await browser.get("/logout")).text();
  match(page, /Log out of your account on this browser\?/);
  match(page, /<form method="post" action="\/logout">/);
  deepEqual(await world.dump(), before);
});

test("a guest may log out [FL-O06]", async (world) => {
  const browser = world.browser();

  match(await (await browser.get("/logout")).text(), /You’re not logged in\./);
  equal((await browser.post("/logout")).headers.get("location"), "/");
});
