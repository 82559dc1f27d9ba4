import { deepEqual, equal, ok } from "node:assert/strict";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import type { Browser } from "../support/browser.ts";
import { ann } from "../support/people.ts";
import { test, testWithMail, type TestWorld } from "../support/world.ts";

/** How a route answers: itself, or by sending the visitor elsewhere. */
type Access = "open" | "login" | "reauthenticate" | "password" | "totp" | "profile" | "home";

type Visitor = "guest" | "user" | "remembered" | "compromised";

/** The columns of the matrix, in order. */
const visitors: [visitor: Visitor, description: string][] = [
  ["guest", "a guest"],
  ["user", "a user who just logged in"],
  ["remembered", "a user who came back by a remember cookie [SEC-D17]"],
  ["compromised", "a user whose password others know [SEC-A9]"],
];

const matrix: Record<string, readonly [Access, Access, Access, Access]> = {
  "GET /": ["open", "open", "open", "password"],
  "POST /language": ["open", "open", "open", "open"],
  "GET /register": ["open", "profile", "profile", "password"],
  "POST /register": ["open", "open", "open", "open"],
  "POST /password-strength": ["open", "open", "open", "open"],
  "POST /passphrase": ["open", "open", "open", "open"],
  "GET /login": ["open", "profile", "profile", "password"],
  "POST /login": ["open", "open", "open", "open"],
  "POST /login/passkey/options": ["open", "open", "open", "open"],
  "POST /login/passkey": ["open", "open", "open", "open"],
  "POST /login/second-factor/options": ["login", "login", "login", "login"],
  "GET /login/second-factor": ["login", "login", "login", "login"],
  "POST /login/second-factor": ["login", "login", "login", "login"],
  "GET /logout": ["open", "open", "open", "open"],
  "POST /logout": ["home", "home", "home", "home"],
  "GET /profile": ["login", "open", "open", "password"],
  "POST /profile": ["login", "open", "open", "password"],
  "GET /reauthenticate": ["login", "open", "open", "password"],
  "POST /reauthenticate/options": ["login", "open", "open", "password"],
  "POST /reauthenticate": ["login", "open", "open", "password"],
  "GET /reauthenticate/finish": ["login", "open", "reauthenticate", "password"],
  "POST /reauthenticate/finish": ["login", "open", "reauthenticate", "password"],
  "POST /reauthenticate/finish/decline": ["login", "open", "open", "password"],
  "GET /account": ["login", "open", "open", "password"],
  "GET /account/password": ["login", "open", "open", "open"],
  "POST /account/password": ["login", "open", "open", "open"],
  "GET /account/sessions": ["login", "open", "open", "password"],
  "POST /account/sessions/end-others": ["login", "open", "open", "password"],
  "POST /account/sessions/:id/end": ["login", "open", "open", "password"],
  "GET /account/passkeys": ["login", "open", "reauthenticate", "password"],
  "POST /account/passkeys": ["login", "open", "reauthenticate", "password"],
  "POST /account/passkeys/options": ["login", "open", "reauthenticate", "password"],
  "POST /account/passkeys/:id/rename": ["login", "open", "reauthenticate", "password"],
  "POST /account/passkeys/:id/remove": ["login", "open", "reauthenticate", "password"],
  "GET /account/totp": ["login", "open", "reauthenticate", "password"],
  "POST /account/totp": ["login", "open", "reauthenticate", "password"],
  "POST /account/totp/remove": ["login", "totp", "reauthenticate", "password"],
  "GET /account/recovery-codes": ["login", "totp", "reauthenticate", "password"],
  "POST /account/recovery-codes": ["login", "totp", "reauthenticate", "password"],
  "GET /account/delete": ["login", "open", "reauthenticate", "password"],
  "POST /account/delete": ["home", "open", "reauthenticate", "password"],
  "GET /api/me": ["login", "open", "open", "password"],
  "GET /health/live": ["open", "open", "open", "open"],
  "GET /health/ready": ["open", "open", "open", "open"],
  "GET /.well-known/security.txt": ["open", "open", "open", "open"],
  "GET /.well-known/passkey-endpoints": ["open", "open", "open", "open"],
  "GET /.well-known/change-password": ["password", "password", "password", "password"],
  "GET /assets/:name": ["open", "open", "open", "open"],
  "POST /reports/csp": ["open", "open", "open", "open"],
};

const redirects: Record<string, Access> = {
  "/login": "login",
  "/reauthenticate": "reauthenticate",
  "/account/password": "password",
  "/account/totp": "totp",
  "/profile": "profile",
  "/": "home",
};

