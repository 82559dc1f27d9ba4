import { deepEqual, equal, match, ok } from "node:assert/strict";
import { DAY, MINUTE } from "../../../../lib/time.ts";
import type { Browser } from "../../../support/browser.ts";
import type { HostileProvider } from "../../../support/hostile_provider.ts";
import { ann, bob } from "../../../support/people.ts";
import { giveRoles, userOf } from "../../../support/roles.ts";
import { enrolTotp } from "../../../support/totp.ts";
import {
  confirmPath,
  isLoggedIn,
  signIn,
  signInTest,
  signInTestWithMail,
  signUp,
} from "../../../support/sign_in.ts";
import type { TestWorld } from "../../../support/world.ts";

const create = { action: "create", name: "Ann" };

async function users(world: TestWorld): Promise<unknown[]> {
  return (await world.records()).filter(({ key }) => key[0] === "user").map((it) => it.value);
}

/** Everything but `true` leaves an address unverified. */
const unverified = [false, undefined, "true", 1, null];

/** Somebody who came back with this address, which the provider did not verify. */
async function withUnverified(
  world: TestWorld,
  provider: HostileProvider,
  email: string | undefined,
  email_verified: unknown = false,
) {
  const browser = world.browser();
  await signIn(world, provider, browser, { sub: `sub of ${email}`, email, email_verified });
  return browser;
}

signInTestWithMail(
  "an address that the provider verified needs no mail, and a new account is fresh",
  async (world, provider) => {
    const browser = world.browser();
    await signIn(world, provider, browser);
    const made = await browser.post(confirmPath, create);
    equal(made.headers.get("location"), "/profile");
    equal((await browser.get("/account/passkeys")).status, 200);
    const [user] = await users(world) as [{ emailVerified: boolean; identities: string[] }];
    equal(user.emailVerified, true);
    deepEqual(user.identities, [provider.issuer]);
    deepEqual(await world.delivered(), []);
  },
);

for (const value of unverified) {
  signInTestWithMail(
    `an address with email_verified ${JSON.stringify(value)} is confirmed by a mail [SEC-K7]`,
    async (world, provider) => {
      const browser = await withUnverified(world, provider, "ann@example.com", value);
      const made = await browser.post(confirmPath, { ...create, email: "ann@example.com" });
      equal(made.headers.get("location"), "/verify-email");
      ok(!await isLoggedIn(browser));

      await browser.get(await world.linkTo("ann@example.com"));
      equal((await browser.post("/verify-email/confirm")).status, 303);
      ok(await isLoggedIn(browser));
    },
  );
}

signInTestWithMail(
  "an identity ends with a registration that nobody confirms, and else it stays [SEC-N9]",
  async (world, provider) => {
    const browser = await withUnverified(world, provider, "ann@example.com");
    const lifetimesOf = () =>
      ["identity", "identity_of"].map((kind) =>
        world.broken.written.findLast(({ key }) => key[0] === kind)?.expireIn
      );
    await browser.post(confirmPath, { ...create, email: "ann@example.com" });
    deepEqual(lifetimesOf(), [7 * DAY, 7 * DAY]);
    world.pass(DAY);
    const again = await withUnverified(world, provider, "ann@example.com");
    deepEqual(lifetimesOf(), [7 * DAY, 6 * DAY]);

    await again.get(await world.linkTo("ann@example.com"));
    await again.post("/verify-email/confirm");
    deepEqual(lifetimesOf(), [undefined, undefined]);
    world.pass(8 * DAY);
    const later = await withUnverified(world, provider, "ann@example.com");
    ok(await isLoggedIn(later));
  },
);

signInTestWithMail(
  "an unverified address does not tell whether it has an account [SEC-K7] [SEC-C3]",
  async (world, provider) => {
    await world.ann();
    world.sent.length = 0;
    const pages = [];
    for (const email of [ann.email, "free@example.com"]) {
      const browser = await withUnverified(world, provider, email);
      const page = await (await browser.get(confirmPath)).text();
      const answer = await browser.post(confirmPath, { ...create, email });
      const sent = await browser.follow(answer);
      pages.push([
        page.replaceAll(email, "ADDRESS").replace(/name="question" value="[^"]*"/, ""),
        answer.status,
        answer.headers.get("location"),
        (await sent.text()).replaceAll(email, "ADDRESS"),
      ]);
      ok(!await isLoggedIn(browser));
    }
    deepEqual(pages[0], pages[1]);
    match((await world.mailTo(ann.email)).subject, /account/i);
    equal((await users(world)).length, 2, "Ann's own stays, and nothing is linked to it");
  },
);

