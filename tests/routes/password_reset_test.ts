import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { EmailTokens, type Purpose } from "../../lib/account/email_token.ts";
import { addWrites } from "../../lib/kv/write.ts";
import { HOUR } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { changeUser, choose, chosen, loginTarget, openLink } from "../support/password_reset.ts";
import { rangeServiceOf } from "../support/password_range.ts";
import { ann, bob } from "../support/people.ts";
import {
  test as withoutMail,
  testWithMail as test,
  TestWorld,
  withMail,
} from "../support/world.ts";

const { email, password } = ann;

test("somebody who forgot the password gets a link, chooses a new one and logs in", async (world) => {
  await world.ann();
  const browser = world.browser();
  match(await (await browser.get("/login")).text(), /href="\/password-reset">Forgot your/);
  const asked = await browser.post("/password-reset", { email });
  equal(asked.headers.get("location"), "/password-reset");
  match(await (await browser.follow(asked)).text(), /If there’s an account with this address/);

  const opened = await browser.get(await world.linkTo(email));
  const page = await (await browser.follow(opened)).text();
  match(page, /for the account with the address ann@example\.com/);
  match(page, /name="email" value="ann@example\.com" autocomplete="username"/);
  const answer = await choose(browser);
  equal(answer.headers.get("location"), "/login");
  match(await (await browser.follow(answer)).text(), /Your new password is saved/);

  equal((await browser.get("/profile")).status, 302, "nobody is logged in by it");
  ok(!answer.headers.getSetCookie().some((it) => it.startsWith("__Host-device=")));
  equal(await loginTarget(world, password), null);
  equal(await loginTarget(world, chosen), "/profile");
});

