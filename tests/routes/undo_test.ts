import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { DAY, HOUR, MINUTE } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { ann, eve } from "../support/people.ts";
import { test as withoutMail, testWithMail as test, type TestWorld } from "../support/world.ts";

const { email, password } = ann;
const thiefs = { email: "mallory@example.org", password: "a crowbar behind the hedge" };
const ownersNext = "a heron stands in the reeds";

const canLogIn = async (world: TestWorld, email: string, password: string) => {
  const browser = world.browser("203.0.113.9");
  await browser.post("/login", { email, password });
  return (await browser.get("/profile")).status === 200;
};

/** Somebody who knows Ann's password logs in: the newest link to Ann is the notice's. */
async function breakIn(world: TestWorld): Promise<Browser> {
  const thief = world.browser("198.51.100.77");
  thief.userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  equal((await thief.post("/login", { email, password })).status, 303);
  return thief;
}

/** Ann's account, which somebody broke into, and the link of the notice that she got. */
async function brokenInto(world: TestWorld) {
  const owner = await world.ann();
  const thief = await breakIn(world);
  return { owner, thief, link: await world.linkTo(email) };
}

/** The same, and then the thief moved the account twice, and got a link of their own. */
async function movedTwice(world: TestWorld) {
  const account = await brokenInto(world);
  for (const address of [thiefs.email, "mallory@example.net"]) {
    world.pass(MINUTE);
    await move(world, account.thief, address);
  }
  return { ...account, thiefsLink: await world.linkTo(thiefs.email) };
}

/** Moves the account of a browser that is freshly logged in. */
async function move(world: TestWorld, browser: Browser, address: string): Promise<void> {
  equal((await browser.post("/account/email", { email: address })).status, 303);
  await browser.get(await world.linkTo(address));
  equal((await browser.post("/account/email/confirm")).status, 303);
  await world.delivered();
}

async function undo(browser: Browser, link: string): Promise<Response> {
  equal((await browser.get(link)).headers.get("location"), "/undo");
  return await browser.post("/undo");
}

async function reset(world: TestWorld, address: string): Promise<void> {
  const browser = world.browser();
  await browser.get(await world.linkTo(address));
  equal((await browser.post("/password-reset/new", { password: ownersNext })).status, 303);
  await world.delivered();
}

/** The owner chooses a password by the link of the newest mail, and logs in with it. */
async function takeBack(world: TestWorld): Promise<void> {
  await reset(world, email);
  ok(await canLogIn(world, email, ownersNext));
}

test("the owner takes back an account that a thief logged in to, changed and moved [SEC-H12] [SEC-C15]", async (world) => {
  const { owner, thief, link: first } = await brokenInto(world);
  match((await world.mailTo(email)).text, /Firefox on Linux\nNetwork: 198\.51\.100\.x\nTime: /);
  const passwords = { current_password: password, password: thiefs.password };
  equal((await thief.post("/account/password", passwords)).status, 303);
  await world.delivered();
  await move(world, thief, thiefs.email);
  equal((await owner.get("/profile")).status, 302);
  equal(await canLogIn(world, email, password), false);

  const browser = world.browser();
  const opened = await browser.get(first);
  const page = await (await browser.follow(opened)).text();
  match(page, /<h1>This wasn’t me<\/h1>/);
  match(page, /mails a link to ann@example\.com/);
  const undone = await browser.post("/undo");
  match(await (await browser.follow(undone)).text(), /Please check your mail/);

  equal((await thief.get("/profile")).status, 302);
  for (const address of [email, thiefs.email]) {
    equal(await canLogIn(world, address, thiefs.password), false);
  }
  equal((await world.mailTo(email)).subject, "Choose a new password");
  await takeBack(world);
  equal(await canLogIn(world, email, thiefs.password), false);

  const sent = await world.delivered();
  const subjects = (to: string) =>
    sent.filter((it) => it.to.address === to).map(({ subject }) => subject);
  deepEqual(subjects(email), [
    "Confirm your email address",
    "New login to your account",
    "Your password was changed",
    "Your email address was changed",
    "Choose a new password",
    "Your password was changed",
    "New login to your account",
  ]);
  deepEqual(subjects(thiefs.email), ["Confirm your new email address"]);
  deepEqual(
    world.events("user_updated").map(({ facts }) => facts.reason),
    ["email_verified", "email_changed", "undone"],
  );
});

test("opening a link changes nothing, whoever opens it and however", async (world) => {
  const { owner, link } = await brokenInto(world);
  const count = (await world.delivered()).length;
  const before = (await world.records()).map(({ key, versionstamp }) => [key, versionstamp]);

  const scanner = world.browser();
  for (const path of [link, "/undo"]) {
    for (const headers of [{}, { "sec-purpose": "prefetch" }]) await scanner.get(path, headers);
    await scanner.request(path, { method: "HEAD" });
  }
  const after = (await world.records()).map(({ key, versionstamp }) => [key, versionstamp]);
  deepEqual(after, before);
  equal((await world.delivered()).length, count);
  equal((await owner.get("/profile")).status, 200);
});

