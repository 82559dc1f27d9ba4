import { bearerToken } from "@latchkey/login";
import { testLogin } from "@latchkey/login/testing";
import { Hono } from "hono";
import { markCompromised } from "../../../lib/cli/passwords_compromised.ts";
import { newUser, type User } from "../../../lib/account/user.ts";
import { meRoutes } from "../../../routes/api/me.ts";
import { createGuards } from "../../../routes/guards.ts";
import { deepEqual, equal, fail, match } from "node:assert/strict";
import { ann, eve } from "../../support/people.ts";
import { test, TestWorld } from "../../support/world.ts";

test("/api/me gives the current user as JSON", async (world) => {
  const answer = await (await world.ann()).get("/api/me");

  match(answer.headers.get("content-type") ?? "", /^application\/json/);
  equal(answer.headers.get("cache-control"), "private, no-store");
  const { id, ...me } = await answer.json();
  match(id, /^[A-Za-z0-9_-]{22}$/);
  deepEqual(me, { name: "Ann", email: "ann@example.com" });
});

test("/api/me answers a guest 401 with a challenge, for any Accept header", async (world) => {
  for (const accept of ["application/json", "text/html", "*/*"]) {
    const answer = await world.browser().get("/api/me", { accept });
    equal(answer.status, 401);
    equal(answer.headers.get("www-authenticate"), "Bearer");
    match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
    deepEqual(answer.headers.getSetCookie(), []);
  }
});

test("/api/me answers 403 to a program of somebody whose password others know", async (world) => {
  await world.ann();
  await markCompromised(world.kv, ann.email, () => world.now, world.services.events);
  const browser = world.browser();
  await browser.post("/login", { ...ann });

  const answer = await browser.get("/api/me");
  deepEqual([answer.status, answer.headers.get("location")], [403, null]);
  match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
  deepEqual(await answer.json(), { title: "The password has to be changed", status: 403 });
});

Deno.test("/api/me answers 403 to a program of somebody who must add a second factor", async () => {
  await using world = await TestWorld.create({ config: { requireSecondFactor: "all" } });
  const answer = await (await world.ann()).get("/api/me");

  deepEqual([answer.status, answer.headers.get("location")], [403, null]);
  deepEqual(await answer.json(), { title: "A second factor has to be added", status: 403 });
});

test("other pages answer 401 to clients that ask for JSON", async (world) => {
  const answer = await world.browser().get("/profile", { accept: "application/json" });
  equal(answer.status, 401);
});

Deno.test("/api/me accepts an API key when a request loader knows it", async () => {
  const user = newUser(eve, new Date(0));
  const login = testLogin<User>([user], {
    requestLoader: (request) => Promise.resolve(bearerToken(request) === "eves-key" ? user : null),
  });
  const app = new Hono();
  app.use(login.middleware);
  app.route(
    "/",
    meRoutes({
      guards: createGuards(login, {
        passwordPage: "/account/password",
        requireSecondFactor: "off",
        apiThrottle: { consume: () => fail("no token is counted") },
        hold: () => Promise.resolve(),
        viewAs: { current: () => Promise.resolve(null) },
      }),
    }),
  );
  const me = (authorization: string) => app.request("/api/me", { headers: { authorization } });

  const answer = await me("Bearer eves-key");
  deepEqual(await answer.json(), { id: user.id, name: eve.name, email: eve.email });
  deepEqual(answer.headers.getSetCookie(), []);
  equal((await me("Bearer another")).status, 401);
  equal((await me("Basic YTpi")).status, 401);
});