signInTest(
  "without mail an unverified address that is taken is a problem beside its field",
  async (world, provider) => {
    await world.ann();
    const browser = await withUnverified(world, provider, ann.email);
    const refused = await browser.post(confirmPath, { ...create, email: ann.email });
    equal(refused.status, 422);
    match(await refused.text(), /value="ann@example.com"/);
    const made = await browser.post(confirmPath, { ...create, email: "other@example.com" });
    equal(made.headers.get("location"), "/profile");
  },
);

signInTest("somebody without an address types one", async (world, provider) => {
  provider.userinfo = { sub: "sub of undefined" };
  const browser = await withUnverified(world, provider, undefined);
  equal((await browser.post(confirmPath, create)).status, 422);
  equal((await browser.post(confirmPath, { ...create, email: "no address" })).status, 422);
  equal((await browser.post(confirmPath, { ...create, name: "" })).status, 422);
  const made = await browser.post(confirmPath, { ...create, email: "carla@example.com" });
  equal(made.headers.get("location"), "/profile");
});

signInTestWithMail(
  "an address with an account: log in to it first, then link [SEC-K7]",
  async (world, provider) => {
    await world.ann();
    const browser = world.browser();
    await signIn(world, provider, browser, { email: ann.email });
    const page = await (await browser.get(confirmPath)).text();
    match(page, /href="\/login\?next=%2Flogin%2Fwith%2Fhostile%2Fconfirm"/);
    for (const action of ["create", "link", "switch"]) {
      equal((await browser.post(confirmPath, { action, name: "Ann" })).status, 422, action);
    }

    const entered = await browser.post("/login", { ...ann, next: confirmPath });
    equal(entered.headers.get("location"), confirmPath);
    equal((await browser.post(confirmPath, { action: "link" })).status, 303);
    const later = world.browser();
    equal((await signIn(world, provider, later)).headers.get("location"), "/profile");
    equal((await users(world)).length, 1);
  },
);

signInTestWithMail("an older login has to be fresh to link", async (world, provider) => {
  const browser = await world.ann();
  world.pass(11 * MINUTE);
  await signIn(world, provider, browser, { email: "ann.elsewhere@example.com" });
  const refused = await browser.post(confirmPath, { action: "link" });
  match(refused.headers.get("location") ?? "", /^\/reauthenticate/);
  ok((await users(world) as { identities: string[] }[])[0]?.identities.length === 0);
});

signInTestWithMail(
  "a verified address replaces an account that nobody ever confirmed [SEC-H10]",
  async (world, provider) => {
    const stranger = world.browser();
    await stranger.post("/register", { ...ann });
    const browser = world.browser();
    await signIn(world, provider, browser, { email: ann.email });
    match(await (await browser.get(confirmPath)).text(), /nobody (has )?(ever )?confirmed/i);
    equal((await browser.post(confirmPath, create)).headers.get("location"), "/profile");

    equal((await users(world)).length, 1);
    const entered = await stranger.post("/login", { ...ann });
    equal(entered.status, 422, "the stranger's password opens nothing");
    equal(world.events("user_deleted").length, 1);
  },
);

signInTest(
  "an account in use that nobody confirmed goes with its sessions and factors [SEC-H10]",
  async (world, provider) => {
    const stranger = await world.ann();
    await signIn(world, provider, stranger, { sub: "stranger", email: "stranger@example.com" });
    equal((await stranger.post(confirmPath, { action: "link" })).status, 303);
    await enrolTotp(stranger, world.now);
    const browser = world.browser();
    await signIn(world, provider, browser, { email: ann.email });
    equal((await browser.post(confirmPath, create)).headers.get("location"), "/profile");
    ok(!await isLoggedIn(stranger));
    equal((await stranger.post("/login", { ...ann })).status, 422);
    const again = await signIn(world, provider, stranger, {
      sub: "stranger",
      email: "x@example.com",
    });
    equal(again.headers.get("location"), confirmPath, "the stranger's identity is nobody's");
    const kinds = (await world.records()).map(({ key }) => key[0]);
    deepEqual(["totp", "recovery_code"].filter((kind) => kinds.includes(kind)), []);
  },
);

