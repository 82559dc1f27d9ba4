import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HOUR, MINUTE } from "../../../lib/time.ts";
import { Authenticator } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import type { HostileProvider } from "../../support/hostile_provider.ts";
import {
  identitiesPath as path,
  identityRecords,
  link,
  linkPath,
  proveAgain,
  storedUsers,
  unlink,
} from "../../support/identity.ts";
import { addPasskey } from "../../support/passkey.ts";
import { ann, bob } from "../../support/people.ts";
import {
  comeBack,
  confirmPath,
  isLoggedIn,
  leave,
  signIn,
  signInTest,
  signInTestWithMail,
  signUp,
} from "../../support/sign_in.ts";
import { test, type TestWorld } from "../../support/world.ts";

/** Ann's browser, freshly logged in, with an account at the provider that is linked to hers. */
async function linked(world: TestWorld, provider: HostileProvider): Promise<Browser> {
  const browser = await freshAnn(world);
  equal((await link(world, provider, browser)).headers.get("location"), path);
  return browser;
}

async function freshAnn(world: TestWorld): Promise<Browser> {
  const browser = await world.ann();
  // A login by a mailed link is not fresh.
  if (world.config.mail) await browser.post("/reauthenticate", { password: ann.password });
  return browser;
}

signInTest("an account is linked, logs in, is listed and unlinked", async (world, provider) => {
  const browser = await freshAnn(world);
  match(await (await browser.get(path)).text(), /href="\/account\/identities\/hostile\/link"/);
  const start = await browser.get(linkPath);
  match(start.headers.get("content-security-policy") ?? "", new RegExp(provider.issuer));

  const answer = await link(world, provider, browser, { email: "ann@work.example" });
  equal(answer.headers.get("location"), path);
  world.pass(MINUTE);
  const page = await (await browser.follow(answer)).text();
  match(page, /The account is linked/);
  match(page, /Hostile/);
  match(page, /<bdi>ann@work\.example<\/bdi>/);
  match(page, /Not used yet/);
  ok(!page.includes("/hostile/link"), "it is not offered again");

  const other = world.browser();
  equal((await signIn(world, provider, other)).headers.get("location"), "/profile");
  ok(!(await (await browser.get(path)).text()).includes("Not used yet"));

  equal((await unlink(browser, provider)).headers.get("location"), path);
  match(await (await browser.get(path)).text(), /The account is unlinked/);
  deepEqual(await identityRecords(world), []);
  deepEqual((await storedUsers(world))[0]?.identities, []);
  const asked = await signIn(world, provider, world.browser(), { email: "x@example.com" });
  equal(asked.headers.get("location"), confirmPath, "it opens nothing any more");
  deepEqual(world.events("authn_token_created").map(({ facts }) => facts.reason), ["identity"]);
  deepEqual(world.events("authn_token_revoked").map(({ facts }) => facts.reason), ["identity"]);
});

signInTest("unlinking ends every other session", async (world, provider) => {
  const browser = await linked(world, provider);
  const other = world.browser();
  await signIn(world, provider, other);
  equal((await other.get("/profile")).status, 200);

  await unlink(browser, provider);
  ok(!await isLoggedIn(other));
  ok(await isLoggedIn(browser));
});

signInTest("the last way in stays, and the page says what to do", async (world, provider) => {
  const browser = await signUp(world, provider);
  const refused = await unlink(browser, provider);
  equal(refused.status, 409);
  const page = await refused.text();
  match(page, /the only way into your account/);
  match(page, /href="\/account\/passkeys"/);
  match(page, /href="\/account\/password"/);
  equal((await identityRecords(world)).length, 2);

  await addPasskey(browser, new Authenticator());
  equal((await unlink(browser, provider)).status, 303);
  deepEqual(await identityRecords(world), []);
});

signInTest("an app is no way in: the last identity stays beside it", async (world, provider) => {
  const browser = await linked(world, provider);
  const { id } = (await storedUsers(world))[0] ?? { id: "" };
  const { accounts } = world.services;
  await world.database.delete(["password", id]);
  await accounts.changeFactors(
    id,
    (user) => ({ ...user, factors: ["otp"] }),
    () => Promise.resolve(true),
  );
  world.allowInvalidData("the record of the app is missing");

  const unlinked = await world.services.identities.unlink({ id, epoch: 0 }, provider.issuer);
  deepEqual(unlinked, { ok: false, reason: "last_way_in" });
  ok(browser);
});

signInTest(
  "an account at a provider that the settings no longer have is no way in",
  async (world, provider) => {
    const browser = await signUp(world, provider);
    const { id } = (await storedUsers(world))[0] ?? { id: "" };
    const gone = { issuer: "https://gone.example", subject: "ann", email: null, provider: "gone" };
    const { identities } = world.services;
    ok((await identities.link({ id, epoch: 0 }, gone)).ok);
    equal((await unlink(browser, provider)).status, 409);
    ok((await identities.unlink({ id, epoch: 0 }, gone.issuer)).ok);
  },
);

