import { deepEqual, equal, match, ok } from "node:assert/strict";
import { markCompromised } from "../../../lib/cli/passwords_compromised.ts";
import { HOUR, MINUTE, SECOND } from "../../../lib/time.ts";
import { changeUser } from "../../support/password_reset.ts";
import { ann, bob } from "../../support/people.ts";
import {
  afterPassword,
  enterCode,
  enterPassword,
  withSecondFactor,
} from "../../support/second_factor.ts";
import { test, testWithMail } from "../../support/world.ts";

const path = "/login/second-factor";

test("a password alone logs in nobody who has a second factor; a right code does", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = world.browser();
  await enterPassword(browser, ann, { next: "/account/sessions" });
  ok(!browser.cookies.has("__Host-session"));
  equal((await browser.get("/profile")).headers.get("location"), "/login?next=%2Fprofile");

  const page = await (await browser.get(path)).text();
  match(page, /<h1>One more step<\/h1>/);
  match(page, /name="code"[^>]* autocomplete="one-time-code" inputmode="numeric"/);
  const answer = await enterCode(browser, nextCode());
  equal(answer.headers.get("location"), "/account/sessions");
  ok(!browser.cookies.has("__Host-pending"));
  const sessions = await (await browser.follow(answer)).text();
  match(sessions, /You’re logged in\./);
  match(sessions, /password, one-time code/);
  equal((await browser.get("/account/delete")).status, 200, "the login is fresh");
});

test("a logout ends a login that waits for its second factor, also for a copy of its cookie", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = await afterPassword(world);
  const copy = browser.copy();
  equal((await browser.post("/logout")).status, 303);
  ok(!browser.cookies.has("__Host-pending"));
  equal((await enterCode(copy, nextCode())).headers.get("location"), "/login");
  equal((await copy.get("/profile")).status, 302);
});

test("somebody who lost everything is told whom to ask", async (world) => {
  await withSecondFactor(world);
  const browser = await afterPassword(world);

  match(await (await browser.get(path)).text(), /none of these any more, please ask the people/);
  const italian = await (await browser.get(path, { "accept-language": "it" })).text();
  match(italian, /Se non hai più niente di tutto questo, chiedi aiuto a chi gestisce il sito\./);
});