signInTest(
  "an account with a role does not give way to another one at its address [SEC-L7]",
  async (world, provider) => {
    const admin = await world.ann();
    await giveRoles(world, ann, ["admin"]);
    const browser = world.browser();
    await signIn(world, provider, browser, { email: ann.email });

    equal((await browser.post(confirmPath, create)).status, 422);
    deepEqual((await userOf(world, ann)).roles, ["admin"]);
    equal((await admin.get("/profile")).headers.get("location"), "/account/totp");
  },
);

signInTest(
  "somebody who is logged in does not remove their own account by making another",
  async (world, provider) => {
    const browser = await world.ann();
    await signIn(world, provider, browser, { email: ann.email });
    equal((await browser.post(confirmPath, create)).status, 422);
    ok(await isLoggedIn(browser));
  },
);

signInTest("two first logins at the same moment make one account", async (world, provider) => {
  for (let i = 0; i < 5; i++) {
    const claims = { sub: `person ${i}`, email: `person${i}@example.com` };
    const browsers = [world.browser(), world.browser()];
    for (const browser of browsers) await signIn(world, provider, browser, claims);
    await Promise.all(browsers.map((browser) => browser.post(confirmPath, create)));
    equal((await users(world)).length, i + 1);
    for (const browser of browsers) {
      if (!await isLoggedIn(browser)) await signIn(world, provider, browser, claims);
      ok(await isLoggedIn(browser));
    }
  }
});

signInTest(
  "the form of a new account, sent twice, makes one and logs in",
  async (world, provider) => {
    const browser = world.browser();
    await signIn(world, provider, browser);
    const answers = [
      await browser.post(confirmPath, create),
      await browser.post(confirmPath, create),
    ];
    deepEqual(answers.map((it) => it.headers.get("location")), ["/profile", "/profile"]);
    equal((await users(world)).length, 1);
  },
);

signInTest(
  "a question ends after ten minutes, and belongs to its browser and provider",
  async (world, provider) => {
    const browser = world.browser();
    await signIn(world, provider, browser);
    equal((await browser.get("/login/with/other/confirm")).status, 400);
    equal((await world.browser().post(confirmPath, create)).status, 400);
    world.pass(10 * MINUTE);
    equal((await browser.post(confirmPath, create)).status, 400);
    deepEqual(await users(world), []);
  },
  { twice: true },
);

signInTest("linking an account that another one has is refused", async (world, provider) => {
  await signUp(world, provider);
  const browser = await world.bob();
  await signIn(world, provider, browser, { sub: "second", email: "second@example.com" });
  equal((await browser.post(confirmPath, { action: "link" })).status, 303);
  await signIn(world, provider, browser, { sub: "third", email: "third@example.com" });
  const taken = await browser.post(confirmPath, { action: "link" });
  equal(taken.status, 409);
  match(await taken.text(), /href="\/account\/identities"/);
  equal((await browser.post("/login", { ...bob })).status, 303);
});

signInTestWithMail(
  "a remembered browser has to prove who it is before it links [SEC-D17]",
  async (world, provider) => {
    await world.ann();
    const browser = world.browser();
    await browser.post("/login", { ...ann, remember: "on" });
    world.pass(11 * MINUTE);
    await signIn(world, provider, browser, { sub: "stranger", email: "stranger@example.com" });
    browser.restart(); // the remember cookie begins a session that is newer than the sign-in

    const refused = await browser.post(confirmPath, { action: "link" });
    const back = `/reauthenticate?next=${encodeURIComponent(confirmPath)}`;
    equal(refused.headers.get("location"), back);
    await browser.follow(refused);
    const proved = await browser.post("/reauthenticate", {
      password: ann.password,
      next: confirmPath,
    });
    equal(proved.headers.get("location"), confirmPath);
    equal(
      (await browser.post(confirmPath, { action: "link" })).headers.get("location"),
      "/account/identities",
    );
  },
);

