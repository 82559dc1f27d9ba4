import { deepEqual, equal, match, ok } from "node:assert/strict";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import { DAY, HOUR } from "../../lib/time.ts";
import { address, failHourly, heldWorld, right, spray } from "../support/attempts.ts";
import { interruptible } from "../support/interruptible.ts";
import { link } from "../support/identity.ts";
import { changeUser, choose, chosen, loginTarget, openLink } from "../support/password_reset.ts";
import { ann, eve } from "../support/people.ts";
import { withSecondFactor } from "../support/second_factor.ts";
import { signInTestWithMail } from "../support/sign_in.ts";
import { testWithMail as test, TestWorld, withMail } from "../support/world.ts";

const { email, password } = ann;

test("ten requests for one address get the same answer and send three mails an hour [SEC-H9]", async (world) => {
  await world.ann();
  const sent = (await world.delivered()).length;
  const ask = async (from?: string) => {
    const answer = await world.browser(from).post("/password-reset", { email });
    return [answer.status, answer.headers.get("location")];
  };
  for (let i = 0; i < 10; i++) deepEqual(await ask(address(i)), [303, "/password-reset"]);
  equal((await world.delivered()).length, sent + 3);
  world.pass(HOUR);
  await ask();
  equal((await world.delivered()).length, sent + 4);
});

test("a network that asked for too many mails gets the same answer, and nothing is written [SEC-H9]", async (world) => {
  await world.ann();
  const ask = (address: string) => world.browser().post("/password-reset", { email: address });
  // Half of them are over the limit of their address, and count for the network all the same.
  for (let i = 0; i < 60; i++) await ask(`nobody${i % 10}@example.com`);
  const sent = (await world.delivered()).length;

  const cost = await world.cost(async () => {
    equal((await ask(email)).headers.get("location"), "/password-reset");
    equal((await world.delivered()).length, sent);
  });
  deepEqual([cost.commits, cost.hashes], [0, 0]);
});

Deno.test("every address costs the same work, with that of sending after the answer [SEC-C4]", async () => {
  const cases: Record<string, (world: TestWorld) => Promise<string> | string> = {
    unknown: () => "nobody@example.com",
    known: () => email,
    pending: async (world) => {
      await world.browser().post("/register", { ...eve });
      return eve.email;
    },
    suspended: async (world) => {
      await changeUser(world, { active: false });
      return email;
    },
    capped: async (world) => {
      for (let i = 0; i < 3; i++) await world.browser().post("/password-reset", { email });
      return email;
    },
  };
  const costs: Record<string, unknown> = {};
  for (const [who, prepare] of Object.entries(cases)) {
    await using world = await TestWorld.create({ config: withMail });
    await world.ann();
    const address = await prepare(world);
    const sent = (await world.delivered()).length;
    costs[who] = await world.cost(async () => {
      await world.browser().post("/password-reset", { email: address });
      await world.delivered();
    });
    const isMailed = ["known", "pending"].includes(who);
    equal(world.sent.length, isMailed ? sent + 1 : sent, who);
  }
  deepEqual(costs, Object.fromEntries(Object.keys(costs).map((who) => [who, costs.unknown])));
});

test("whatever somebody prepared at a foreign address is worth nothing after the owner's reset [SEC-H10]", async (world) => {
  const attacker = world.browser();
  await attacker.post("/register", { ...ann, name: "Mallory" });
  const verifyLink = await world.linkTo(email);
  await choose(await openLink(world));

  equal(await loginTarget(world, password), null);
  equal(await loginTarget(world, chosen), "/profile");
  await attacker.get(verifyLink);
  equal((await attacker.post("/verify-email/confirm")).status, 410);
  equal((await attacker.post("/verify-email/reject")).status, 410);
  equal((await attacker.get("/profile")).status, 302);
  world.pass(8 * DAY);
  equal(await loginTarget(world, chosen), "/profile", "it is no registration that ends");
});

test("a reset ends the login of whoever used an address that nobody confirmed [SEC-H10]", async (world) => {
  const attacker = await world.ann();
  await changeUser(world, { emailVerified: false }); // as accounts from before mail are
  equal((await attacker.get("/profile")).status, 200);

  await choose(await openLink(world));
  equal((await attacker.get("/profile")).status, 302);
  equal(await loginTarget(world, chosen), "/profile", "the reset confirmed the address");
});

