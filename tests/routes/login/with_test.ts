import { deepEqual, equal, match, ok } from "node:assert/strict";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import { link } from "../../support/identity.ts";
import { withSecondFactor } from "../../support/second_factor.ts";
import {
  comeBack,
  confirmPath,
  isLoggedIn,
  leave,
  signIn,
  signInTest,
  signUp,
  startPath,
} from "../../support/sign_in.ts";
import type { TestWorld } from "../../support/world.ts";

const otherConfirm = "/login/with/other/confirm";

signInTest(
  "continue, make an account, log out and continue: the same account",
  async (world, provider) => {
    const browser = world.browser();
    const asked = await signIn(world, provider, browser, {}, { next: "/account" });
    equal(asked.headers.get("location"), confirmPath);
    ok(!await isLoggedIn(browser), "nobody is logged in before they answer");
    match(await (await browser.get(confirmPath)).text(), /ann@example\.com/);

    const made = await browser.post(confirmPath, { action: "create", name: "Ann" });
    equal(made.headers.get("location"), "/account");
    match(await (await browser.get("/profile")).text(), /value="Ann"/);

    await browser.post("/logout");
    const again = await signIn(world, provider, browser);
    equal(again.headers.get("location"), "/profile");
    match(await (await browser.get("/profile")).text(), /value="Ann"/);
    equal((await world.records()).filter(({ key }) => key[0] === "user").length, 1);
  },
);

signInTest(
  "the start has a page of its own, whose form may lead to the provider alone [SEC-K12]",
  async (world, provider) => {
    const page = await world.browser().get(`${startPath}?next=/account`);
    const policy = page.headers.get("content-security-policy") ?? "";
    match(policy, new RegExp(`form-action 'self' ${provider.issuer};`));
    match(await page.text(), /<input type="hidden" name="next" value="\/account"/);
    const login = await world.browser().get("/login");
    match(login.headers.get("content-security-policy") ?? "", /form-action 'self';/);
    match(await login.text(), /href="\/login\/with\/hostile"/);
  },
);

signInTest(
  "the question has PKCE, state and nonce, each of its own for every start [SEC-K1] [SEC-K9]",
  async (world) => {
    const browser = world.browser();
    const first = await leave(browser);
    const second = await leave(browser);
    equal(first.get("response_type"), "code");
    equal(first.get("code_challenge_method"), "S256");
    equal(first.get("scope"), "openid email profile");
    for (const name of ["state", "nonce", "code_challenge"]) {
      match(first.get(name) ?? "", /^[\w-]{43}$/);
      ok(first.get(name) !== second.get(name), name);
    }
  },
);

signInTest(
  "what comes back counts once, in the browser that began, within ten minutes [SEC-K2]",
  async (world, provider) => {
    await signUp(world, provider);
    const browser = world.browser();
    const asked = await leave(browser);
    const refused = async (answer: Response) => {
      equal(answer.status, 400);
      match(await answer.text(), /begin again/i);
    };

    await refused(await comeBack(world, provider, world.browser(), asked));
    equal((await comeBack(world, provider, browser, asked)).headers.get("location"), "/profile");
    const user = world.browser();
    await refused(await comeBack(world, provider, browser, asked));

    const late = await leave(user);
    world.pass(10 * MINUTE);
    await refused(await comeBack(world, provider, user, late));

    for (const query of ["", "?code=a-code", "?code=a-code&state=", "?state=a&state=b"]) {
      await refused(await user.get(`${startPath}/callback${query}`));
    }
    ok(!await isLoggedIn(user));
  },
);

signInTest("an answer belongs to the provider that was asked [SEC-K3]", async (world, provider) => {
  const browser = world.browser();
  const other = await leave(browser, {}, "/login/with/other");
  provider.asked.length = 0;

  const swapped = await browser.get(
    `${startPath}/callback?code=a-code&state=${other.get("state")}`,
  );
  equal(swapped.status, 400);
  deepEqual(provider.asked, [], "no code of another provider is redeemed here");
  equal((await comeBack(world, provider, browser, other)).headers.get("location"), otherConfirm);
}, { twice: true });

signInTest(
  "the account is known by issuer and subject, not by its address [SEC-K6]",
  async (world, provider) => {
    await signUp(world, provider, { sub: "ann", email: "ann@example.com" });
    const renamed = world.browser();
    const known = await signIn(world, provider, renamed, { sub: "ann", email: "new@example.com" });
    equal(known.headers.get("location"), "/profile");

    const other = world.browser();
    const unknown = await signIn(world, provider, other, {
      sub: "other",
      email: "ann@example.com",
    });
    equal(unknown.headers.get("location"), confirmPath);
    match(await (await other.get(confirmPath)).text(), /Log in to link it/);
    equal((await other.post(confirmPath, { action: "create", name: "Ann" })).status, 422);
    ok(!await isLoggedIn(other));
  },
);

signInTest(
  "somebody logged in as another is asked, not switched [SEC-K12]",
  async (world, provider) => {
    await signUp(world, provider);
    const browser = await world.bob();
    const answer = await signIn(world, provider, browser);
    equal(answer.headers.get("location"), confirmPath);
    match(await (await browser.get("/profile")).text(), /value="Bob"/);

    const switched = await browser.post(confirmPath, { action: "switch" });
    equal(switched.headers.get("location"), "/profile");
    match(await (await browser.get("/profile")).text(), /value="Ann"/);
  },
);

