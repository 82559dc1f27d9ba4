import { deepEqual, equal, ok } from "node:assert/strict";
import { DAY } from "../../../lib/time.ts";
import { test, TestWorld } from "../../support/world.ts";

const path = "/.well-known/security.txt";

Deno.test("security.txt names the contact and is never out of date [SEC-F18]", async () => {
  await using world = await TestWorld.create({
    config: { securityContact: "mailto:security@app.example" },
  });

  for (const later of [0, 400 * DAY]) {
    world.pass(later);
    const answer = await world.browser().get(path);
    equal(answer.status, 200);
    equal(answer.headers.get("content-type")?.toLowerCase(), "text/plain; charset=utf-8");
    const fields = (await answer.text()).trimEnd().split("\n").map((line) => line.split(": "));
    const { Expires, ...others } = Object.fromEntries(fields);
    deepEqual(others, {
      Contact: "mailto:security@app.example",
      "Preferred-Languages": "en",
      Canonical: `https://app.example${path}`,
    });
    const left = new Date(Expires).getTime() - world.now.getTime();
    ok(left > 30 * DAY && left < 366 * DAY, Expires); // RFC 9116 §2.5.5: less than a year
  }
});

test("without a contact there is no security.txt [SEC-F18]", async (world) => {
  equal((await world.browser().get(path)).status, 404);
});

test("/.well-known/change-password leads to the password page [SEC-F18]", async (world) => {
  const browser = await world.ann();

  const answer = await browser.get("/.well-known/change-password");
  equal(answer.status, 303);
  equal((await browser.follow(answer)).status, 200);
  // Password managers ask for this path to see that the site does not answer 200 to everything.
  const absurd = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
  equal((await browser.get(absurd)).status, 404);
});