test("the browser of the undone account is logged out, another user's stays", async (world) => {
  const owner = await world.ann();
  const other = await world.bob();
  await breakIn(world);
  const first = await world.linkTo(email);
  world.pass(MINUTE);
  await breakIn(world);
  const second = await world.linkTo(email);
  notEqual(first, second);

  equal((await undo(other, first)).headers.get("location"), "/password-reset");
  match(await (await other.get("/profile")).text(), /Hi Bob/);
  equal((await owner.get("/profile")).status, 302);

  await reset(world, email);
  await owner.post("/login", { email, password: ownersNext });
  const undone = await undo(owner, second);
  ok(!(await (await owner.follow(undone)).text()).includes("Hi Ann"));
  deepEqual(world.events("session_use_after_expire").map(({ facts }) => facts.route), ["/profile"]);
});

test("a link survives resets and further changes, until it is used [SEC-H12]", async (world) => {
  const { owner, link } = await brokenInto(world);

  await world.browser().post("/password-reset", { email });
  await reset(world, email);
  await owner.post("/login", { email, password: ownersNext });
  await owner.post("/account/password", { current_password: ownersNext, password });
  await move(world, owner, "second@example.org");
  await move(world, owner, "third@example.org");

  const browser = world.browser();
  equal((await undo(browser, link)).status, 303);
  await takeBack(world);
  equal((await undo(browser, link)).status, 410);
  ok(await canLogIn(world, email, ownersNext), "the second use did nothing");
});

test("a link works for seven days [SEC-H12]", async (world) => {
  const { link } = await brokenInto(world);
  const browser = world.browser();
  world.pass(7 * DAY - 1);
  await browser.get(link);
  equal((await browser.get("/undo")).status, 200);
  world.pass(1);
  equal((await browser.get("/undo")).status, 410);
  const late = await browser.post("/undo");
  equal(late.status, 410);
  match(await late.text(), /href="\/password-reset"/);
});

test("a deletion ends every link, and its notice has none [SEC-N10]", async (world) => {
  const { owner, thief, link } = await brokenInto(world);
  await thief.post("/account/delete", { email });

  deepEqual((await world.dump()).filter(({ key }) => key[0] === "email_token"), []);
  const { text } = await world.mailTo(email);
  match(text, /was deleted/);
  ok(!text.includes("/undo/"), "nothing is left to undo");
  equal((await undo(owner, link)).status, 410);
});

test("a deletion ends more links than fit into one commit [SEC-N10]", async (world) => {
  await world.ann();
  const thief = await breakIn(world);
  const link = (await world.dump()).find(({ key }) => key[0] === "email_token");
  for (let n = 0; n < 1100; n++) {
    await world.database.set([...link?.key.slice(0, 2) ?? [], `link-${n}`], link?.value);
  }

  equal((await thief.post("/account/delete", { email })).status, 303);
  deepEqual((await world.dump()).filter(({ key }) => key[0] === "email_token"), []);
});

test("a deletion that fails leaves the links of the account that lives on [SEC-H12]", async (world) => {
  world.allowInvalidData(
    "a fault leaves a session of the deleted user, which opens nothing",
  );
  const { thief, link } = await brokenInto(world);
  const restore = await world.checkpoint();

  let isDeleted = false;
  for (let nth = 1; !isDeleted; nth++) {
    await restore();
    let calls = 0;
    world.broken.fault = () => ++calls === nth ? "fail" : "none";
    await thief.copy().post("/account/delete", { email });
    world.broken.fault = "none";
    isDeleted = await addressOf(world) === undefined;
    await world.delivered();
    const owner = world.browser();
    await owner.get(link);
    equal((await owner.get("/undo")).status, isDeleted ? 410 : 200, `call ${nth}`);
  }
});

test("of twenty uses of one link, one succeeds [SEC-H3]", async (world) => {
  await world.ann();
  await breakIn(world);
  const browser = world.browser();
  await browser.get(await world.linkTo(email));
  const answers = await Promise.all(Array.from({ length: 20 }, () => browser.copy().post("/undo")));

  const statuses = answers.map(({ status }) => status);
  equal(statuses.filter((it) => it === 303).length, 1, statuses.join(" "));
  const resets = (await world.delivered()).filter(({ subject }) => /Choose/.test(subject));
  equal(resets.length, 1);
});

test("a registration that waits at the old address gives way", async (world) => {
  const { thief, link } = await brokenInto(world);
  await move(world, thief, thiefs.email);
  await world.browser().post("/register", { ...eve, email });
  await world.delivered();

  match(await answerOf(world, link), /Please check your mail/);
  equal(await canLogIn(world, email, eve.password), false);
  await takeBack(world);
});

