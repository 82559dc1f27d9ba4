import { deepEqual, equal, match, ok } from "node:assert/strict";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import type { Config } from "../../lib/config.ts";
import { enrolmentPage } from "../../routes/guards.ts";
import { everyForm } from "../support/forms.ts";
import { ann } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

// The site asks everyone for a second factor, and Ann has none.

const everyone: Partial<Config> = { requireSecondFactor: "all" };

/** Routes that never ask who somebody is, and those that prove a mailed link. */
const openToAll = [
  /^POST \/language$/,
  /^(GET|POST) \/logout$/,
  /^POST \/(login|register|passphrase|password-strength)$/,
  /^POST \/login\/(link|link\/confirm)$/,
  /^GET \/login\/link\/(:token|confirm)$/,
  /^(GET|POST) \/login\/second-factor/,
  /^(GET|POST) \/login\/passkey/,
  /^POST \/login\/with\/:provider(\/backchannel-logout)?$/,
  /^GET \/login\/with\/:provider\/callback$/,
  /^(GET|POST) \/(verify-email|password-reset|undo|recover-account)(\/|$)/,
  /^GET \/(account\/email|admin\/invite)\/:token$/,
  /^GET \/(assets|health|\.well-known)\//,
  /^POST \/reports\/csp$/,
  /^GET \/api\/openapi\.json$/,
];

/** Routes that a session without a factor opens all the same. */
const openWhileEnrolling = [
  /^(GET|POST) \/reauthenticate(\/|$)/,
  /^(GET|POST) \/account\/(totp|passkeys|recovery-codes)(\/|$)/,
];

/** With mail: a way to a proof for somebody whose provider gives none. */
const openWithMail = /^(GET|POST) \/account\/password\/first$/;

/** They lead somebody without a factor to enrolment on every site. */
const needFactor = /\/account\/(recovery-codes|totp\/remove)/;

for (
  const [site, config] of Object.entries({
    "without mail": {},
    "with mail and providers": everyForm,
  })
) {
  test(
    `somebody who must enrol a second factor opens nothing else, on a site ${site}`,
    async (world) => {
      await world.ann();
      const found: Record<string, string> = {};
      const expected: Record<string, string> = {};
      for (const route of routesOf(world)) {
        if (needFactor.test(route)) continue;
        const open = [
          ...openToAll,
          ...openWhileEnrolling,
          ...world.config.mail ? [openWithMail] : [],
        ];
        const isOpen = open.some((it) => it.test(route));
        const answer = await ask(world, route);
        ok(answer.status < 500, route);
        const isProgram = route.includes(" /api/");
        expected[route] = isOpen ? "open" : isProgram ? "forbidden" : enrolmentPage;
        found[route] = answer.status === 403
          ? "forbidden"
          : answer.headers.get("location") === enrolmentPage
          ? enrolmentPage
          : "open";
      }

      deepEqual(found, expected);
    },
    config,
  );
}

test("somebody who must enrol a second factor is told so", async (world) => {
  await world.ann();
  const browser = world.browser();
  const login = await browser.post("/login", { ...ann });
  equal(login.headers.get("location"), "/profile");

  const profile = await browser.follow(login);
  deepEqual([profile.status, profile.headers.get("location")], [303, enrolmentPage]);
  match(
    await (await browser.follow(profile)).text(),
    /Your account needs a second step\. Please set it up to continue/,
  );
});

test(
  "somebody who must enrol after the mailed link is told why the password is asked for",
  async (world) => {
    const browser = await world.ann();

    const enrolment = await browser.follow(await browser.get("/profile"));
    const proof = await browser.follow(enrolment);
    const page = await proof.text();
    match(
      page,
      /Your account needs a second step\. Before you set it up, please confirm it’s you/,
    );
    ok(!page.includes("to see this page"));

    const proved = await browser.post("/reauthenticate", {
      password: ann.password,
      next: enrolmentPage,
    });
    equal(proved.headers.get("location"), enrolmentPage);
  },
  everyForm,
);

test("a password that others know is replaced before a factor is enrolled", async (world) => {
  await world.ann();
  await markCompromised(world.kv, ann.email, () => world.now, world.services.events);
  const browser = world.browser();
  await browser.post("/login", { ...ann });

  equal((await browser.get("/profile")).headers.get("location"), "/account/password");
  equal((await browser.get("/account/password")).status, 200);
  await browser.post("/account/password", {
    current_password: ann.password,
    password: "a heron stands in the reeds",
  });
  equal((await browser.get("/profile")).headers.get("location"), enrolmentPage);
  equal((await browser.get("/account/password")).headers.get("location"), enrolmentPage);
});

test("somebody who has a factor is not led to enrolment", async (world) => {
  const browser = await world.ann();
  const [entry] = await Array.fromAsync(world.database.list({ prefix: ["user"] }));
  await world.database.set(entry?.key ?? [], { ...Object(entry?.value), factors: ["otp"] });

  equal((await browser.get("/profile")).status, 200);
});

function test(
  name: string,
  run: (world: TestWorld) => Promise<void>,
  config: Partial<Config> = {},
): void {
  Deno.test(name, async () => {
    await using world = await TestWorld.create({ config: { ...config, ...everyone } });
    await run(world);
  });
}

function routesOf(world: TestWorld): Set<string> {
  const routes = world.app.routes.filter(({ method }) => method !== "ALL");
  return new Set(routes.map(({ method, path }) => `${method} ${path}`));
}

/** Asks with a session of its own, because some routes end it. */
async function ask(world: TestWorld, route: string): Promise<Response> {
  const browser = world.browser();
  equal((await browser.post("/login", { ...ann })).status, 303, route);
  const [method, pattern = ""] = route.split(" ");
  const path = pattern.replaceAll(/:\w+/g, "x");
  if (method === "GET") return await browser.get(path);
  if (method === "POST") return await browser.post(path);
  return await browser.request(path, {
    method: method ?? "",
    headers: { "sec-fetch-site": "same-origin" },
  });
}
