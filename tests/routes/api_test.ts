import { deepEqual, equal, match } from "node:assert/strict";
import { TestWorld } from "../support/world.ts";

Deno.test("/api/me says who is logged in, as JSON", async () => {
  await using world = await TestWorld.create();
  const answer = await (await world.ann()).get("/api/me");

  match(answer.headers.get("content-type") ?? "", /^application\/json/);
  equal(answer.headers.get("cache-control"), "private, no-store");
  const { id, ...me } = await answer.json();
  match(id, /^[A-Za-z0-9_-]{22}$/);
  deepEqual(me, { name: "Ann", email: "ann@example.com" });
});

Deno.test("/api/me answers 401 with a challenge to nobody, whatever they accept", async () => {
  await using world = await TestWorld.create();
  for (const accept of ["application/json", "text/html", "*/*"]) {
    const answer = await world.browser().get("/api/me", { accept });
    equal(answer.status, 401);
    equal(answer.headers.get("www-authenticate"), "Bearer");
    match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
    deepEqual(answer.headers.getSetCookie(), []);
  }
});

Deno.test("other pages answer 401 to clients that ask for JSON", async () => {
  await using world = await TestWorld.create();
  const answer = await world.browser().get("/profile", { accept: "application/json" });
  equal(answer.status, 401);
});
