import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { DAY, HOUR, MINUTE } from "../../lib/time.ts";
import { changeUser } from "../support/password_reset.ts";
import { ann, bob } from "../support/people.ts";
import { test as withoutMail, testWithMail as test } from "../support/world.ts";

const { email, password } = ann;

test("a registration opens nothing before the link in its mail is used", async (world) => {
  const browser = world.browser();
  const registered = await browser.post("/register", { ...ann });
  equal(registered.headers.get("location"), "/verify-email");
  match(await (await browser.follow(registered)).text(), /We’ve sent a link to the address/);
  equal((await browser.get("/profile")).status, 302);

  const opened = await browser.get(await world.linkTo(email));
  equal(opened.status, 303);
  equal((await browser.get("/profile")).status, 302, "opening the link changes nothing");
  match(await (await browser.follow(opened)).text(), /Is ann@example\.com your address\?/);
  equal((await browser.post("/verify-email/confirm")).headers.get("location"), "/profile");
  match(await (await browser.get("/profile")).text(), /Hi Ann/);
});

test("the page says that a mail was sent only where one was asked for", async (world) => {
  const browser = world.browser();
  ok(!/sent/.test(await (await browser.get("/verify-email")).text()));
  const asked = await browser.post("/verify-email", { email });
  match(await (await browser.follow(asked)).text(), /we’ve sent a mail to it/);
  const registered = await browser.post("/register", { ...ann });
  match(await (await browser.follow(registered)).text(), /We’ve sent a link/);
  ok(!/sent/.test(await (await browser.get("/verify-email")).text()));
});

test("registering somebody else suggests no address of the user who is logged in", async (world) => {
  const browser = await world.ann();
  const page = await browser.follow(await browser.post("/register", { ...bob }));
  ok(!(await page.text()).includes(`value="${email}"`));
});

test("a right login that sends no mail, because there were many, says so", async (world) => {
  await world.browser().post("/register", { ...ann });
  const browser = world.browser();
  const logIn = async () => await browser.follow(await browser.post("/login", { email, password }));
  for (let i = 0; i < 3; i++) match(await (await logIn()).text(), /We’ve sent you a mail/);
  const page = await (await logIn()).text();
  match(page, /with the link in the newest mail from us/);
  ok(!page.includes("We’ve sent you a mail"));
});

test("another browser needs the password that was chosen", async (world) => {
  await world.browser().post("/register", { ...ann });
  const other = world.browser();
  const page = await other.follow(await other.get(await world.linkTo(email)));
  match(await page.text(), /enter the password that you chose/);

  equal((await other.post("/verify-email/confirm")).status, 422);
  equal((await other.post("/verify-email/confirm", { password: bob.password })).status, 422);
  equal((await other.get("/profile")).status, 302);
  equal((await other.post("/verify-email/confirm", { password })).status, 303);
  equal((await other.get("/profile")).status, 200);
});

test("somebody who did not register removes the account [SEC-H10]", async (world) => {
  const attacker = world.browser();
  await attacker.post("/register", { ...ann, name: "Mallory" });
  const owner = world.browser();
  await owner.get(await world.linkTo(email));

  equal((await owner.post("/verify-email/reject")).headers.get("location"), "/");
  deepEqual(await world.records(), []);
  equal((await owner.post("/verify-email/reject")).status, 410);
  equal((await attacker.post("/login", { email, password })).status, 422);
});

test("an owner who asks for another link does not make a stranger's registration usable [SEC-H10]", async (world) => {
  const stranger = world.browser();
  await stranger.post("/register", { ...ann, password: bob.password });
  const owner = world.browser();
  await owner.post("/verify-email", { email });
  const page = await owner.follow(await owner.get(await world.linkTo(email)));
  match(await page.text(), /enter the password that you chose/);
  equal((await owner.post("/verify-email/confirm")).status, 422);
  equal((await owner.post("/verify-email/reject")).status, 303);
  equal((await world.browser().post("/login", { email, password: bob.password })).status, 422);
});

test("the browser that registered needs no password for another link either", async (world) => {
  const browser = world.browser();
  await browser.post("/register", { ...ann });
  await world.delivered(); // two mails under way may arrive in either order
  await world.browser().post("/verify-email", { email });
  await world.delivered();
  await browser.post("/verify-email", { email });
  await browser.get(await world.linkTo(email));
  equal((await browser.post("/verify-email/confirm")).headers.get("location"), "/profile");
});

