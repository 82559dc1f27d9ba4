import { deepEqual, equal, match, ok } from "node:assert/strict";
import { DAY, MINUTE } from "../../../../lib/time.ts";
import type { Browser } from "../../../support/browser.ts";
import { exampleProvider } from "../../../support/example_provider.ts";
import { HostileProvider } from "../../../support/hostile_provider.ts";
import { link, proveAgain } from "../../../support/identity.ts";
import { providerAnn } from "../../../support/oidc_people.ts";
import { startOidcProvider } from "../../../support/oidc_provider.ts";
import { signInAt } from "../../../support/oidc_sign_in.ts";
import { ann } from "../../../support/people.ts";
import { logOutAtProvider, logoutPath, sendLogout } from "../../../support/provider_logout.ts";
import { enterCode, withSecondFactor } from "../../../support/second_factor.ts";
import { confirmPath, isLoggedIn, signIn, signInTest, signUp } from "../../../support/sign_in.ts";
import { test, TestWorld } from "../../../support/world.ts";

type Claims = Record<string, unknown>;

/** A second browser of the person who signed up. */
async function another(
  world: TestWorld,
  provider: HostileProvider,
  claims: Claims = {},
  fields: Record<string, string> = {},
): Promise<Browser> {
  const browser = world.browser();
  const answer = await signIn(world, provider, browser, claims, fields);
  equal(answer.headers.get("location"), "/profile");
  return browser;
}

const refused = (world: TestWorld) =>
  world.events("provider_logout_refused").map(({ facts }) => facts);

signInTest(
  "whoever logs out at the provider is logged out here, in every browser that came from there [SEC-K13]",
  async (world, provider) => {
    const browsers = [await signUp(world, provider), await another(world, provider)];
    const bob = await signUp(world, provider, { sub: "bob", email: "bob@example.com" });

    const answer = await logOutAtProvider(world, provider);
    equal(answer.status, 200);
    equal(await answer.text(), "");
    equal(answer.headers.get("cache-control"), "no-store");
    deepEqual(answer.headers.getSetCookie(), []);
    for (const browser of browsers) ok(!await isLoggedIn(browser));
    ok(await isLoggedIn(bob));
    const ends = world.events("session_expired").filter(({ facts }) => facts.reason === "ended");
    equal(ends.length, 2);
  },
);

Deno.test("a real provider's logout is taken, for the person and for the session that it names [SEC-K13]", async () => {
  const site = "https://app.example/login/with/real";
  const client = {
    id: "latchkey",
    secret: "a-secret-of-32-characters-at-least",
    redirectUris: [`${site}/callback`],
    backchannelLogoutUri: `${site}/backchannel-logout`,
  };
  const connection = { remoteAddr: { hostname: "198.51.100.7" } };
  await using provider = await startOidcProvider({
    clients: [client],
    fetch: (url, init) => world.app.request(url, init, connection),
  });
  const config = { ...exampleProvider, issuer: provider.issuer, name: "real" };
  await using world = await TestWorld.create({
    fetch: globalThis.fetch,
    config: { providers: [{ ...config, clientId: client.id, clientSecret: client.secret }] },
  });
  world.pass(Date.now() - world.now.getTime());

  const comeIn = async () => {
    const browser = world.browser();
    const asked = await browser.post("/login/with/real");
    const back = new URL(await signInAt(asked.headers.get("location") ?? "", providerAnn));
    await browser.get(back.pathname + back.search);
    await browser.post("/login/with/real/confirm", { action: "create", name: "Ann" });
    ok(await isLoggedIn(browser));
    return browser;
  };
  const first = await comeIn();
  deepEqual(await provider.logOut(providerAnn), [200]);
  ok(!await isLoggedIn(first));
  const second = await comeIn();
  const byName = await provider.logoutToken(client, providerAnn.subject);
  const path = new URL(client.backchannelLogoutUri).pathname;
  equal((await sendLogout(world, byName, { path })).status, 200);
  ok(!await isLoggedIn(second));
});

signInTest(
  "a remembered browser does not come back after a logout at the provider [SEC-K13]",
  async (world, provider) => {
    await signUp(world, provider);
    const browser = await another(world, provider, {}, { remember: "on" });
    const gone = await another(world, provider, {}, { remember: "on" });
    world.pass(2 * DAY); // its session is over
    browser.restart();
    ok(await isLoggedIn(browser));

    await logOutAtProvider(world, provider);
    for (const each of [browser, gone]) {
      each.restart();
      ok(!await isLoggedIn(each));
    }
  },
);

