import { bearerToken } from "@latchkey/login";
import { testLogin } from "@latchkey/login/testing";
import { Hono } from "hono";
import { newUser, type User } from "../../../lib/account/user.ts";
import { meRoutes } from "../../../routes/api/me.ts";
import { createGuards } from "../../../routes/guards.ts";
import { deepEqual, equal, match } from "node:assert/strict";
import { eve } from "../../support/people.ts";
import { test } from "../../support/world.ts";

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
        hold: () => Promise.resolve(),
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