signInTestWithMail(
  "once a mail was sent, the question is over [SEC-C3]",
  async (world, provider) => {
    await world.ann();
    const answers = [];
    for (const email of [ann.email, "free@example.com"]) {
      const browser = await withUnverified(world, provider, email);
      await browser.post(confirmPath, { ...create, email });
      const again = await browser.get(confirmPath);
      answers.push([again.status, again.headers.get("location")]);
    }
    deepEqual(answers, [[400, null], [400, null]]);
  },
);

/** What the page asks, as its form names it. */
async function questionOf(browser: Browser): Promise<string> {
  const [, question = ""] = /name="question" value="([\w-]{43})"/.exec(
    await (await browser.get(confirmPath)).text(),
  ) ?? [];
  ok(question);
  return question;
}

signInTest(
  "a page answers for the account that it shows, and not for another tab's",
  async (world, provider) => {
    const browser = world.browser();
    await signIn(world, provider, browser, { sub: "first", email: "first@example.com" });
    const question = await questionOf(browser);
    await signIn(world, provider, browser, { sub: "second", email: "second@example.com" });

    const refused = await browser.post(confirmPath, { ...create, question });
    equal(refused.headers.get("location"), confirmPath);
    match(await (await browser.follow(refused)).text(), /another account now/);
    deepEqual(await users(world), []);
    const made = await browser.post(confirmPath, {
      ...create,
      question: await questionOf(browser),
    });
    equal(made.headers.get("location"), "/profile");
  },
);

signInTestWithMail(
  "a question ends with a logout, and belongs to whoever was logged in [SEC-K7]",
  async (world, provider) => {
    await world.ann();
    await world.bob();
    const browser = world.browser();
    const asked = async () => {
      await browser.post("/login", { ...ann });
      await signIn(world, provider, browser, { sub: "anns", email: "ann.elsewhere@example.com" });
      equal((await browser.get(confirmPath)).status, 200);
    };

    await asked();
    const copy = browser.copy();
    await browser.post("/logout");
    await copy.post("/login", { ...bob });
    equal((await copy.post(confirmPath, { action: "link" })).headers.get("location"), "/profile");

    await asked();
    await browser.post("/login", { ...bob });
    equal(
      (await browser.post(confirmPath, { action: "link" })).headers.get("location"),
      "/profile",
    );

    const guest = world.browser();
    await signIn(world, provider, guest, { sub: "guest", email: "guest@example.com" });
    const again = guest.copy();
    await guest.post("/logout");
    equal((await again.get(confirmPath)).status, 400);
    for (const user of await users(world) as { identities: string[] }[]) {
      deepEqual(user.identities, []);
    }
  },
);

signInTestWithMail(
  "a mailed link that was opened elsewhere is confirmed by a sign-in there",
  async (world, provider) => {
    const browser = await withUnverified(world, provider, "ann@example.com");
    await browser.post(confirmPath, { ...create, email: "ann@example.com" });
    const elsewhere = world.browser();
    await elsewhere.get(await world.linkTo("ann@example.com"));
    const page = await (await elsewhere.get("/verify-email/confirm")).text();
    match(page, /href="\/login\/with\/hostile/);

    const entered = await signIn(world, provider, elsewhere, {
      sub: "sub of ann@example.com",
      email_verified: false,
    });
    equal(entered.headers.get("location"), "/profile");
    ok(await isLoggedIn(elsewhere));

    for (const email of ["carla@example.com", "dora@example.com"]) {
      const other = await withUnverified(world, provider, email);
      await other.post(confirmPath, { ...create, email });
    }
    const stranger = world.browser();
    await stranger.get(await world.linkTo("carla@example.com"));
    await signIn(world, provider, stranger, {
      sub: "sub of dora@example.com",
      email_verified: false,
    });
    const waiting = (await users(world) as { expiresAt: Date | null }[])
      .filter(({ expiresAt }) => expiresAt !== null);
    equal(waiting.length, 2, "the account of another person confirms nothing");
  },
);