signInTest(
  "an account that belongs to somebody else, or a second one, is not linked [SEC-K6]",
  async (world, provider) => {
    const bobs = await world.bob();
    equal((await link(world, provider, bobs, { sub: "bob" })).status, 303);
    const anns = await freshAnn(world);
    const taken = await link(world, provider, anns, { sub: "bob" });
    equal(taken.status, 409);
    match(await taken.text(), /linked to another account here/);

    equal((await link(world, provider, anns, { sub: "ann" })).status, 303);
    const second = await link(world, provider, anns, { sub: "ann the second" });
    equal(second.status, 409);
    match(await second.text(), /unlink the other one first/);

    const again = await link(world, provider, anns, { sub: "ann" });
    equal(again.headers.get("location"), path);
    match(await (await anns.follow(again)).text(), /was linked already/);
    equal((await identityRecords(world)).length, 4);
  },
);

signInTest(
  "an account has at most 20 identities, and the page says so",
  async (world, provider) => {
    const browser = await freshAnn(world);
    const { id } = (await storedUsers(world))[0] ?? { id: "" };
    const { identities } = world.services;
    const linkTenant = (tenant: number, epoch = 0) => {
      const issuer = `https://tenant-${tenant}.example`;
      return identities.link({ id, epoch }, { issuer, subject: "ann", email: null, provider: "x" });
    };
    for (let tenant = 1; tenant <= 19; tenant++) equal((await linkTenant(tenant)).ok, true);
    equal((await link(world, provider, browser)).status, 303);

    deepEqual(await linkTenant(20), { ok: false, reason: "too_many" });
    deepEqual(await linkTenant(1), { ok: false, reason: "linked_already" });
    await unlink(browser, provider);
    equal((await linkTenant(20, 1)).ok, true);
    const refused = await link(world, provider, browser);
    match(await refused.text(), /You’ve linked 20 accounts/);
    equal((await identityRecords(world)).length, 40);
  },
);

signInTest(
  "what was begun in one login is not linked in another [SEC-K2]",
  async (world, provider) => {
    const browser = await freshAnn(world);
    const asked = await leave(browser, {}, linkPath);
    await browser.post("/logout");
    await world.bob();
    await browser.post("/login", { ...bob });
    const refused = await comeBack(world, provider, browser, asked);
    equal(refused.status, 400);
    match(await refused.text(), /log in and begin again/i);

    const again = await leave(browser, {}, linkPath);
    await browser.post("/login", { ...bob });
    equal((await comeBack(world, provider, browser, again)).status, 400, "a new login of Bob's");
    deepEqual(await identityRecords(world), []);
  },
);

signInTest("linking needs a fresh login, and comes back to its page", async (world, provider) => {
  const browser = await freshAnn(world);
  world.pass(11 * MINUTE);
  const refused = await browser.post(linkPath);
  equal(refused.headers.get("location"), linkPath);
  const asked = await browser.follow(refused);
  const proof = new URL(asked.headers.get("location") ?? "", world.config.origin);
  equal(proof.pathname, "/reauthenticate");
  equal(proof.searchParams.get("next"), linkPath);
  const next = { password: ann.password, next: linkPath };
  equal((await browser.post("/reauthenticate", next)).headers.get("location"), linkPath);
  equal((await link(world, provider, browser)).headers.get("location"), path);
});

signInTest(
  "an unlinking that met a stale login is done after a proof at the provider",
  async (world, provider) => {
    const browser = await linked(world, provider);
    world.pass(11 * MINUTE);
    const held = await unlink(browser, provider);
    equal(held.headers.get("location"), "/reauthenticate");

    const proved = await proveAgain(world, provider, browser);
    equal(proved.headers.get("location"), "/reauthenticate/finish");
    const page = await (await browser.follow(proved)).text();
    match(page, /Unlink an account that you log in with: <bdi>Hostile<\/bdi>/);
    const id = /name="id" value="([\w-]+)"/.exec(page)?.[1] ?? "none";
    equal((await browser.post("/reauthenticate/finish", { id })).headers.get("location"), path);
    deepEqual(await identityRecords(world), []);
  },
);

signInTest("an unlinking that is sent twice is done once", async (world, provider) => {
  const browser = await linked(world, provider);
  const send = () => unlink(browser.copy(), provider);
  const answers = await Promise.all([send(), send()]);
  deepEqual(answers.map(({ headers }) => headers.get("location")), [path, path]);
  equal(world.events("authn_token_revoked").length, 1);
});

