import { deepEqual, equal, ok } from "node:assert/strict";
import { TestWorld } from "./support/world.ts";

/** What a stranger may reach. Every other route has to lead to the login page. */
const open = [
  "GET /",
  "GET /assets/:name",
  "GET /health/live",
  "GET /health/ready",
  "GET /login",
  "GET /logout",
  "GET /register",
  "POST /login",
  "POST /logout",
  "POST /register",
];

/** What leads there, as the statuses of the house have it. */
const closed = ["GET /profile", "POST /profile"];

Deno.test("every route is open on purpose, or leads a stranger to the login page", async () => {
  await using world = await TestWorld.create();
  const routes = [
    ...new Set(
      world.app.routes
        .filter((route) => route.method !== "ALL")
        .map((route) => `${route.method} ${route.path}`),
    ),
  ];

  const reached: string[] = [];
  const refused: string[] = [];
  for (const route of routes) {
    const [method = "", pattern = ""] = route.split(" ");
    const path = pattern.replaceAll(/:\w+/g, "x");
    const browser = world.browser();
    const answer = method === "GET" ? await browser.get(path) : await browser.post(path);
    ok(answer.status < 500, route);
    const led = answer.headers.get("location")?.startsWith("/login") ?? false;
    (led ? refused : reached).push(route);
  }

  deepEqual(reached.sort(), open);
  deepEqual(refused.sort(), closed);
});

Deno.test("F17 no address near a private page is that page", async () => {
  await using world = await TestWorld.create();
  const browser = await world.ann();

  for (
    const path of ["/profile/x.css", "/profile;.js", "/profile%2fx.png", "/profile/", "/PROFILE"]
  ) {
    const answer = await browser.get(path);
    equal(answer.status, 404, path);
    equal(answer.headers.get("cache-control"), "private, no-store", path);
  }
});

Deno.test("F16 only the listed assets are served", async () => {
  await using world = await TestWorld.create();

  const paths = [
    ".env",
    ".git/config",
    "deno.json",
    "main.ts",
    "assets/",
    "assets/app.css",
    "assets/..%2fmain.ts",
  ];
  for (const path of paths) equal((await world.browser().get(`/${path}`)).status, 404, path);
});