test("spaces and hyphens in a code are ignored, and case in a recovery code", async (world) => {
  const { nextCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  const first = await afterPassword(world);
  equal((await enterCode(first, nextCode().replace(/^.../, "$& "))).status, 303);

  const second = await afterPassword(world);
  equal((await enterCode(second, ` ${code.toLowerCase().replaceAll("-", " ")}`)).status, 303);
});

test("a recovery code works once, and the next page says how many are left [SEC-I8]", async (world) => {
  const { recoveryCodes: [code = ""] } = await withSecondFactor(world);
  const browser = await afterPassword(world);
  const answer = await enterCode(browser, code);
  equal(answer.headers.get("location"), "/profile");
  match(await (await browser.follow(answer)).text(), /You used a recovery code\. 9 are left\./);

  const again = await afterPassword(world);
  const refused = await enterCode(again, code);
  equal(refused.status, 422);
  match(await refused.text(), /Wrong code, or it has been used already/);
});

test("the pages say when a recovery code was the last one", async (world) => {
  const { recoveryCodes } = await withSecondFactor(world);
  const messages = [];
  for (const code of recoveryCodes) {
    const browser = await afterPassword(world);
    const page = await (await browser.follow(await enterCode(browser, code))).text();
    messages.push(/You used [^<]*/.exec(page)?.[0]);
  }
  deepEqual(messages.slice(-3), [
    "You used a recovery code. 2 are left.",
    "You used a recovery code. One is left: please make new codes soon.",
    "You used your last recovery code. Please make new ones now.",
  ]);
});

test("a wrong code is refused on the page, with what to do about it", async (world) => {
  const { wrongCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  const browser = await afterPassword(world);

  const refused = await enterCode(browser, wrongCode());
  equal(refused.status, 422);
  const page = await refused.text();
  match(page, /Wrong code\.[^]*check that your phone sets its clock automatically/);
  ok(!page.includes(wrongCode()));
  const wrongOne = code.startsWith("A") ? code.replace("A", "B") : `A${code.slice(1)}`;
  match(
    await (await enterCode(browser, wrongOne)).text(),
    /<details class="other-way" open>[^]*Wrong code, or it has been used already/,
  );
  const reasons = world.events("authn_login_fail").map(({ facts }) => facts.reason);
  deepEqual(reasons, ["totp_wrong", "recovery_code_wrong"]);
});

test("an incomplete code is a problem beside its field, and no failure", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = await afterPassword(world);
  for (
    const [code, problem] of [
      ["", /id="totp-problem">Please fill this in\./],
      ["12345", /id="totp-problem">Please enter all six digits/],
      ["1234567", /id="totp-problem">Please enter all six digits/],
      ["ABCD-EFGH", /id="recovery_code-problem">A recovery code has 16 letters/],
      ["0BCD-EFGH-ABCD-EFGH", /id="recovery_code-problem">A recovery code has 16 letters/],
    ] as const
  ) {
    const answer = await enterCode(browser, code);
    equal(answer.status, 422, code);
    match(await answer.text(), problem);
  }
  equal(world.events("authn_login_fail").length, 0);
  equal((await enterCode(browser, nextCode())).status, 303);
});

test("a code works once, and none of an earlier step works after it [SEC-I4]", async (world) => {
  const { code, nextCode } = await withSecondFactor(world);
  const browser = world.browser();
  const other = world.browser();
  for (const it of [browser, other]) await enterPassword(it);
  const earlier = nextCode();
  world.pass(30 * SECOND);
  equal((await enterCode(browser, code())).status, 303);
  equal((await enterCode(other, code())).status, 422);
  equal((await enterCode(other, earlier)).status, 422);
});

test("of twenty right codes at once one begins a session [SEC-I4] [SEC-I9]", async (world) => {
  const { browser: before, nextCode, recoveryCodes } = await withSecondFactor(world);
  await before.post("/logout");
  for (const code of [nextCode(), recoveryCodes[0] ?? ""]) {
    const browser = await afterPassword(world);
    const statuses = (await Promise.all(
      Array.from({ length: 20 }, () => enterCode(browser.copy(), code)),
    )).map(({ headers }) => headers.get("location"));
    equal(statuses.filter((it) => it === "/profile").length, 1, statuses.join(" "));
  }
  equal(world.events("session_created").filter(({ facts }) => facts.route === path).length, 2);
});

test("two right codes for one pending login begin one session", async (world) => {
  const { nextCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  const browser = await afterPassword(world);
  const answers = await Promise.all(
    [nextCode(), code].map((it) => enterCode(browser.copy(), it)),
  );
  const targets = answers.map(({ headers }) => headers.get("location"));
  deepEqual(targets.sort(), ["/login", "/profile"]);
});

test("four wrong codes, a new login and one more wrong code make the factor wait [SEC-C9] [SEC-I5]", async (world) => {
  const { wrongCode, nextCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
  const browser = await afterPassword(world);
  for (let i = 0; i < 4; i++) equal((await enterCode(browser, wrongCode())).status, 422);

  await enterPassword(browser);
  const other = browser.copy();
  const fifth = await enterCode(browser, wrongCode());
  equal(fifth.status, 429);
  equal(fifth.headers.get("retry-after"), "30");
  match(await fifth.text(), /Too many wrong codes/);
  equal((await other.get(path)).headers.get("location"), "/login", "its pending login ended");
  ok(!browser.cookies.has("__Host-pending"));

  await enterPassword(browser);
  const right = nextCode;
  world.pass(-1 * SECOND);
  equal((await enterCode(browser, right())).status, 429, "a right code after 29 seconds");
  equal((await enterCode(browser, code)).status, 303, "the recovery codes are counted apart");
});

test("after the wait a right code works, and each further wrong one doubles the wait [SEC-I5]", async (world) => {
  const { wrongCode, nextCode } = await withSecondFactor(world);
  const browser = world.browser();
  for (let i = 0; i < 5; i++) {
    await enterPassword(browser);
    await enterCode(browser, wrongCode());
  }
  for (const seconds of [30, 60, 120]) {
    await enterPassword(browser);
    world.pass((seconds - 1) * SECOND);
    equal((await enterCode(browser, wrongCode())).headers.get("retry-after"), "1");
    world.pass(SECOND);
    equal((await enterCode(browser, wrongCode())).headers.get("retry-after"), `${2 * seconds}`);
  }
  await enterPassword(browser);
  world.pass(4 * MINUTE);
  equal((await enterCode(browser, nextCode())).status, 303);
});

testWithMail(
  "a hundred wrong codes disable the app, with a mail; the other factors go on [SEC-I5]",
  async (world) => {
    const { wrongCode, nextCode, recoveryCodes: [code = ""] } = await withSecondFactor(world);
    const browser = world.browser();
    for (let i = 0; i < 100; i++) {
      await enterPassword(browser);
      equal((await enterCode(browser, wrongCode())).status, i < 4 ? 422 : 429);
      world.pass(HOUR);
    }
    const mails = (await world.delivered()).map(({ subject }) => subject);
    equal(mails.filter((it) => it === "Codes from your app are no longer accepted").length, 1);
    deepEqual(world.events("authn_token_revoked").map(({ facts }) => facts.reason), [
      "totp_disabled",
    ]);

    await enterPassword(browser);
    equal((await enterCode(browser, nextCode())).status, 429);
    world.pass(31 * 24 * HOUR);
    await enterPassword(browser);
    equal((await enterCode(browser, nextCode())).status, 422, "it stays disabled");
    equal((await enterCode(browser, code)).status, 303);
  },
);

testWithMail(
  "the owner is told of a wrong second factor, once for each login [SEC-C15]",
  async (world) => {
    const { wrongCode } = await withSecondFactor(world);
    const count = async () =>
      (await world.delivered()).filter(({ subject }) => /failed at the second step/.test(subject))
        .length;
    const browser = await afterPassword(world);
    equal(await count(), 0);
    await enterCode(browser, "1234");
    equal(await count(), 0, "it was not tried");
    for (let i = 0; i < 2; i++) await enterCode(browser, wrongCode());
    equal(await count(), 1);
    await enterPassword(browser);
    await enterCode(browser, wrongCode());
    equal(await count(), 2);
  },
);

testWithMail(
  "a login after five wrong codes is told by mail and log as one after wrong passwords [SEC-C15]",
  async (world) => {
    const { wrongCode, nextCode } = await withSecondFactor(world);
    const browser = await afterPassword(world);
    for (let i = 0; i < 5; i++) await enterCode(browser, wrongCode());
    world.pass(MINUTE);

    await enterPassword(browser);
    equal((await enterCode(browser, nextCode())).status, 303);
    const mail = await world.mailTo(ann.email);
    equal(mail.subject, "Login after failed attempts");
    match(mail.text.replaceAll("\n", " "), /after 5 failed attempts/);
    const [success] = world.events("authn_login_successafterfail");
    equal(success?.facts.failures, 5);
  },
);

testWithMail("the owner is told that a recovery code was used", async (world) => {
  const { recoveryCodes: [code = ""] } = await withSecondFactor(world);
  const browser = await afterPassword(world);
  await enterCode(browser, code);
  const subjects = (await world.delivered()).map(({ subject }) => subject);
  ok(subjects.includes("A recovery code was used"), subjects.join("\n"));
});

test("a pending login ends after ten minutes [SEC-I10]", async (world) => {
  const { code } = await withSecondFactor(world);
  const inTime = world.browser();
  const late = await afterPassword(world);
  world.pass(SECOND);
  await enterPassword(inTime);
  world.pass(10 * MINUTE - SECOND);
  const answer = await enterCode(late, code());
  equal(answer.headers.get("location"), "/login");
  match(await (await late.follow(answer)).text(), /That took too long/);
  equal((await enterCode(inTime, code())).status, 303);
  equal((await late.get(path)).headers.get("location"), "/login");
});

test("a pending login ends when the password changes, or is marked as known to others [SEC-I10]", async (world) => {
  const { browser: owner, nextCode } = await withSecondFactor(world);
  const browser = world.browser();
  equal((await owner.post("/reauthenticate", { code: nextCode() })).status, 303);
  await enterPassword(browser);
  const changed = await owner.post("/account/password", {
    current_password: ann.password,
    password: "a heron stands in the reeds",
  });
  equal(changed.headers.get("location"), "/account");
  equal((await enterCode(browser, nextCode())).headers.get("location"), "/login");

  const { email } = ann;
  await enterPassword(browser, { ...ann, password: "a heron stands in the reeds" });
  equal(await markCompromised(world.kv, email, () => world.now, world.services.events), "marked");
  equal((await enterCode(browser, nextCode())).headers.get("location"), "/login");
});

test("a pending login ends when its user is suspended [SEC-I10]", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = await afterPassword(world);
  await changeUser(world, { active: false });
  equal((await browser.copy().get(path)).headers.get("location"), "/login");
  equal((await enterCode(browser, nextCode())).headers.get("location"), "/login");
});

test("a pending login does not end by a cookie that only names it [SEC-I10]", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = await afterPassword(world);
  const [userId, id] = browser.cookies.get("__Host-pending")?.split(".") ?? [];

  const other = world.browser();
  other.cookies.set("__Host-pending", `${userId}.${id}.${"A".repeat(43)}`);
  await enterPassword(other);
  equal((await enterCode(browser, nextCode())).headers.get("location"), "/profile");
});

test("a pending login ends with another login in the same browser", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  await world.bob();
  const browser = await afterPassword(world);
  const first = browser.copy();
  await enterPassword(browser);
  equal((await enterCode(first, nextCode())).headers.get("location"), "/login");

  const second = browser.copy();
  equal((await browser.post("/login", { ...bob })).headers.get("location"), "/profile");
  ok(!browser.cookies.has("__Host-pending"));
  equal((await enterCode(second, nextCode())).headers.get("location"), "/login");
});