test("somebody who proved the old address to be theirs keeps it, and the page says so", async (world) => {
  const { thief, link } = await brokenInto(world);
  await move(world, thief, thiefs.email);
  await world.register({ ...eve, email });
  const count = (await world.delivered()).length;

  match(await answerOf(world, link), /your old address belongs to another account by now/);
  equal((await thief.get("/profile")).status, 302);
  equal(await canLogIn(world, thiefs.email, password), false);
  ok(await canLogIn(world, email, eve.password));
  const later = (await world.delivered()).slice(count);
  deepEqual(later.map(({ subject }) => subject), ["New login to your account"], "no reset link");

  await world.browser().post("/password-reset", { email: thiefs.email });
  deepEqual((await world.delivered()).slice(count + later.length), [], "nor one to the thief");
});

test("a thief cannot take the account back by notices that they got themselves", async (world) => {
  const { link: first, thiefsLink } = await movedTwice(world);
  match(thiefsLink, /^\/undo\//);

  await undo(world.browser(), first);
  equal((await undo(world.browser(), thiefsLink)).status, 410);
  await takeBack(world);
});

test("the thief's links end in the commit of the undo: no later fault keeps one alive [SEC-H12]", async (world) => {
  const { thief, link: first, thiefsLink } = await movedTwice(world);

  const browser = world.browser();
  await browser.get(first);
  let isCommitted = false;
  world.broken.fault = (call) => {
    if (isCommitted) return "fail";
    isCommitted = call === "commit";
    return "none";
  };
  await browser.post("/undo");
  world.broken.fault = "none";
  ok(isCommitted);
  await world.delivered();

  await thief.get(thiefsLink);
  equal((await thief.get("/undo")).status, 410);
  equal((await thief.post("/undo")).status, 410);
  await takeBack(world);
});

test("an undo by the owner wins against one by the thief, at whatever moment it comes [SEC-H12]", async (world) => {
  const { thief, link: first, thiefsLink } = await movedTwice(world);
  await thief.get(thiefsLink);
  const browser = world.browser();
  await browser.get(first);
  const restore = await world.checkpoint();

  let isOver = false;
  for (let nth = 1; !isOver; nth++) {
    await restore();
    const owner = browser.copy();
    let calls = 0;
    const beforeCall = async () => {
      if (++calls === nth) await owner.post("/undo");
      else world.broken.meanwhile = beforeCall;
    };
    world.broken.meanwhile = beforeCall;
    await thief.copy().post("/undo");
    isOver = calls < nth;
    world.broken.meanwhile = null;
    await world.delivered();
    if (!isOver) equal(await addressOf(world), email, `before call ${nth}`);
  }
});

test("a later undo revives no link of a thief", async (world) => {
  const { owner, thief, link: first, thiefsLink } = await movedTwice(world);
  await undo(world.browser(), first);
  await reset(world, email);
  world.pass(HOUR);
  await owner.post("/login", { email, password: ownersNext });
  await owner.post("/account/password", { current_password: ownersNext, password });

  equal((await undo(owner, await world.linkTo(email))).status, 303);
  equal((await undo(thief, thiefsLink)).status, 410);
});

test("an undo keeps the links that the same address gets, and those of later moves", async (world) => {
  const { owner, link: first } = await brokenInto(world);
  world.pass(MINUTE);
  await breakIn(world);
  const second = await world.linkTo(email);
  await undo(world.browser(), first);
  await reset(world, email);
  world.pass(2 * MINUTE);
  await owner.post("/login", { email, password: ownersNext });
  await move(world, owner, "second@example.org");
  world.pass(MINUTE);
  await move(world, owner, "third@example.org");
  const later = await world.linkTo("second@example.org");

  const browser = world.browser();
  await browser.get(second);
  equal((await browser.get("/undo")).status, 200);
  equal((await undo(browser, later)).status, 303);
});

test("the owner takes the account back although the thief used a link of theirs first", async (world) => {
  const { thief, link: first, thiefsLink } = await movedTwice(world);

  equal((await undo(thief, thiefsLink)).status, 303);
  equal((await undo(world.browser(), first)).status, 303);
  await takeBack(world);
});

test("a link for another purpose undoes nothing [SEC-H1]", async (world) => {
  await world.ann();
  await world.browser().post("/password-reset", { email });
  const token = (await world.linkTo(email)).split("/").at(-1);
  equal((await undo(world.browser(), `/undo/${token}`)).status, 410);
  world.pass(HOUR);
  ok(await canLogIn(world, email, password));
});

withoutMail("without mail there is no such page", async (world) => {
  equal((await world.browser().get("/undo")).status, 404);
});

/** The page that follows an undo. */
async function answerOf(world: TestWorld, link: string): Promise<string> {
  const browser = world.browser();
  return await (await browser.follow(await undo(browser, link))).text();
}

/** The address of the only account. */
async function addressOf(world: TestWorld): Promise<string | undefined> {
  const entry = (await world.dump()).find(({ key }) => key[0] === "user");
  return (entry?.value as { email: string } | undefined)?.email;
}