signInTest(
  "a logout at the provider leaves a session that began with a password [SEC-K13]",
  async (world, provider) => {
    const browser = await world.ann();
    await link(world, provider, browser);
    const remembered = world.browser();
    await remembered.post("/login", { ...ann, remember: "on" });
    const federated = await another(world, provider);

    equal((await logOutAtProvider(world, provider)).status, 200);
    ok(!await isLoggedIn(federated));
    ok(await isLoggedIn(browser));
    remembered.restart();
    ok(await isLoggedIn(remembered));
  },
);

signInTest(
  "a logout that names only the provider's session ends what its person began there [SEC-K13]",
  async (world, provider) => {
    await signUp(world, provider, { sid: "session-1" });
    const remembered = await another(world, provider, { sid: "session-2" }, { remember: "on" });
    world.pass(29 * DAY);
    remembered.restart();
    ok(await isLoggedIn(remembered));
    const bob = await signUp(world, provider, { sub: "bob", email: "bob@example.com" });

    for (const [sid, isOver] of [["session-9", false], ["session-2", true]] as const) {
      equal((await logOutAtProvider(world, provider, { sub: undefined, sid })).status, 200);
      remembered.restart();
      equal(await isLoggedIn(remembered), !isOver, sid);
    }
    ok(await isLoggedIn(bob));
  },
);

signInTest(
  "a logout of somebody whose account was deleted succeeds, whatever it names",
  async (world, provider) => {
    const browser = await signUp(world, provider, { sid: "session-1" });
    await browser.post("/account/delete", { email: "ann@example.com" });
    ok(!await isLoggedIn(browser));

    for (const names of [{}, { sub: undefined, sid: "session-1" }]) {
      equal((await logOutAtProvider(world, provider, names)).status, 200);
    }
  },
);

signInTest(
  "a proof at the provider may begin another session there: a logout that names it counts",
  async (world, provider) => {
    const browser = await signUp(world, provider, { sid: "session-1" });
    world.pass(11 * MINUTE);
    equal((await proveAgain(world, provider, browser, { sid: "session-2" })).status, 303);

    await logOutAtProvider(world, provider, { sub: undefined, sid: "session-2" });
    ok(!await isLoggedIn(browser));
  },
);

signInTest(
  "a login that waits for its second factor ends with a logout at the provider [SEC-K13]",
  async (world, provider) => {
    const { browser: owner, nextCode } = await withSecondFactor(world);
    await owner.post("/reauthenticate", { code: nextCode() });
    equal((await link(world, provider, owner)).status, 303);
    const browsers = [world.browser(), world.browser()] as const;
    for (const browser of browsers) {
      const answer = await signIn(world, provider, browser);
      equal(answer.headers.get("location"), "/login/second-factor");
    }
    const byPassword = world.browser();
    await byPassword.post("/login", { ...ann });
    await enterCode(browsers[1], nextCode());
    ok(await isLoggedIn(browsers[1]));

    await logOutAtProvider(world, provider);
    const late = await enterCode(browsers[0], nextCode());
    equal(late.headers.get("location"), "/login");
    ok(!await isLoggedIn(browsers[0]));
    ok(!await isLoggedIn(browsers[1]), "its session came from there");
    equal((await enterCode(byPassword, nextCode())).headers.get("location"), "/profile");
  },
);

signInTest(
  "a logout of somebody who is not known here succeeds, and ends nothing [SEC-K13]",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    equal((await logOutAtProvider(world, provider, { sub: "stranger" })).status, 200);
    ok(await isLoggedIn(browser));
  },
);

signInTest(
  "a logout token works once: it does not end a later login [SEC-K13]",
  async (world, provider) => {
    await signUp(world, provider);
    provider.now = world.now;
    const token = await provider.signLogout();
    equal((await sendLogout(world, token)).status, 200);

    const browser = await another(world, provider);
    for (let i = 0; i < 11; i++, world.pass(MINUTE)) {
      const again = await sendLogout(world, token);
      equal(again.status, 400);
      deepEqual(await again.json(), { error: "invalid_request" });
      ok(await isLoggedIn(browser));
    }
    equal(refused(world)[0]?.error, "used before");
  },
);