for (const [column, [visitor, description]] of visitors.entries()) {
  test(`every route answers as the access matrix says: to ${description}`, async (world) => {
    await world.ann();
    if (visitor === "compromised") await markCompromised(world.kv, ann.email, () => world.now);

    const answers: Record<string, Access> = {};
    for (const route of routePatterns(world)) {
      answers[route] = accessOf(await ask(await arrive(world, visitor), route), route);
    }

    const expected = Object.entries(matrix).map(([route, row]) => [route, row[column]]);
    deepEqual(answers, Object.fromEntries(expected));
  });
}

/** A browser of its own for each route, because some routes end the session. */
async function arrive(world: TestWorld, visitor: Visitor): Promise<Browser> {
  const browser = world.browser();
  if (visitor === "guest") return browser;
  equal((await browser.post("/login", { ...ann, remember: "on" })).status, 303);
  if (visitor === "remembered") browser.restart();
  return browser;
}

function routePatterns(world: TestWorld): Set<string> {
  const routes = world.app.routes.filter(({ method }) => method !== "ALL");
  return new Set(routes.map(({ method, path }) => `${method} ${path}`));
}

async function ask(browser: Browser, route: string): Promise<Response> {
  const [method, pattern = ""] = route.split(" ");
  const path = pattern.replaceAll(/:\w+/g, "x");
  return await (method === "GET" ? browser.get(path) : browser.post(path));
}

function accessOf(answer: Response, route: string): Access {
  ok(answer.status < 500, route);
  if (answer.status === 401) return "login";
  const location = answer.headers.get("location");
  if (location === null) return "open";
  return redirects[new URL(location, "https://app.example").pathname] ?? "open";
}

/** Routes that exist only on a site that sends mails. */
const mailMatrix: Record<string, readonly [guest: Access, user: Access, remembered: Access]> = {
  "GET /verify-email": ["open", "open", "open"],
  "POST /verify-email": ["open", "open", "open"],
  "GET /verify-email/:token": ["open", "open", "open"],
  "GET /verify-email/confirm": ["open", "open", "open"],
  "POST /verify-email/confirm": ["open", "open", "open"],
  "POST /verify-email/reject": ["open", "open", "open"],
  "GET /password-reset": ["open", "open", "open"],
  "POST /password-reset": ["open", "open", "open"],
  "GET /password-reset/:token": ["open", "open", "open"],
  "GET /password-reset/new": ["open", "open", "open"],
  "POST /password-reset/new": ["open", "open", "open"],
  "POST /password-reset/new/options": ["open", "open", "open"],
  "GET /login/link": ["open", "profile", "profile"],
  "POST /login/link": ["open", "open", "open"],
  "GET /login/link/:token": ["open", "open", "open"],
  "GET /login/link/confirm": ["open", "open", "open"],
  "POST /login/link/confirm": ["open", "open", "open"],
  "GET /recover-account": ["open", "open", "open"],
  "POST /recover-account": ["open", "open", "open"],
  "GET /recover-account/:token": ["open", "open", "open"],
  "GET /undo": ["open", "open", "open"],
  "POST /undo": ["open", "open", "open"],
  "GET /undo/:token": ["open", "open", "open"],
  "GET /account/email": ["login", "open", "reauthenticate"],
  "POST /account/email": ["login", "open", "reauthenticate"],
  "GET /account/email/:token": ["open", "open", "open"],
  "GET /account/email/confirm": ["login", "open", "open"],
  "POST /account/email/confirm": ["login", "open", "open"],
  "GET /account/notices": ["login", "open", "open"],
  "POST /account/notices": ["login", "open", "open"],
};

for (const [column, visitor] of (["guest", "user", "remembered"] as const).entries()) {
  testWithMail(
    `every route of a site with mail answers as its access matrix says: to a ${visitor}`,
    async (world) => {
      await world.ann();
      const answers: Record<string, Access> = {};
      for (const route of routePatterns(world)) {
        if (route in matrix) continue;
        answers[route] = accessOf(await ask(await arrive(world, visitor), route), route);
      }

      const expected = Object.entries(mailMatrix).map(([route, row]) => [route, row[column]]);
      deepEqual(answers, Object.fromEntries(expected));
    },
    { loginByMail: true },
  );
}

test("a path that only resembles a private page is not found [SEC-F17]", async (world) => {
  const browser = await world.ann();

  for (
    const path of ["/profile/x.css", "/profile;.js", "/profile%2fx.png", "/profile/", "/PROFILE"]
  ) {
    const answer = await browser.get(path);
    equal(answer.status, 404, path);
    equal(answer.headers.get("cache-control"), "private, no-store", path);
  }
});

test("only the listed assets are served [SEC-F16]", async (world) => {
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
