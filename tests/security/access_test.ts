import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser } from "../support/browser.ts";
import { ann } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

/** What a stranger may reach. Every other route has to lead to the login page. */
const open = [
  "GET /",
  "GET /.well-known/change-password",
  "GET /.well-known/security.txt",
  "GET /assets/:name",
  "GET /health/live",
  "GET /health/ready",
  "GET /login",
  "GET /logout",
  "GET /register",
  "POST /language",
  "POST /login",
  "POST /logout",
  "POST /passphrase",
  "POST /password-strength",
  "POST /register",
  "POST /reports/csp",
];

/** What leads there, or answers 401 to programs. */
const closed = [
  "GET /account",
  "GET /account/delete",
  "GET /account/password",
  "GET /account/sessions",
  "GET /api/me",
  "GET /profile",
  "GET /reauthenticate",
  "POST /account/delete",
  "POST /account/password",
  "POST /account/sessions/:id/end",
  "POST /account/sessions/end-others",
  "POST /profile",
  "POST /reauthenticate",
];

/** What a browser that was only remembered may not reach without a password. */
const fresh = [
  "GET /account/delete",
  "GET /account/password",
  "POST /account/delete",
  "POST /account/password",
];

/** What every route answers to a browser. */
async function crawl(
  world: TestWorld,
  browser: () => Browser | Promise<Browser>,
): Promise<Map<string, Response>> {
  const routes = world.app.routes
    .filter((route) => route.method !== "ALL")
    .map((route) => `${route.method} ${route.path}`);
  const answers = new Map<string, Response>();
  for (const route of new Set(routes)) {
    const [method, pattern = ""] = route.split(" ");
    const path = pattern.replaceAll(/:\w+/g, "x");
    const visitor = await browser();
    answers.set(route, method === "GET" ? await visitor.get(path) : await visitor.post(path));
  }
  return answers;
}

const leadsTo = (answers: Map<string, Response>, led: (answer: Response) => boolean) =>
  [...answers].filter(([, answer]) => led(answer)).map(([route]) => route).sort();

Deno.test("every route is open on purpose, or leads a stranger to the login page", async () => {
  await using world = await TestWorld.create();

  const answers = await crawl(world, () => world.browser());
  const isRefusal = (answer: Response) =>
    answer.status === 401 || (answer.headers.get("location")?.startsWith("/login") ?? false);
  deepEqual(leadsTo(answers, isRefusal), closed);
  deepEqual(leadsTo(answers, (answer) => !isRefusal(answer)), open);
  for (const [route, answer] of answers) ok(answer.status < 500, route);
});

Deno.test("what needs a fresh login asks a remembered browser to reauthenticate [SEC-D17]", async () => {
  await using world = await TestWorld.create();
  await world.ann();

  const answers = await crawl(world, async () => {
    const browser = world.browser();
    await browser.post("/login", { ...ann, remember: "on" });
    browser.restart();
    return browser;
  });
  const asks = (answer: Response) =>
    answer.headers.get("location")?.startsWith("/reauthenticate") ?? false;
  deepEqual(leadsTo(answers, asks), fresh);
});

Deno.test("no address near a private page is that page [SEC-F17]", async () => {
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

Deno.test("only the listed assets are served [SEC-F16]", async () => {
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
