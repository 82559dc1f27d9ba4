import { deepEqual, equal, fail, match, ok } from "node:assert/strict";
import { EmailChanges } from "../../../lib/account/email_changes.ts";
import { EmailTokens } from "../../../lib/account/email_token.ts";
import { markCompromised } from "../../../lib/cli/passwords_compromised.ts";
import { DAY, MINUTE } from "../../../lib/time.ts";
import type { Browser } from "../../support/browser.ts";
import { ann, bob } from "../../support/people.ts";
import { test as withoutMail, testWithMail as test, type TestWorld } from "../../support/world.ts";

const { email, password } = ann;
const newEmail = "ann@example.org";

/** Registers somebody and gives their browser, freshly logged in. */
async function fresh(world: TestWorld, person = ann): Promise<Browser> {
  const browser = await world.register(person);
  equal((await browser.post("/reauthenticate", { password: person.password })).status, 303);
  return browser;
}

/** Asks for the new address, and opens the link that was mailed there. */
async function openLink(world: TestWorld, browser: Browser, address = newEmail): Promise<void> {
  equal((await browser.post("/account/email", { email: address })).status, 303);
  const opened = await browser.get(await world.linkTo(address));
  equal(opened.headers.get("location"), "/account/email/confirm");
}

const canLogIn = async (world: TestWorld, address: string) =>
  (await world.browser().post("/login", { email: address, password })).status === 303;

test("an address changes once the link to the new one is used; until then the old one logs in [SEC-H12]", async (world) => {
  const browser = await fresh(world);
  const page = await (await browser.get("/account/email")).text();
  match(page, /ann@example\.com <strong class="badge">Confirmed/);

  const asked = await browser.post("/account/email", { email: " Ann@Example.ORG" });
  equal(asked.headers.get("location"), "/account/email");
  match(await (await browser.follow(asked)).text(), /check the mail of your new address/);
  ok(await canLogIn(world, email));
  const { to } = await world.mailTo(newEmail);
  deepEqual(to, { name: "", address: newEmail }, "its owner may not know Ann");

  const opened = await browser.get(await world.linkTo(newEmail));
  match(await (await browser.follow(opened)).text(), /you log in with ann@example\.org/);
  ok(await canLogIn(world, email), "opening the link changes nothing");
  const moved = await browser.post("/account/email/confirm");
  equal(moved.headers.get("location"), "/profile");
  match(await (await browser.follow(moved)).text(), /ann@example\.org <strong class="badge">/);
  equal(await canLogIn(world, email), false);
  ok(await canLogIn(world, newEmail));
  deepEqual(world.events("user_updated").map(({ facts }) => facts.reason), [
    "email_verified",
    "email_changed",
  ]);
});

test("the old address gets a notice that hides the new one [SEC-N11] [SEC-H15]", async (world) => {
  const browser = await fresh(world);
  await openLink(world, browser);
  await browser.post("/account/email/confirm");

  const { subject, text, html } = await world.mailTo(email);
  equal(subject, "Your email address was changed");
  match(text, /New address: a…@e…\n/);
  ok(![text, html].some((it) => it.includes(newEmail) || it.includes("example.org")));
  match(text, /^https:\/\/app\.example\/undo\/\S+$/m);
});

test("only this browser stays logged in, under a new secret, and it is known at the new address", async (world) => {
  const browser = await fresh(world);
  const other = world.browser();
  await other.post("/login", { email, password, remember: "on" });
  await openLink(world, browser);
  const thief = browser.copy();
  await browser.post("/account/email/confirm");

  equal((await browser.get("/profile")).status, 200);
  equal((await other.get("/profile")).status, 302);
  other.restart();
  equal((await other.get("/profile")).status, 302);
  equal((await thief.get("/profile")).status, 302, "a copy of the former cookie opens nothing");

  await browser.post("/logout");
  const count = (await world.delivered()).length;
  equal((await browser.post("/login", { email: newEmail, password })).status, 303);
  equal((await world.delivered()).length, count, "no notice of a new browser");
});