signInTest(
  "unlinking × a login at the same moment: no session is left",
  async (world, provider) => {
    const browser = await freshAnn(world);
    for (let i = 0; i < 10; i++) {
      await link(world, provider, browser);
      const other = world.browser();
      const asked = await leave(other);
      await Promise.all([
        unlink(browser, provider),
        comeBack(world, provider, other, asked),
      ]);
      deepEqual(await identityRecords(world), [], `round ${i}`);
      ok(!await isLoggedIn(other), `round ${i}`);
      ok(await isLoggedIn(browser), `round ${i}`);
    }
  },
);

signInTest(
  "unlinking × removing the only passkey at the same moment: one of them stays [SEC-J8]",
  async (world, provider) => {
    for (let i = 0; i < 5; i++) {
      const claims = { sub: `person ${i}`, email: `person${i}@example.com` };
      const browser = await signUp(world, provider, claims);
      const authenticator = new Authenticator();
      await addPasskey(browser, authenticator);
      const answers = await Promise.all([
        unlink(browser.copy(), provider),
        browser.copy().post(`/account/passkeys/${authenticator.id}/remove`),
      ]);
      ok(answers.some(({ status }) => status === 303));
      const left = (await world.records()).filter(({ key }) => {
        return ["identity_of", "passkey"].includes(String(key[0]));
      });
      equal(left.length, i + 1, `round ${i}`);
    }
  },
);

signInTest(
  "an account at a provider that the settings have no more is unlinked",
  async (world) => {
    const browser = await freshAnn(world);
    const { id } = (await storedUsers(world))[0] ?? { id: "" };
    const issuer = "https://id.gone.example";
    const gone = { issuer, subject: "ann", email: null, provider: "gone" };
    equal((await world.services.identities.link({ id, epoch: 0 }, gone)).ok, true);

    const page = await (await browser.get(path)).text();
    match(page, /<h2>gone<\/h2>/);
    const overview = await (await browser.get("/account")).text();
    match(overview, /<a href="\/account\/identities">gone<\/a>/);
    equal((await browser.post(`${path}/gone/unlink`, { issuer })).headers.get("location"), path);
    deepEqual(await identityRecords(world), []);
  },
);

signInTest("nobody unlinks what is not theirs", async (world, provider) => {
  await linked(world, provider);
  const bobs = await world.bob();
  equal((await unlink(bobs, provider)).headers.get("location"), path);
  equal((await identityRecords(world)).length, 2);
});

signInTest("an unknown provider has no page", async (world) => {
  const browser = await freshAnn(world);
  for (const name of ["nobody", "hostile2"]) {
    equal((await browser.get(`${path}/${name}/link`)).status, 404);
    equal((await browser.post(`${path}/${name}/link`)).status, 404);
  }
});

test("a site without providers has nothing to link, and its navigation says nothing", async (world) => {
  const browser = await world.ann();
  ok(!(await (await browser.get("/account")).text()).includes(path));
  match(await (await browser.get(path)).text(), /none that you could link here/);
});

signInTestWithMail(
  "a mail tells of a linked account, and its link removes it again [SEC-H10] [SEC-H12]",
  async (world, provider) => {
    await freshAnn(world);
    const thief = world.browser("198.51.100.77");
    await thief.post("/login", { ...ann });
    await link(world, provider, thief);
    const mail = await world.mailTo(ann.email);
    match(mail.text, /An account at Hostile was linked to your account/);

    const owner = world.browser();
    const page = await owner.follow(await owner.get(await world.linkTo(ann.email)));
    match(await page.text(), /removes the other account that was linked/);
    equal((await owner.post("/undo")).headers.get("location"), "/password-reset");
    deepEqual(await identityRecords(world), []);
    deepEqual((await storedUsers(world))[0]?.identities, []);
    ok(!await isLoggedIn(thief));
    deepEqual(world.events("authn_token_revoked").map(({ facts }) => facts.reason), ["undone"]);
  },
);

signInTestWithMail(
  "the link of an account that was unlinked leaves a later one alone",
  async (world, provider) => {
    const browser = await freshAnn(world);
    await link(world, provider, browser);
    const undo = await world.linkTo(ann.email);
    await unlink(browser, provider);
    match((await world.mailTo(ann.email)).text, /no longer linked/);
    world.pass(MINUTE);
    await link(world, provider, browser, { sub: "another" });
    const owner = world.browser();
    await owner.get(undo);
    equal((await owner.post("/undo")).status, 303);
    equal((await identityRecords(world)).length, 2);
  },
);

signInTest("after a while the page asks for a fresh login", async (world, provider) => {
  const browser = await linked(world, provider);
  world.pass(HOUR);
  match((await browser.get(path)).headers.get("location") ?? "", /^\/reauthenticate/);
});