signInTest("a login there is one factor, and not fresh", async (world, provider) => {
  await signUp(world, provider);
  const browser = world.browser();
  await signIn(world, provider, browser);
  equal((await browser.get("/account")).status, 200);
  const fresh = await browser.get("/account/delete");
  match(fresh.headers.get("location") ?? "", /^\/reauthenticate\?/);
});

signInTest(
  "a second factor that the provider proved counts, where the settings say to believe it [SEC-K11]",
  async (world, provider) => {
    const { browser: owner, nextCode } = await withSecondFactor(world);
    await owner.post("/reauthenticate", { code: nextCode() });
    await link(world, provider, owner);
    const authTime = world.now.getTime() / 1000;

    const asked = world.browser();
    const answer = await signIn(world, provider, asked, { amr: ["pwd"], auth_time: authTime });
    equal(answer.headers.get("location"), "/login/second-factor");
    const browser = world.browser();
    await signIn(world, provider, browser, { amr: ["mfa"], auth_time: authTime });
    ok(await isLoggedIn(browser));
    equal((await browser.get("/account/totp")).status, 200, "it is fresh, and proved a factor");
    match(await (await browser.get("/account/sessions")).text(), /another account, second step/);
  },
  { provider: { trust: { amr: ["mfa"], acr: [], authTime: true } } },
);

signInTest("an address of an error is shown as text [SEC-K14]", async (world) => {
  const browser = world.browser();
  const asked = await leave(browser);
  const query = new URLSearchParams({
    error: "access_denied",
    error_description: "<script>alert(1)</script>",
    state: asked.get("state") ?? "",
  });
  const page = await browser.get(`${startPath}/callback?${query}`);
  equal(page.status, 400);
  ok(!(await page.text()).includes("<script>alert"));
});

signInTest(
  "a provider that is down gets a page of its own, and the site works on [SEC-K10]",
  async (world, provider) => {
    provider.answers.set(
      "/.well-known/openid-configuration",
      () => new Response("", { status: 500 }),
    );
    const browser = world.browser();
    equal((await browser.get("/login")).status, 200);
    equal((await browser.get(startPath)).status, 502);
    equal((await browser.post(startPath)).status, 502);
    deepEqual(await world.records(), [], "nothing is kept of it");
    equal(world.events("provider_failed").length, 2);
  },
);

signInTest(
  "a provider that hangs keeps nobody from the login page, and its page comes [SEC-K10]",
  async (world, provider) => {
    provider.answers.set("/.well-known/openid-configuration", provider.hang);
    const browser = world.browser();
    let isWaiting = true;
    const start = browser.get(startPath).finally(() => isWaiting = false);
    equal((await world.browser().get("/login")).status, 200);
    ok(isWaiting);
    const page = await start;
    equal(page.status, 504);
    match(await page.text(), /href="\/login"/);
  },
);

signInTest(
  "looking at the address of an answer, without showing it, uses nothing up",
  async (world, provider) => {
    await signUp(world, provider);
    const browser = world.browser();
    const asked = await leave(browser);
    const query = new URLSearchParams({ code: "a-code", state: asked.get("state") ?? "" });
    const head = await browser.request(`${startPath}/callback?${query}`, { method: "HEAD" });
    equal(head.status, 400);
    equal((await comeBack(world, provider, browser, asked)).headers.get("location"), "/profile");
  },
);

signInTest("a suspended user is refused without a reason", async (world, provider) => {
  await signUp(world, provider);
  const [entry] = (await world.records()).filter(({ key }) => key[0] === "user");
  await world.database.set(entry?.key ?? [], { ...entry?.value as object, active: false });
  const browser = world.browser();
  const answer = await signIn(world, provider, browser);
  equal(answer.status, 403);
  ok(!/suspend/i.test(await answer.text()));
  ok(!await isLoggedIn(browser));
});

signInTest("no network may begin without an end", async (world) => {
  const browser = world.browser();
  for (let i = 0; i < 120; i++) equal((await browser.post(startPath)).status, 303);
  const refused = await browser.post(startPath);
  equal(refused.status, 429);
  equal(refused.headers.get("retry-after"), "1");
  world.pass(SECOND);
  equal((await browser.post(startPath)).status, 303);
});

signInTest("the provider that was used last is marked in this browser", async (world, provider) => {
  const browser = await signUp(world, provider);
  await browser.post("/logout");
  match(await (await browser.get("/login")).text(), /Last used/);
  ok(!/Last used/.test(await (await world.browser().get("/login")).text()));
});

signInTest("a browser is remembered if asked", async (world, provider) => {
  await signUp(world, provider);
  const browser = world.browser();
  await signIn(world, provider, browser, {}, { remember: "on" });
  browser.restart();
  ok(await isLoggedIn(browser));
});

signInTest(
  "nothing of the provider's answer stays in the database, a page or the log [SEC-K8]",
  async (world, provider) => {
    const browser = world.browser();
    await signIn(world, provider, browser);
    const waiting = await recordsAsText(world) + await (await browser.get(confirmPath)).text();
    await browser.post(confirmPath, { action: "create", name: "Ann" });
    const made = await recordsAsText(world) + await (await browser.get("/account")).text();

    const kept = waiting + made + world.lines.join("\n");
    match(kept, /ann-at-hostile/, "the subject is kept");
    for (const secret of ["an-access-token", "a-code", String(provider.idToken)]) {
      ok(!kept.includes(secret), secret);
    }
  },
);

/** The database as text, and its bytes as characters. */
async function recordsAsText(world: TestWorld): Promise<string> {
  return JSON.stringify(
    await world.records(),
    (_, value) => value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value,
  );
}