test("it needs a fresh login to ask, and only a login to confirm, which gets no fresher", async (world) => {
  const browser = await fresh(world);
  await browser.post("/account/email", { email: newEmail });
  world.pass(10 * MINUTE);
  const asked = await browser.post("/account/email", { email: newEmail });
  equal(asked.headers.get("location"), "/reauthenticate");
  const link = await world.linkTo(newEmail);

  const guest = world.browser();
  const opened = await guest.get(link);
  equal(
    (await guest.follow(opened)).headers.get("location"),
    "/login?next=%2Faccount%2Femail%2Fconfirm",
  );
  equal((await guest.post("/account/email/confirm")).headers.get("location"), "/login");

  await browser.get(link);
  equal((await browser.post("/account/email/confirm")).status, 303);
  equal((await browser.get("/account/email")).status, 302, "still not fresh");
});

test("another user's link does nothing [SEC-H11]", async (world) => {
  const browser = await fresh(world);
  const other = await fresh(world, bob);
  await browser.post("/account/email", { email: newEmail });
  await other.get(await world.linkTo(newEmail));

  equal((await other.get("/account/email/confirm")).status, 410);
  equal((await other.post("/account/email/confirm")).status, 410);
  ok(await canLogIn(world, email));
});

test("the answer is the same for a free and a taken address, and only the mail tells [SEC-C5]", async (world) => {
  await world.bob();
  const answers = [];
  for (const address of ["free@example.com", bob.email]) {
    const browser = await fresh(world, { ...ann, email: `from-${address}` });
    await browser.post("/account/email", { email: "earlier@example.com" });
    await world.delivered();
    const answer = await browser.post("/account/email", { email: address });
    const page = await (await browser.follow(answer)).text();
    await browser.get(await world.linkTo("earlier@example.com"));
    answers.push({
      status: answer.status,
      location: answer.headers.get("location"),
      cookies: answer.headers.getSetCookie().map((it) => it.split("=")[0]),
      page: page.replaceAll(`from-${address}`, ""),
      earlierLink: (await browser.get("/account/email/confirm")).status,
    });
  }
  deepEqual(answers[0], answers[1]);
  equal(answers[0]?.earlierLink, 410, "asking again ends the former link, whatever the address");

  match((await world.mailTo("free@example.com")).text, /\/account\/email\//);
  const { subject, text } = await world.mailTo(bob.email);
  equal(subject, "You already have an account");
  ok(!text.includes("/account/email/"), text);
});

test("asking costs the same for a free and a taken address [SEC-C5]", async (world) => {
  const browser = await fresh(world);
  await world.bob();
  await world.delivered();
  const ask = (address: string) =>
    world.cost(async () => {
      await browser.post("/account/email", { email: address });
      await world.delivered();
    });
  deepEqual(await ask(bob.email), await ask("free@example.com"));
});

test("three mails an hour go to a new address, with the same answer [SEC-H9]", async (world) => {
  const browser = await fresh(world);
  for (let i = 0; i < 5; i++) {
    equal((await browser.post("/account/email", { email: newEmail })).status, 303);
  }
  const sent = (await world.delivered()).filter(({ to }) => to.address === newEmail);
  equal(sent.length, 3);
});

test("what is no new address is refused beside the field", async (world) => {
  const browser = await fresh(world);
  const rows: [string, RegExp][] = [
    ["", /fill this in/],
    ["ann", /enter an email address/],
    ["ANN@example.com", /already your address/],
  ];
  for (const [typed, sentence] of rows) {
    const answer = await browser.post("/account/email", { email: typed });
    equal(answer.status, 422);
    const page = await answer.text();
    match(page, sentence);
    ok(page.includes(`value="${typed}"`), typed);
  }
});

test("a link works for a day, and only the newest one [SEC-H2] [SEC-H4]", async (world) => {
  const browser = await fresh(world);
  await browser.post("/account/email", { email: "first@example.org" });
  const first = await world.linkTo("first@example.org");
  await openLink(world, browser);
  world.pass(DAY - 1);
  await browser.post("/login", { email, password });
  equal((await browser.get("/account/email/confirm")).status, 200);
  world.pass(1);
  equal((await browser.post("/account/email/confirm")).status, 410);
  await browser.get(first);
  equal((await browser.post("/account/email/confirm")).status, 410);
});

test("of twenty uses of one link, one succeeds [SEC-H3]", async (world) => {
  const browser = await fresh(world);
  await openLink(world, browser);
  const answers = await Promise.all(Array.from({ length: 20 }, () => {
    return browser.copy().post("/account/email/confirm");
  }));
  const moved = answers.filter((it) => it.headers.get("location") === "/profile");
  equal(moved.length, 1, answers.map(({ status }) => status).join(" "));
  const notices = (await world.delivered()).filter(({ subject }) => /was changed/.test(subject));
  equal(notices.length, 1);
});

test("of two accounts that confirm one address at once, one gets it [SEC-H13]", async (world) => {
  const people = [ann, bob];
  const browsers = await Promise.all(people.map((person) => fresh(world, person)));
  for (let round = 0; round < 50; round++) {
    const address = `round-${round}@example.org`;
    world.pass(15 * MINUTE); // so that no limit of mails is reached
    for (const [i, browser] of browsers.entries()) {
      await browser.post("/reauthenticate", { password: people[i]?.password ?? "" });
      await openLink(world, browser, address);
    }
    const answers = await Promise.all(browsers.map((it) => it.post("/account/email/confirm")));

    deepEqual(answers.map(({ status }) => status).sort(), [303, 409]);
    const loser = answers.find(({ status }) => status === 409);
    match(await loser?.text() ?? "", /belongs to another account by now/);
    deepEqual(await world.findings(), []);
  }
});

test("a login that ended while the link was being used moves nothing [REL-P5]", async (world) => {
  const browser = await fresh(world);
  await browser.post("/account/email", { email: newEmail });
  const token = (await world.linkTo(newEmail)).split("/").at(-1);
  const found = await new EmailTokens(world.kv, () => world.now).find("change_email", token);
  await markCompromised(world.kv, email, () => world.now, world.services.events);

  const join = () => Promise.reject(new Error("nothing is to be committed"));
  const changes = new EmailChanges(world.kv, () => world.now);
  deepEqual(await changes.confirm(found ?? fail(), { epoch: 0 }, join), {
    ok: false,
    reason: "dead_link",
  });
});

test("a registration that waits at the new address gives way to its owner", async (world) => {
  const browser = await fresh(world);
  await openLink(world, browser);
  const squatter = world.browser();
  await squatter.post("/register", { ...bob, email: newEmail });

  equal((await browser.post("/account/email/confirm")).headers.get("location"), "/profile");
  equal((await squatter.post("/login", { email: newEmail, password: bob.password })).status, 422);
});

test("an unconfirmed address is confirmed from the profile, and gets no notice of a change", async (world) => {
  world.allowInvalidData("a user of before the mails");
  const browser = await fresh(world);
  const entry = (await world.dump()).find(({ key }) => key[0] === "user");
  await world.database.set(entry?.key ?? [], { ...Object(entry?.value), emailVerified: false });

  match(await (await browser.get("/profile")).text(), /href="\/verify-email\?next=%2Fprofile"/);
  await openLink(world, browser);
  await browser.post("/account/email/confirm");
  const notices = (await world.delivered()).filter(({ subject }) => /was changed/.test(subject));
  deepEqual(notices, []);
  match(await (await browser.get("/profile")).text(), /badge">Confirmed/);
});

withoutMail("without mail there is no such page, and nothing leads to it", async (world) => {
  const browser = await world.ann();
  equal((await browser.get("/account/email")).status, 404);
  for (const path of ["/account", "/profile"]) {
    ok(!/account\/(email|notices)|verify-email/.test(await (await browser.get(path)).text()));
  }
});