test("somebody else who is logged in stays so until the second factor is proved", async (world) => {
  const { wrongCode, nextCode } = await withSecondFactor(world);
  const browser = await world.bob();
  await enterPassword(browser);
  match(await (await browser.get("/profile")).text(), /bob@example\.com/);
  await enterCode(browser, wrongCode());
  match(await (await browser.get("/profile")).text(), /bob@example\.com/);
  const answer = await enterCode(browser, nextCode());
  const page = await (await browser.follow(answer)).text();
  match(page, /ann@example\.com/);
  match(page, /logged in to a different account/);
});

test("a browser is known, and remembered, once the second factor is proved", async (world) => {
  const { nextCode } = await withSecondFactor(world);
  const browser = world.browser();
  await enterPassword(browser, ann, { remember: "on" });
  for (const name of ["__Host-device", "__Host-remember"]) ok(!browser.cookies.has(name), name);
  await enterCode(browser, nextCode());
  for (const name of ["__Host-device", "__Host-remember"]) ok(browser.cookies.has(name), name);
});

test("without a pending login there is nothing to prove [SEC-G17]", async (world) => {
  const { nextCode, user } = await withSecondFactor(world);
  const made = `${user.id}.${"i".repeat(22)}.${"s".repeat(43)}`;
  for (const cookie of [null, "junk", made]) {
    const browser = world.browser();
    if (cookie) browser.cookies.set("__Host-pending", cookie);
    equal((await browser.get(path)).headers.get("location"), "/login");
    const answer = await enterCode(browser, nextCode());
    deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
    ok(!browser.cookies.has("__Host-session"));
  }
});

test("the code of one person is worth nothing for another", async (world) => {
  const anns = await withSecondFactor(world);
  const bobs = await withSecondFactor(world, bob);
  const browser = await afterPassword(world);
  const [code = ""] = bobs.recoveryCodes;
  for (const it of [bobs.nextCode(), code]) equal((await enterCode(browser, it)).status, 422);
  equal((await enterCode(browser, anns.code())).status, 303);
});

test("the same registration sent again asks for the second factor, too", async (world) => {
  await withSecondFactor(world);
  const answer = await world.browser().post("/register", { ...ann });
  equal(answer.headers.get("location"), path);
});