test("a second factor that a stranger added at an unconfirmed address ends with the owner's reset [SEC-H10]", async (world) => {
  const { browser: stranger } = await withSecondFactor(world);
  await changeUser(world, { emailVerified: false }); // as accounts from before mail are
  const owner = await openLink(world);
  const page = await (await owner.get("/password-reset/new")).text();
  ok(!page.includes('name="code"'), "no code is asked for");

  equal((await choose(owner)).headers.get("location"), "/login");
  equal(await loginTarget(world, chosen), "/profile");
  equal((await stranger.get("/profile")).status, 302);
  const kinds = (await world.dump()).map(({ key }) => String(key[0]));
  deepEqual(kinds.filter((kind) => /totp|recovery|passkey/.test(kind)), []);
  deepEqual(world.events("authn_token_revoked").map(({ facts }) => facts.reason), [
    "email_unverified",
  ]);
});

signInTestWithMail(
  "the mails about a reset call an account that a stranger linked what it is",
  async (world, provider) => {
    const stranger = await world.ann();
    await stranger.post("/reauthenticate", { password });
    await link(world, provider, stranger);
    await changeUser(world, { emailVerified: false }); // as accounts from before mail are
    const owner = await openLink(world);
    const before = (await world.delivered()).length;

    equal((await choose(owner)).headers.get("location"), "/login");
    const subjects = (await world.delivered()).slice(before).map(({ subject }) => subject);
    deepEqual(subjects.sort(), ["An account was unlinked from yours", "Your password was changed"]);
  },
);

Deno.test("a factor stays when its owner confirms the address during a reset without it [SEC-H10]", async () => {
  const { hash, meanwhile } = interruptible();
  await using world = await TestWorld.create({ hash, config: withMail });
  await withSecondFactor(world);
  await changeUser(world, { emailVerified: false });
  const browser = await openLink(world);
  meanwhile(() => changeUser(world, { emailVerified: true }));

  equal((await choose(browser)).status, 410);
  equal(await loginTarget(world, password), "/login/second-factor");
});

test("a reset opens the account that a hundred wrong passwords closed [SEC-C6] [SEC-C7]", async (world) => {
  await (await world.ann()).post("/logout");
  await failHourly(world, (i) => world.browser(address(i)));
  const closed = await world.browser().post("/login", right);
  equal(closed.status, 429);
  match(await closed.text(), /href="\/password-reset">Forgot your password\?/);

  await choose(await openLink(world));
  equal(await loginTarget(world, chosen), "/profile");
});

test("a password that others know can only be replaced by mail [SEC-A9]", async (world) => {
  const before = await world.ann();
  await markCompromised(world.kv, email, () => world.now, world.services.events);
  const form = { current_password: password, password: chosen };
  equal((await before.post("/account/password", form)).headers.get("location"), "/login");

  const browser = world.browser();
  const answer = await browser.post("/login", { email, password });
  equal(answer.headers.get("location"), "/password-reset");
  match(await (await browser.follow(answer)).text(), /Someone else may know your password/);
  equal((await browser.post("/account/password", form)).headers.get("location"), "/login");
  equal((await browser.get("/profile")).status, 302);

  const link = await openLink(world);
  const same = await choose(link, password);
  equal(same.status, 422);
  match(await same.text(), /This is already your password/);
  equal((await choose(link)).status, 303);
  equal(await loginTarget(world, chosen), "/profile");
});

test("after too many attempts a reset does not tell whether a password is the old one [SEC-C6] [SEC-A9]", async (world) => {
  await world.ann();
  await markCompromised(world.kv, email, () => world.now, world.services.events);
  await failHourly(world, (i) => world.browser(address(i)));

  equal((await choose(await openLink(world), password)).status, 303);
  equal(await loginTarget(world, password), "/profile", "the reset stays possible");
});

test("a login from before mail was on cannot change a password that others know [SEC-A9]", async (world) => {
  const browser = await world.ann();
  await changeUser(world, { passwordCompromised: true });
  const form = { current_password: password, password: chosen };

  for (const path of ["/profile", "/account/password", "/account"]) {
    equal((await browser.get(path)).headers.get("location"), "/password-reset", path);
  }
  equal((await browser.post("/account/password", form)).headers.get("location"), "/password-reset");
  const page = await (await browser.get("/password-reset")).text();
  match(page, /Someone else may know your password/);
  match(page, /value="ann@example\.com"/);
});

Deno.test("no more new passwords are hashed at once than logins, and none without a link [SEC-B8]", async () => {
  const held = await heldWorld(withMail);
  await using world = held.world;
  await world.ann();
  const browser = await openLink(world);
  held.hold();
  const flood = Array.from({ length: 80 }, (_, i) => spray(world, i, address(i)));
  await held.untilWaiting(80);

  const answer = await choose(browser);
  equal(answer.status, 503);
  match(answer.headers.get("retry-after") ?? "", /^\d+$/);
  equal((await choose(world.browser())).status, 410);
  held.letGo();
  await Promise.all(flood);
  equal((await choose(browser)).status, 303);
});
