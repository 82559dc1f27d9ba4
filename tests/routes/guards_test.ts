import { equal, match } from "node:assert/strict";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import type { Browser } from "../support/browser.ts";
import { ann } from "../support/people.ts";
import { test, type TestWorld } from "../support/world.ts";

const chosen = "a heron stands in the reeds";

/** Marks Ann's password as `deno task passwords:compromised` does. */
async function compromised(world: TestWorld): Promise<Browser> {
  const browser = await world.ann();
  await markCompromised(world.kv, ann.email, () => world.now, world.services.events);
  return browser;
}

test("a compromised password logs its user out everywhere at once [SEC-A9]", async (world) => {
  const remembered = world.browser();
  const browser = await compromised(world);
  await remembered.post("/login", { ...ann, remember: "on" });
  await markCompromised(world.kv, ann.email, () => world.now, world.services.events);
  remembered.restart();

  for (const it of [browser, remembered]) {
    equal((await it.get("/profile")).headers.get("location"), "/login?next=%2Fprofile");
  }
});

test("after a compromise only a different password gives access again [SEC-A9]", async (world) => {
  await compromised(world);
  const browser = world.browser();
  await browser.post("/login", { ...ann });

  match(await (await browser.get("/account/password")).text(), /Someone else may know/);
  const same = await browser.post("/account/password", {
    current_password: ann.password,
    password: ann.password,
  });
  equal(same.status, 422);
  match(await same.text(), /This is already your password/);
  equal((await browser.get("/profile")).headers.get("location"), "/account/password");

  await browser.post("/account/password", { current_password: ann.password, password: chosen });
  equal((await browser.get("/profile")).status, 200);
  equal((await world.browser().post("/login", { ...ann, password: chosen })).status, 303);
});

test("the old password in another Unicode spelling is not a new password [SEC-A9]", async (world) => {
  const kind = { ...ann, password: "Kind otters r\u00f3w softly" };
  const browser = await world.register(kind);

  for (const password of ["\u212aind otters r\u00f3w softly", kind.password.normalize("NFD")]) {
    const answer = await browser.post("/account/password", {
      current_password: kind.password,
      password,
    });
    match(await answer.text(), /This is already your password/);
  }
});

test("passwords do not expire: after 400 days the login works as before [SEC-A9]", async (world) => {
  await world.ann();
  world.pass(400 * 24 * 60 * 60 * 1000);

  const browser = world.browser();
  equal((await browser.post("/login", { ...ann })).headers.get("location"), "/profile");
  equal((await browser.get("/profile")).status, 200);
});