const wrongTokens: Record<string, (it: HostileProvider) => Promise<string> | string> = {
  "no token": () => "",
  "junk": () => "a.b.c",
  "an ID token": (it) => it.sign(it.idClaims()),
  "a token of another type": (it) => it.signLogout({}, { typ: "JWT" }),
  "another audience": (it) => it.signLogout({ aud: "another-site" }),
  "another issuer": (it) => it.signLogout({ iss: "https://id.example" }),
  "a nonce": (it) => it.signLogout({ nonce: "n" }),
  "no event": (it) => it.signLogout({ events: {} }),
  "no id": (it) => it.signLogout({ jti: undefined }),
  "nobody's name": (it) => it.signLogout({ sub: undefined }),
  "an end in the past": (it) => it.signLogout({ exp: it.now.getTime() / 1000 - 61 }),
  "a beginning long ago": (it) => it.signLogout({ iat: it.now.getTime() / 1000 - 3600 }),
  "no algorithm": async (it) => {
    const [, claims] = (await it.signLogout()).split(".");
    return `${btoa('{"alg":"none","typ":"logout+jwt"}').replaceAll("=", "")}.${claims}.`;
  },
  "a changed claim": async (it) => {
    const [header, , signature] = (await it.signLogout()).split(".");
    const claims = btoa(JSON.stringify(it.logoutClaims({ sub: "bob" }))).replaceAll("=", "");
    return `${header}.${claims}.${signature}`;
  },
};

signInTest(
  "a wrong logout token is refused, ends nothing and writes nothing [SEC-K13]",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    provider.now = world.now;
    for (const [what, make] of Object.entries(wrongTokens)) {
      const token = await make(provider);
      world.lines.length = 0;
      const { keys, commits } = await world.cost(async () => {
        const answer = await sendLogout(world, token);
        equal(answer.status, 400, what);
        deepEqual(await answer.json(), { error: "invalid_request" });
        equal(answer.headers.get("cache-control"), "no-store");
      });
      deepEqual([keys, commits], [0, 0], what);
      const [line] = refused(world);
      equal(line?.provider, "hostile", what);
      ok(line?.error, what);
    }
    ok(await isLoggedIn(browser));
  },
);

signInTest(
  "a provider logs out nobody of another provider, whatever its token says [SEC-K3] [SEC-K13]",
  async (world, provider) => {
    await using other = await HostileProvider.start();
    const browser = await signUp(world, provider);
    other.now = provider.now = world.now;

    for (const claims of [{}, { iss: provider.issuer }]) {
      equal((await sendLogout(world, await other.signLogout(claims))).status, 400);
    }
    ok(await isLoggedIn(browser));
  },
);

Deno.test("an id of one provider means nobody at another [SEC-K6] [SEC-K13]", async () => {
  await using first = await HostileProvider.start();
  await using second = await HostileProvider.start();
  const providers = [first.config, { ...second.config, name: "second" }];
  await using world = await TestWorld.create({ fetch: globalThis.fetch, config: { providers } });
  const browser = await signUp(world, first, { sid: "session-1" });
  first.now = second.now = world.now;
  const send = async (provider: HostileProvider, claims: Claims, path = logoutPath) => {
    const token = await provider.signLogout(claims);
    equal((await sendLogout(world, token, { path })).status, 200);
  };

  const secondPath = "/login/with/second/backchannel-logout";
  await send(second, {}, secondPath);
  await send(second, { sub: undefined, sid: "session-1", jti: "logout-2" }, secondPath);
  ok(await isLoggedIn(browser));
  await send(first, {});
  ok(!await isLoggedIn(browser));
});

signInTest(
  "a form that is not one logout token is refused; what else it holds is ignored",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    provider.now = world.now;
    const token = await provider.signLogout();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const send = (body: string, path = logoutPath) =>
      world.browser().request(path, { method: "POST", body, headers });

    for (const body of ["", "a=b", `logout_token=${token}&logout_token=${token}`, "%", "\xff"]) {
      equal((await send(body)).status, 400, body);
    }
    equal((await send("", `${logoutPath}?logout_token=${token}`)).status, 400, "in the address");
    ok(await isLoggedIn(browser));
    equal((await send(`more=1&logout_token=${token}`)).status, 200);
    ok(!await isLoggedIn(browser));
  },
);

signInTest(
  "a logout comes from a server: a browser cannot send one, and its cookies are not looked at [SEC-E3]",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    const body = new URLSearchParams({
      logout_token: await provider.signLogout({ sub: "stranger" }),
    });
    const send = (headers: Record<string, string>) =>
      browser.request(logoutPath, { method: "POST", body, headers });

    for (const site of ["cross-site", "same-site", "none"]) {
      equal((await send({ "sec-fetch-site": site })).status, 403, site);
    }
    equal((await send({ origin: "https://evil.test" })).status, 403);
    equal((await send({ origin: "null" })).status, 403);
    const cookies = new Map(browser.cookies);
    const { keys } = await world.cost(async () => equal((await send({})).status, 200));
    equal(keys, 2, "whether it was used, and whose it is");
    deepEqual(browser.cookies, cookies);
    ok(await isLoggedIn(browser));
  },
);