test("the owner is told, and the log knows whose password changed [SEC-H15]", async (world) => {
  await world.ann();
  await choose(await openLink(world));

  const mail = await world.mailTo(email);
  equal(mail.subject, "Your password was changed");
  match(mail.text, /If it wasn't you, open this link/);
  const [user] = (await world.dump()).filter(({ key }) => key[0] === "user");
  deepEqual(
    world.events("authn_password_change").map(({ facts }) => facts.userId),
    [user?.key[1]],
  );
});

test("asking and opening the link change nothing [SEC-H5]", async (world) => {
  const browser = await world.ann();
  for (let i = 0; i < 5; i++) await world.browser().post("/login", { email, password: "wrong" });
  const state = async () =>
    (await world.dump()).filter(({ key: [kind, limit] }) =>
      !["email_token", "outbox"].includes(String(kind)) && !String(limit).startsWith("mail")
    );
  const before = await state();

  const other = await openLink(world);
  equal((await other.get("/password-reset/new")).status, 200);
  deepEqual(await state(), before);
  equal((await browser.get("/profile")).status, 200);
});

test("everything that opened the account before ends in the commit of the reset [SEC-H6]", async (world) => {
  const browser = await world.ann();
  const remembered = world.browser();
  await remembered.post("/login", { email, password, remember: "on" });
  const [user] = (await world.dump()).filter(({ key }) => key[0] === "user");
  const tokens = new EmailTokens(world.kv, () => world.now);
  const links: Partial<Record<Purpose, string>> = {};
  for (const purpose of ["verify_email", "change_email", "log_in", "undo"] as const) {
    const { token, write } = tokens.prepare(purpose, { id: String(user?.key[1]), email });
    const operation = world.kv.atomic();
    addWrites(operation, [write]);
    await operation.commit();
    links[purpose] = token;
  }

  const link = await openLink(world);
  const { commits } = await world.cost(() => choose(link));
  equal(commits, 1);
  equal((await browser.get("/profile")).status, 302);
  equal((await remembered.get("/profile")).status, 302);
  remembered.restart();
  equal((await remembered.get("/profile")).status, 302);
  const working = [];
  for (const [purpose, token] of Object.entries(links)) {
    if (await tokens.find(purpose as Purpose, token)) working.push(purpose);
  }
  deepEqual(working, ["undo"], "an attacker who resets the password cannot end these");
});

test("in a browser that is logged in, the reset logs out and says what happened", async (world) => {
  const browser = await world.ann();
  await browser.post("/password-reset", { email });
  await browser.get(await world.linkTo(email));

  const answer = await choose(browser);
  match(await (await browser.follow(answer)).text(), /Your new password is saved/);
  equal((await browser.get("/profile")).status, 302);
});

test("a browser that was known before the reset is no new browser after it [SEC-C15]", async (world) => {
  const own = await world.ann();
  await own.post("/logout");
  await own.post("/password-reset", { email });
  await own.get(await world.linkTo(email));
  await choose(own);
  const told = async (browser: Browser) => {
    const { length } = await world.delivered();
    equal((await browser.post("/login", { email, password: chosen })).status, 303);
    return (await world.delivered()).length - length;
  };

  equal(await told(own), 0);
  const other = await openLink(world);
  await choose(other);
  equal(await told(other), 1);
  equal(await told(own), 1, "a reset elsewhere makes it unknown");
});

test("a link works for an hour [SEC-H2]", async (world) => {
  await world.ann();
  const browser = await openLink(world);
  world.pass(HOUR - 1);
  equal((await browser.get("/password-reset/new")).status, 200);
  world.pass(1);
  equal((await browser.get("/password-reset/new")).status, 410);
  equal((await choose(browser)).status, 410);
  equal(await loginTarget(world, password), "/profile");

  const inTime = await openLink(world);
  world.pass(HOUR - 1);
  equal((await choose(inTime)).status, 303);
});

test("of twenty uses of a link at once one succeeds [SEC-H3]", async (world) => {
  await world.ann();
  const browser = await openLink(world);
  const passwords = Array.from({ length: 20 }, (_, i) => `${chosen} ${i}`);

  const answers = await Promise.all(passwords.map((it) => choose(browser.copy(), it)));
  const statuses = answers.map(({ status }) => status);
  equal(statuses.filter((it) => it === 303).length, 1, statuses.join(" "));
  equal(statuses.filter((it) => it === 410).length, 19);
  equal(await loginTarget(world, passwords[statuses.indexOf(303)] ?? ""), "/profile");
  const notices = (await world.delivered()).filter(({ subject }) => /was changed/.test(subject));
  equal(notices.length, 1);
});

test("a newer link replaces an older one, and a used link is dead [SEC-H3] [SEC-H4]", async (world) => {
  await world.ann();
  const first = await openLink(world);
  const second = await openLink(world);
  const page = await choose(first);
  equal(page.status, 410);
  match(await page.text(), /href="\/password-reset">Ask for another mail/);

  const again = second.copy();
  equal((await choose(second)).status, 303);
  equal((await choose(again)).status, 410);
  ok(!second.cookies.has("__Host-mailed"));
});

test("a link of another purpose does not open the page [SEC-H1]", async (world) => {
  await world.browser().post("/register", { ...ann });
  const link = await world.linkTo(email);
  const browser = world.browser();

  await browser.get(link.replace("/verify-email/", "/password-reset/"));
  equal((await browser.get("/password-reset/new")).status, 410);
  equal((await choose(browser)).status, 410);
  notEqual(await loginTarget(world, chosen), "/profile");
});

test("the token leaves the address, and no page is kept, listed or told elsewhere [SEC-H8]", async (world) => {
  await world.ann();
  const browser = world.browser();
  await browser.post("/password-reset", { email });
  const link = await world.linkTo(email);

  const opened = await browser.get(link);
  const page = await browser.follow(opened);
  equal(opened.headers.get("location"), "/password-reset/new");
  equal(opened.headers.get("referrer-policy"), "no-referrer");
  for (const { headers } of [opened, page]) {
    match(headers.get("cache-control") ?? "", /no-store/);
    equal(headers.get("x-robots-tag"), "noindex");
  }
  ok(!(await page.text()).includes(link.split("/").at(-1) ?? "no token"));
});

test("a refused login points to the reset", async (world) => {
  await world.ann();
  const answer = await world.browser().post("/login", { email, password: "wrong" });
  match(await answer.text(), /Wrong email[^]*href="\/password-reset">Forgot your password\?/);
});

test("the new password follows the rules of registration, and stays out of the page [SEC-A1] [SEC-A6]", async (world) => {
  await world.register({ ...ann, name: "Ann Theodora Meyerhold" });
  const browser = await openLink(world);
  const refusals: [password: string, sentence: RegExp][] = [
    ["", /Please fill this in/],
    ["fourteen chars", /too short/],
    ["ann theodora meyerhold", /made up of your name, your address/],
    ["ann@example.com.ann", /made up of your name, your address/],
    ["passwordpassword", /known from other sites/],
  ];
  for (const [refused, sentence] of refusals) {
    const cost = await world.cost(async () => {
      const answer = await choose(browser, refused);
      equal(answer.status, 422, refused);
      const page = await answer.text();
      match(page.split('id="password-problem">')[1] ?? "", sentence);
      ok(refused === "" || !page.replaceAll("ann@example.com", "").includes(`"${refused}`));
    });
    equal(cost.hashes, 0);
  }
  equal((await choose(browser)).status, 303, "the link still works");
});

Deno.test("a new password that only the range service knows is refused [SEC-A7]", async () => {
  const known = "nine brass kettles hum";
  await using world = await TestWorld.create({
    config: { ...withMail, passwordRangeUrl: "https://range.example" },
    fetch: await rangeServiceOf(known),
  });
  await world.ann();

  const browser = await openLink(world);
  const answer = await choose(browser, known);
  equal(answer.status, 422);
  match(await answer.text(), /id="password-problem"/);
  equal((await choose(browser)).status, 303);
});

test("a link to an address that the account left is dead", async (world) => {
  await world.ann();
  const browser = await openLink(world);
  world.allowInvalidData("the index of the address is not moved");
  await changeUser(world, { email: bob.email });
  equal((await browser.get("/password-reset/new")).status, 410);
  equal((await choose(browser)).status, 410);
});

withoutMail("without mail there is no such page, and nothing links there", async (world) => {
  await world.ann();
  const browser = world.browser();
  for (const path of ["/password-reset", "/password-reset/new", "/password-reset/x"]) {
    equal((await browser.get(path)).status, 404, path);
  }
  ok(!(await (await browser.get("/login")).text()).includes("/password-reset"));
  for (let i = 0; i < 5; i++) await browser.post("/login", { email, password: "wrong" });
  const refused = await browser.post("/login", { email, password: "wrong" });
  equal(refused.status, 429);
  ok(!(await refused.text()).includes("/password-reset"));
});
