import { bearerToken } from "@latchkey/login";
import { testLogin } from "@latchkey/login/testing";
import { Hono } from "hono";
import type { User } from "../../../lib/account/user.ts";
import { meRoutes } from "../../../routes/api/me.ts";
import { createGuards } from "../../../routes/guards.ts";
import { deepEqual, equal, match } from "node:assert/strict";
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
  const ada = {
    id: "3",
    name: "Ada",
    email: "ada@example.com",
    active: true,
    epoch: 0,
    passwordCompromised: false,
    createdAt: new Date(0),
  };
  const login = testLogin<User>([ada], {
    requestLoader: (request) => Promise.resolve(bearerToken(request) === "adas-key" ? ada : null),
  });
  const app = new Hono();
  app.use(login.middleware);
  app.route("/", meRoutes({ guards: createGuards(login) }));
  const me = (authorization: string) => app.request("/api/me", { headers: { authorization } });

  const answer = await me("Bearer adas-key");
  deepEqual(await answer.json(), { id: "3", name: "Ada", email: "ada@example.com" });
  deepEqual(answer.headers.getSetCookie(), []);
  equal((await me("Bearer another")).status, 401);
  equal((await me("Basic YTpi")).status, 401);
});
