import { deepEqual, equal, ok } from "node:assert/strict";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import type { Config } from "../../lib/config.ts";
import { MINUTE } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { exampleProvider } from "../support/example_provider.ts";
import { ann } from "../support/people.ts";
import { enterCode, type Protected, withSecondFactor } from "../support/second_factor.ts";
import { test, testWithMail, TestWorld } from "../support/world.ts";

/**
 * How a route answers: itself, by a refusal to a program, or by sending the visitor elsewhere; a
 * form, to its page.
 */
type Access =
  | "open"
  | "forbidden"
  | "login"
  | "reauthenticate"
  | "page"
  | "password"
  | "totp"
  | "profile"
  | "provider"
  | "home";

/** How somebody comes to the site: a browser of their own for each route. */
type Arrive = (world: TestWorld) => Promise<Browser>;

interface Visitor {
  readonly description: string;
  readonly config?: Partial<Config>;
  /** Who has an account before, and how they come. */
  readonly prepare: (world: TestWorld) => Promise<Arrive>;
}

/** The columns of the matrix, in order. */
const visitors: readonly Visitor[] = [
  { description: "a guest", prepare: asGuest },
  { description: "a user who just logged in", prepare: asUser },
  { description: "a user who came back by a remember cookie [SEC-D17]", prepare: asRemembered },
  {
    description: "a user whose password others know [SEC-A9]",
    async prepare(world) {
      await world.ann();
      await markCompromised(world.kv, ann.email, () => world.now);
      return logIn;
    },
  },
  {
    description: "a user with a second factor",
    async prepare(world) {
      return withFactor(await withSecondFactor(world));
    },
  },
  {
    description: "a user with a second factor and a stale login, whose password others know",
    async prepare(world) {
      const arrive = withFactor(await withSecondFactor(world));
      await markCompromised(world.kv, ann.email, () => world.now);
      return async (world) => {
        const browser = await arrive(world);
        world.pass(11 * MINUTE);
        return browser;
      };
    },
  },
  {
    description: "a user who must add a second factor",
    config: { requireSecondFactor: "all" },
    prepare: asUser,
  },
];

function asGuest(world: TestWorld): Promise<Arrive> {
  return world.ann().then(() => (world) => Promise.resolve(world.browser()));
}

async function asUser(world: TestWorld): Promise<Arrive> {
  await world.ann();
  return logIn;
}

async function asRemembered(world: TestWorld): Promise<Arrive> {
  await world.ann();
  return async (world) => {
    const browser = await logIn(world);
    browser.restart();
    return browser;
  };
}

async function logIn(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  equal((await browser.post("/login", { ...ann, remember: "on" })).status, 303);
  return browser;
}

function withFactor({ nextCode }: Protected): Arrive {
  return async (world) => {
    const browser = await logIn(world);
    equal((await enterCode(browser, nextCode())).status, 303);
    return browser;
  };
}

/** The answers in the order of the visitors. */
const matrix: Record<string, string> = {
  "GET /": "open open open password open password totp",
  "POST /language": "open open open open open open open",
  "GET /register": "open profile profile password profile password totp",
  "POST /register": "open open open open open open open",
  "POST /password-strength": "open open open open open open open",
  "POST /passphrase": "open open open open open open open",
  "GET /login": "open profile profile password profile password totp",
  "POST /login": "open open open open open open open",
  "GET /login/passkey": "login login login login login login login",
  "POST /login/passkey/options": "open open open open open open open",
  "POST /login/passkey": "open open open open open open open",
  "POST /login/second-factor/options": "login login login login login login login",
  "GET /login/second-factor": "login login login login login login login",
  "POST /login/second-factor": "login login login login login login login",
  "GET /logout": "open open open open open open open",
  "POST /logout": "home home home home home home home",
  "GET /profile": "login open open password open password totp",
  "POST /profile": "login open open password open password totp",
  "GET /reauthenticate": "login open open open open open open",
  "POST /reauthenticate/options": "login open open open open open open",
  "POST /reauthenticate": "login open open open open open open",
  "GET /reauthenticate/finish": "login open reauthenticate password open password open",
  "POST /reauthenticate/finish": "login open reauthenticate password open password open",
  "POST /reauthenticate/finish/decline": "login open open password open password open",
  "GET /account": "login open open password open password totp",
  "GET /account/password": "login open open open open reauthenticate totp",
  "POST /account/password": "login open open open open reauthenticate totp",
  "GET /account/password/first":
    "login password reauthenticate password password reauthenticate totp",
  "POST /account/password/first": "login open open open open open totp",
  "GET /account/identities": "login open reauthenticate password open password totp",
  "GET /account/identities/:provider/link": "login open reauthenticate password open password totp",
  "POST /account/identities/:provider/link": "login open page password open password totp",
  "POST /account/identities/:provider/unlink":
    "login open reauthenticate password open password totp",
  "GET /account/sessions": "login open open password open password totp",
  "POST /account/sessions/end-others": "login open open password open password totp",
  "POST /account/sessions/:id/end": "login open open password open password totp",
  "GET /account/passkeys": "login open reauthenticate password open password open",
  "POST /account/passkeys": "login open reauthenticate password open password open",
  "POST /account/passkeys/options": "login open reauthenticate password open password open",
  "POST /account/passkeys/:id/rename": "login open reauthenticate password open password open",
  "POST /account/passkeys/:id/remove": "login open reauthenticate password open password open",
  "GET /account/totp": "login open reauthenticate password open password open",
  "POST /account/totp": "login open reauthenticate password open password open",
  "POST /account/totp/remove": "login totp reauthenticate password totp password totp",
  "GET /account/recovery-codes": "login totp reauthenticate password open password totp",
  "POST /account/recovery-codes": "login totp reauthenticate password open password totp",
  "GET /account/delete": "login open reauthenticate password open password totp",
  "POST /account/delete": "home open reauthenticate password open password totp",
  "GET /api/me": "login open open forbidden open forbidden forbidden",
  "GET /health/live": "open open open open open open open",
  "GET /health/ready": "open open open open open open open",
  "GET /.well-known/security.txt": "open open open open open open open",
  "GET /.well-known/passkey-endpoints": "open open open open open open open",
  "GET /.well-known/change-password":
    "password password password password password password password",
  "GET /assets/:name": "open open open open open open open",
  "POST /reports/csp": "open open open open open open open",
};