test("the answer is the same for a free and a taken address, and the mail tells [SEC-C3]", async (world) => {
  await world.register(ann);
  const answers = await Promise.all(["new@example.com", email].map(async (email) => {
    const answer = await world.browser().post("/register", { ...bob, email });
    const cookies = answer.headers.getSetCookie().map((it) => it.split("=")[0]).sort();
    return { status: answer.status, location: answer.headers.get("location"), cookies };
  }));
  deepEqual(answers[0], answers[1]);

  match((await world.mailTo("new@example.com")).text, /\/verify-email\//);
  const { text } = await world.mailTo(email);
  ok(!text.includes("/verify-email/"), text);
  match(text, /https:\/\/app\.example\/password-reset/);
  equal((await world.browser().post("/login", { email, password: bob.password })).status, 422);
});

test("a newer registration replaces one that waits, with its link", async (world) => {
  const first = world.browser();
  await first.post("/register", { ...ann });
  const firstLink = await world.linkTo(email);
  await world.browser().post("/register", { ...ann, password: bob.password });

  equal((await first.follow(await first.get(firstLink))).status, 410);
  const other = world.browser();
  await other.get(await world.linkTo(email));
  equal((await other.post("/verify-email/confirm", { password })).status, 422);
  equal((await other.post("/verify-email/confirm", { password: bob.password })).status, 303);
});

test("the log tells of a registration that gives way to a newer one", async (world) => {
  await world.browser().post("/register", { ...ann });
  const [first] = world.events("user_created");
  await world.browser().post("/register", { ...ann });
  const [deleted] = world.events("user_deleted");
  deepEqual(
    [deleted?.facts.userId, deleted?.facts.reason],
    [first?.facts.userId, "replaced"],
  );
});

test("a stranger's registrations and requests keep nobody from registering [SEC-H9]", async (world) => {
  for (let i = 0; i < 3; i++) {
    await world.browser().post("/register", { ...ann });
    const owner = world.browser();
    await owner.get(await world.linkTo(email));
    equal((await owner.post("/verify-email/reject")).status, 303);
  }
  const { length } = await world.delivered();
  const browser = world.browser();
  const answer = await browser.post("/register", { ...ann });
  equal(answer.headers.get("location"), "/verify-email");
  equal((await world.delivered()).length, length, "there were three mails in this hour");

  await browser.post("/login", { email, password });
  await browser.get(await world.linkTo(email));
  await browser.post("/verify-email/confirm", { password });
  match(await (await browser.get("/profile")).text(), /Hi Ann/);
});

test("requests for another link do not count as registrations [SEC-H9]", async (world) => {
  for (let i = 0; i < 3; i++) await world.browser().post("/verify-email", { email });
  await world.register(ann);
});

test("a registration that waits keeps its link when too many register its address [SEC-H9]", async (world) => {
  await world.browser().post("/register", { ...bob, email });
  await world.browser().post("/register", { ...bob, email });
  await world.delivered(); // so that the last mail is that of the next registration
  const browser = world.browser();
  await browser.post("/register", { ...ann });
  for (let i = 0; i < 3; i++) await world.browser().post("/register", { ...bob, email });

  await browser.get(await world.linkTo(email));
  equal((await browser.post("/verify-email/confirm")).headers.get("location"), "/profile");
});

test("a network that caused too many mails is told so when it registers [SEC-H9]", async (world) => {
  const register = (i: number) =>
    world.browser().post("/register", { ...ann, email: `ann${i}@example.com` });
  for (let i = 0; i < 60; i++) equal((await register(i)).status, 303);

  const refused = await register(60);
  equal(refused.status, 429);
  equal(refused.headers.get("retry-after"), "60");
  match(await refused.text(), /Too many accounts have been created from your network/);
  world.pass(MINUTE);
  equal((await register(60)).status, 303);
  await world.mailTo("ann60@example.com");
});

test("a link works for a day, and once [SEC-H2] [SEC-H3]", async (world) => {
  const late = world.browser();
  await late.post("/register", { ...ann });
  await late.get(await world.linkTo(email));
  world.pass(DAY);
  equal((await late.post("/verify-email/confirm")).status, 410);

  const browser = world.browser();
  await browser.post("/register", { ...bob });
  await browser.get(await world.linkTo(bob.email));
  world.pass(DAY - 1);
  const answers = await Promise.all(Array.from({ length: 20 }, () => {
    return browser.copy().post("/verify-email/confirm");
  }));
  const statuses = answers.map(({ status }) => status);
  equal(statuses.filter((it) => it === 303).length, 1, statuses.join(" "));
  equal(statuses.filter((it) => it === 410).length, 19);
});

test("a right login before the link is used sends another mail, and starts no session", async (world) => {
  await world.browser().post("/register", { ...ann });
  const firstLink = await world.linkTo(email);
  const browser = world.browser();
  const answer = await browser.post("/login", { email, password });
  equal(answer.headers.get("location"), "/verify-email");
  match(await (await browser.follow(answer)).text(), /Please confirm your email address first/);
  equal((await browser.get("/profile")).status, 302);

  notEqual(await world.linkTo(email), firstLink);
  await browser.get(await world.linkTo(email));
  equal((await browser.post("/verify-email/confirm")).status, 303);
});

test("an account that nobody confirms is gone after seven days [SEC-N9]", async (world) => {
  await world.browser().post("/register", { ...ann });
  const answer = async () => (await world.browser().post("/login", { email, password })).status;
  world.pass(7 * DAY - 1);
  equal(await answer(), 303);
  world.pass(1);
  equal(await answer(), 422);
  await world.register({ ...ann, password: bob.password });
});

test("at most three mails an hour go to an address, with the same answer [SEC-H9]", async (world) => {
  await world.browser().post("/register", { ...ann });
  const again = async () => {
    const answer = await world.browser().post("/verify-email", { email });
    return [answer.status, answer.headers.get("location")];
  };
  for (let i = 0; i < 10; i++) deepEqual(await again(), [303, "/verify-email"]);
  equal((await world.delivered()).length, 1 + 3, "registering counts by itself");
  world.pass(HOUR);
  await again();
  equal((await world.delivered()).length, 1 + 4);
});

test("asking again answers the same for every address, and mails only who waits [SEC-C5]", async (world) => {
  await world.register(ann);
  const count = (await world.delivered()).length;
  for (const address of [email, "nobody@example.com"]) {
    const answer = await world.browser().post("/verify-email", { email: address });
    equal(answer.headers.get("location"), "/verify-email");
  }
  equal((await world.delivered()).length, count);
});

withoutMail("without mail there is no such page", async (world) => {
  equal((await world.browser().get("/verify-email")).status, 404);
});

withoutMail("a registration that waited when mail was turned off opens nothing", async (world) => {
  await (await world.ann()).post("/logout");
  await changeUser(world, { expiresAt: new Date(world.now.getTime() + 6 * DAY) });

  const browser = world.browser();
  equal((await browser.post("/login", { email, password })).status, 422);
  equal((await browser.get("/profile")).status, 302);
});