signInTest(
  "while the provider does not answer, its logout fails, and may be sent again [SEC-K10]",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    world.pass(6 * MINUTE); // the keys are too old
    provider.answers.set("/keys", () => new Response("down", { status: 500 }));
    const failed = await logOutAtProvider(world, provider, { jti: "logout-1" });
    equal(failed.status, 400);
    deepEqual(await failed.json(), { error: "temporarily_unavailable" });
    equal(world.events("provider_failed").length, 1);
    ok(await isLoggedIn(browser));

    provider.answers.clear();
    world.pass(MINUTE);
    equal((await logOutAtProvider(world, provider, { jti: "logout-1" })).status, 200);
    ok(!await isLoggedIn(browser));
  },
);

signInTest(
  "a logout that the database takes only in part may be sent again [SEC-K13]",
  async (world, provider) => {
    await signUp(world, provider);
    for (const failing of [1, 2]) {
      const browser = await another(world, provider);
      provider.now = world.now;
      const token = await provider.signLogout({ jti: `logout-${failing}` });
      let commits = 0;
      world.broken.fault = (call) => call === "commit" && ++commits >= failing ? "fail" : "none";
      equal((await sendLogout(world, token)).status, 503);
      world.broken.fault = "none";

      equal((await sendLogout(world, token)).status, 200, `commit ${failing}`);
      ok(!await isLoggedIn(browser));
    }
  },
);

signInTest(
  "a flood of logouts from one network waits, and asks the provider nothing more [SEC-K10]",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    provider.now = world.now;
    const header = { kid: "unknown", alg: "ES256", typ: "logout+jwt" };
    const unknownKey = (await provider.signLogout({}, header)).replace(/[^.]*$/, "x".repeat(86));
    const asked = provider.asked.length;
    const { keys } = await world.cost(async () => {
      for (let i = 0; i < 600; i++) equal((await sendLogout(world, unknownKey)).status, 400);
    });
    equal(keys, 0);
    ok(provider.asked.length - asked <= 1, "the keys, once a minute");
    const next = await sendLogout(world, unknownKey);
    equal(next.status, 429);
    match(next.headers.get("retry-after") ?? "", /^\d+$/);
    ok(refused(world).length <= 20, "lines a minute");

    const token = await provider.signLogout();
    equal((await sendLogout(world, token, { address: "203.0.113.9" })).status, 200);
    ok(!await isLoggedIn(browser), "another network does not wait");
  },
);

test("without providers nothing takes logouts", async (world) => {
  equal((await sendLogout(world, "a.b.c")).status, 404);
});

signInTest(
  "only a provider in the settings that sends logouts is listened to",
  async (world, provider) => {
    provider.now = world.now;
    const token = await provider.signLogout();
    for (const name of ["nobody", "other", "__proto__"]) {
      const path = `/login/with/${name}/backchannel-logout`;
      equal((await sendLogout(world, token, { path })).status, 404, name);
    }
    const read = await world.browser().get(logoutPath);
    equal(read.status, 405);
    equal(read.headers.get("allow"), "POST");
  },
  { twice: true, provider: { kind: "github" } },
);

signInTest(
  "what was proved before a logout at the provider does not log in after it [SEC-K13]",
  async (world, provider) => {
    await signUp(world, provider);
    const browser = await world.bob();
    await signIn(world, provider, browser);
    world.pass(MINUTE);
    equal((await logOutAtProvider(world, provider)).status, 200);
    equal((await browser.post(confirmPath, { action: "switch" })).status, 400);
    match(await (await browser.get("/profile")).text(), /value="Bob"/);

    world.pass(MINUTE);
    await another(world, provider);
  },
);

signInTest(
  "nothing in the database names somebody who deleted their account [SEC-N10]",
  async (world, provider) => {
    const browser = await signUp(world, provider, { sub: "subject-of-ann", sid: "session-of-ann" });
    const [user] = (await world.records()).filter(({ key }) => key[0] === "user");
    equal((await browser.post("/account/delete", { email: ann.email })).status, 303);
    const dump = Deno.inspect(await world.dump(), { depth: 9, strAbbreviateSize: 1e6 });
    const latin1 = (await world.dump()).flatMap(({ value }) =>
      Object.values(value as object).filter((it) => it instanceof Uint8Array)
    ).map((bytes) => new TextDecoder("latin1").decode(bytes)).join();
    for (const trace of [String(user?.key[1]), ann.email, "subject-of-ann", "session-of-ann"]) {
      ok(!`${dump}${latin1}`.includes(trace), trace);
    }
  },
);