const redirects: Record<string, Access> = {
  "/login": "login",
  "/reauthenticate": "reauthenticate",
  "/account/password": "password",
  "/account/totp": "totp",
  "/profile": "profile",
  "/": "home",
  "/account/identities/x/link": "page",
  "/authorize": "provider",
};

for (const [column, { description, config, prepare }] of visitors.entries()) {
  Deno.test(`every route answers as the access matrix says: to ${description}`, async () => {
    await using world = await TestWorld.create({ config: config ?? {} });
    const answers = await answersTo(world, await prepare(world), routePatterns(world));

    const expected = Object.entries(matrix).map(([route, row]) => [route, row.split(" ")[column]]);
    deepEqual(answers, Object.fromEntries(expected));
  });
}

/** Asks each route as if it were the only one: some of them end the session. */
async function answersTo(
  world: TestWorld,
  arrive: Arrive,
  routes: Iterable<string>,
): Promise<Record<string, Access>> {
  const answers: Record<string, Access> = {};
  const restore = await world.checkpoint();
  for (const route of routes) {
    answers[route] = accessOf(await ask(await arrive(world), route), route);
    await restore();
  }
  return answers;
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
  if (answer.status === 403) return "forbidden";
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

const siteVisitors = { "a guest": asGuest, "a user": asUser, "a remembered user": asRemembered };

for (const [column, [description, prepare]] of Object.entries(siteVisitors).entries()) {
  testWithMail(
    `every route of a site with mail answers as its access matrix says: to ${description}`,
    async (world) => {
      const arrive = await prepare(world);
      const routes = [...routePatterns(world)].filter((route) => !(route in matrix));
      const answers = await answersTo(world, arrive, routes);

      const expected = Object.entries(mailMatrix).map(([route, row]) => [route, row[column]]);
      deepEqual(answers, Object.fromEntries(expected));
    },
    { loginByMail: true },
  );
}

/** Routes that exist only on a site with sign-in providers, of which there is `x`. */
const providerMatrix: typeof mailMatrix = {
  "GET /login/with/:provider": ["open", "open", "open"],
  "POST /login/with/:provider": ["provider", "provider", "provider"],
  "GET /login/with/:provider/callback": ["open", "open", "open"],
  "GET /login/with/:provider/confirm": ["open", "profile", "profile"],
  "POST /login/with/:provider/confirm": ["open", "profile", "profile"],
  "POST /login/with/:provider/backchannel-logout": ["open", "open", "open"],
  "GET /reauthenticate/with/:provider": ["login", "open", "open"],
  "POST /reauthenticate/with/:provider": ["login", "open", "open"],
};

for (const [column, [description, prepare]] of Object.entries(siteVisitors).entries()) {
  Deno.test(`every route of a site with providers answers as its access matrix says: to ${description}`, async () => {
    await using world = await TestWorld.create({ config: { providers: [exampleProvider] } });
    const arrive = await prepare(world);
    const routes = [...routePatterns(world)].filter((route) => !(route in matrix));
    const answers = await answersTo(world, arrive, routes);

    const expected = Object.entries(providerMatrix).map(([route, row]) => [route, row[column]]);
    deepEqual(answers, Object.fromEntries(expected));
  });
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
