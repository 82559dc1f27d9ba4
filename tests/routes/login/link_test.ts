import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { DAY, HOUR, MINUTE } from "../../../lib/time.ts";
import type { Browser } from "../../support/browser.ts";
import { ann, bob } from "../../support/people.ts";
import { test as withoutMail, testWithMail, type TestWorld } from "../../support/world.ts";

const { email, password } = ann;
const confirmPath = "/login/link/confirm";

/** A test on a site with login by mail, where Ann has an account. */
function test(name: string, run: (world: TestWorld, owner: Browser) => Promise<void>): void {
  testWithMail(name, async (world) => run(world, await world.ann()), { loginByMail: true });
}

/** A browser that asked for a link, and shows the page with the code. */
async function asking(world: TestWorld, fields: Record<string, string> = {}): Promise<Browser> {
  await world.delivered(); // so that the link is in the newest mail
  const browser = world.browser();
  const answer = await browser.post("/login/link", { email, ...fields });
  equal(answer.headers.get("location"), confirmPath);
  return browser;
}

/** The code that a browser shows. */
async function codeOf(browser: Browser): Promise<string> {
  const body = await (await browser.get(confirmPath)).text();
  const [, code] = /<strong>(\d{4} \d{4})<\/strong>/.exec(body) ?? [];
  return code ?? "none";
}

/** A browser in which the newest link was opened. */
async function opening(world: TestWorld, browser = world.browser()): Promise<Browser> {
  const answer = await browser.get(await world.linkTo(email));
  equal(answer.headers.get("location"), confirmPath);
  return browser;
}

/** A computer that asked for a link and shows a code, and a phone in which it was opened. */
async function twoBrowsers(world: TestWorld) {
  const computer = await asking(world);
  const code = await codeOf(computer);
  return { computer, code, phone: await opening(world) };
}

const isLoggedIn = async (browser: Browser) => (await browser.get("/profile")).status === 200;
const confirm = (browser: Browser, code?: string) =>
  browser.post(confirmPath, code === undefined ? {} : { code });

/** A code that is not this one. */
const wrong = (code: string) => (code === "0000 0000" ? "00000001" : "00000000");

test("a link logs in the browser that asked for it, after one click", async (world) => {
  const browser = await asking(world, { next: "/account" });
  await opening(world, browser);
  ok(!await isLoggedIn(browser), "opening a link changes nothing");
  match(await (await browser.get(confirmPath)).text(), /You asked for this link in this browser/);

  const answer = await confirm(browser);
  equal(answer.headers.get("location"), "/account");
  match(await (await browser.follow(answer)).text(), /You’re logged in/);
  equal((await confirm(browser)).status, 410);
});

test("another browser enters the code, and lets in the one that asked", async (world) => {
  const computer = await asking(world, { next: "/account" });
  const code = await codeOf(computer);
  match(code, /^\d{4} \d{4}$/);
  const early = await confirm(computer);
  equal(early.status, 422);
  match(await early.text(), /Nobody has entered the code yet/);

  const phone = await opening(world);
  const page = await (await phone.get(confirmPath)).text();
  match(page, /name="code"[^>]*autocomplete="one-time-code"[^>]*inputmode="numeric"/);
  ok(!page.includes(code), "only the other browser shows it");
  match(await (await phone.follow(await confirm(phone, code))).text(), /go back to the browser/);
  ok(!await isLoggedIn(phone));

  equal((await confirm(computer)).headers.get("location"), "/account");
  ok(await isLoggedIn(computer));
  equal((await confirm(computer)).status, 410);
});

test("a link of another kind, opened in the browser that waits, ends neither", async (world) => {
  const computer = await asking(world);
  const phone = await opening(world);
  await world.browser().post("/password-reset", { email });
  await computer.get(await world.linkTo(email));

  equal((await confirm(phone, await codeOf(computer))).status, 303);
  equal((await confirm(computer)).status, 303);
  ok(await isLoggedIn(computer));
  equal((await computer.get("/password-reset/new")).status, 200);
});

test("a victim who opens a link that an attacker asked for lets nobody in", async (world) => {
  await world.bob();
  const attacker = await asking(world);
  const victim = await opening(world, await asking(world, { email: bob.email }));

  match(await (await victim.get(confirmPath)).text(), /in a different browser/);
  equal((await confirm(victim)).status, 422);
  const ownCode = await codeOf(await asking(world, { email: bob.email }));
  equal((await confirm(victim, ownCode)).status, 422);
  equal((await confirm(attacker)).status, 422);
  ok(!await isLoggedIn(victim));
  ok(!await isLoggedIn(attacker));
});

test("a browser that asked for something else is not the one that asked", async (world) => {
  const thief = await asking(world, { email: "nobody@example.com" });
  await asking(world);
  const owner = await opening(world, thief);
  match(await (await owner.get(confirmPath)).text(), /in a different browser/);
  equal((await confirm(owner)).status, 422);
});

test("a link works for ten minutes [SEC-H2]", async (world) => {
  const inTime = await opening(world, await asking(world));
  world.pass(10 * MINUTE - 1);
  equal((await confirm(inTime)).status, 303);

  const { computer, code, phone } = await twoBrowsers(world);
  world.pass(10 * MINUTE - 1);
  equal((await confirm(phone, code)).status, 303);
  world.pass(1);
  equal((await confirm(computer)).status, 422);

  world.pass(HOUR);
  const late = await opening(world, await asking(world));
  const latePhone = await opening(world);
  world.pass(10 * MINUTE);
  equal((await late.get(confirmPath)).status, 410);
  equal((await confirm(late)).status, 410);
  equal((await confirm(latePhone, await codeOf(computer))).status, 410);
});

test("of twenty uses at once, one logs in [SEC-H3]", async (world) => {
  const browser = await opening(world, await asking(world));
  const direct = Array.from({ length: 20 }, () => browser.copy());
  const statuses = await Promise.all(direct.map(async (it) => (await confirm(it)).status));
  deepEqual(statuses.sort(), [303, ...Array(19).fill(410)]);

  const computer = await asking(world);
  const code = await codeOf(computer);
  await confirm(await opening(world), code);
  const waiting = Array.from({ length: 20 }, () => computer.copy());
  const others = await Promise.all(waiting.map(async (it) => (await confirm(it)).status));
  equal(others.filter((it) => it === 303).length, 1, others.join(" "));
});

test("a link ends with the fifth wrong code, and spelling is no wrong code", async (world) => {
  const { computer, code, phone } = await twoBrowsers(world);
  for (const noCode of ["", "1234567", "123456789", "abcdefgh"]) {
    equal((await confirm(phone, noCode)).status, 422);
  }
  for (let i = 0; i < 4; i++) equal((await confirm(phone, wrong(code))).status, 422);
  equal((await confirm(phone.copy(), code.replace(" ", "-"))).status, 303);
  equal((await confirm(phone, wrong(code))).status, 410);
  equal((await confirm(phone, code)).status, 410);
  equal((await confirm(computer)).status, 422);
  equal(world.events("authn_login_fail").length, 5);
});

test("of twenty wrong codes at once, five are evaluated", async (world) => {
  const { code, phone } = await twoBrowsers(world);
  const tries = [...Array(20).fill(wrong(code)), code];
  const copies = tries.map((it) => confirm(phone.copy(), it));
  const statuses = (await Promise.all(copies)).map(({ status }) => status);
  equal(statuses.filter((it) => it === 422).length, 4, statuses.join(" "));
});

test("a login by link is not fresh, and its method is shown", async (world) => {
  const browser = await opening(world, await asking(world));
  await confirm(browser);
  const refused = await browser.get("/account/delete");
  equal(refused.headers.get("location"), "/reauthenticate?next=%2Faccount%2Fdelete");
  match(await (await browser.get("/account/sessions")).text(), /email link/);

  const answer = await browser.post("/reauthenticate", { password, next: "/account/delete" });
  equal(answer.headers.get("location"), "/account/delete");
  equal((await browser.get("/account/delete")).status, 200);
});

test("a login by link from a new browser is told once, and the browser is known then", async (world) => {
  const browser = await opening(world, await asking(world));
  await confirm(browser);
  match((await world.mailTo(email)).subject, /New login/);
  await browser.post("/logout");

  const count = (await world.delivered()).length;
  await browser.post("/login/link", { email });
  await confirm(await opening(world, browser));
  ok(await isLoggedIn(browser));
  equal((await world.delivered()).length, count + 1, "only the link");
});

test("every address gets the same answer, and costs the same [SEC-C5] [SEC-H9]", async (world) => {
  await world.browser().post("/register", { ...bob });
  await world.register({ ...ann, email: "suspended@example.com" });
  await change(world, "suspended@example.com", { active: false });
  const addresses = [email, bob.email, "suspended@example.com", "another@example.com"];
  const sent = (await world.delivered()).length;

  const expected = await ask(world, "nobody@example.com");
  for (let i = 0; i < 5; i++) {
    for (const address of addresses) deepEqual(await ask(world, address), expected);
  }
  const mails = (await world.delivered()).slice(sent);
  deepEqual(mails.map(({ to }) => to.address), [email, email, email]);
});

test(
  "a link verifies an account in use, and ends what a stranger may have prepared in it [SEC-H10]",
  async (world, stranger) => {
    await change(world, email, { emailVerified: false });
    const browser = await opening(world, await asking(world));
    equal((await confirm(browser)).headers.get("location"), "/password-reset");
    equal((await stranger.get("/profile")).status, 302);
    equal((await stranger.post("/login", { ...ann })).headers.get("location"), "/password-reset");
    equal((await stranger.get("/profile")).status, 302);
    equal((await userOf(world, email)).value.emailVerified, true);
    equal(world.events("user_updated").at(-1)?.facts.reason, "email_verified");
  },
);

test("who confirms an address by logging in is told why a new password is needed", async (world) => {
  await change(world, email, { emailVerified: false });
  const browser = await opening(world, await asking(world));
  const page = await (await browser.follow(await confirm(browser))).text();
  match(page, /Nobody had confirmed it before, so please choose a new password/);
  ok(!page.includes("Someone else may know"));
});

test("a link ends when the account is suspended, waits for its own link, or moves away", async (world) => {
  for (
    const fields of [
      { active: false },
      { expiresAt: new Date(world.now.getTime() + DAY) },
      { email: "other@example.com" },
    ]
  ) {
    const { computer, code, phone } = await twoBrowsers(world);
    equal((await confirm(phone.copy(), code)).status, 303);
    const before = await userOf(world, email);
    await change(world, email, fields);
    equal((await phone.get(confirmPath)).status, 410);
    equal((await confirm(computer.copy())).status, 410);
    equal((await confirm(phone, code)).status, 410);
    equal((await confirm(await opening(world, computer))).status, 410);
    await world.database.set(before.key, before.value);
  }
});

test("a password that others know is not replaced by a link", async (world) => {
  await change(world, email, { passwordCompromised: true });
  const browser = await opening(world, await asking(world));
  equal((await confirm(browser)).headers.get("location"), "/password-reset");
  ok(!await isLoggedIn(browser));
});

test("a newer link ends an older one", async (world) => {
  const browser = await asking(world);
  const older = await world.linkTo(email);
  await browser.post("/login/link", { email });
  await browser.get(older);
  equal((await confirm(browser)).status, 410);
  equal((await confirm(await opening(world, browser))).status, 303);
});

test("nothing that opens an account is in the log, the database or an address", async (world) => {
  const computer = await asking(world);
  const code = await codeOf(computer);
  const link = await world.linkTo(email);
  const phone = await opening(world);
  await confirm(phone.copy(), wrong(code));
  const dump = Deno.inspect(await world.dump(), { depth: 9, strAbbreviateSize: 1e6 });
  await confirm(phone, code);
  await confirm(computer);

  const token = link.split("/").at(-1) as string;
  const secrets = [token, token.split(".")[2] as string, code, code.replace(" ", ""), email];
  for (const secret of secrets) {
    ok(!world.lines.some((line) => line.includes(secret)), secret);
    if (secret !== email) ok(!dump.includes(secret), secret);
  }
  ok(![...computer.cookies.values()].some((it) => it.includes("ann")));
});

test("the login page links to it, and keeps where to go", async (world) => {
  const page = await (await world.browser().get("/login?next=%2Faccount")).text();
  match(page, /href="\/login\/link\?next=%2Faccount"/);
  const form = await (await world.browser().get("/login/link?next=%2Faccount")).text();
  match(form, /<input type="hidden" name="next" value="\/account"/);

  const refused = await world.browser().post("/login/link", { email: "ann", next: "/account" });
  equal(refused.status, 422);
  match(await refused.text(), /value="\/account"/);
});

test("each link has a code of its own, also in the same browser", async (world) => {
  const computer = await asking(world);
  const former = await codeOf(computer);
  await computer.post("/login/link", { email });
  const code = await codeOf(computer);
  notEqual(code, former);

  const phone = await opening(world);
  equal((await confirm(phone, former)).status, 422);
  equal((await confirm(phone, code)).status, 303);
  equal((await confirm(computer)).status, 303);
});

test("a link leads to no other site, and nowhere that no cookie can keep", async (world) => {
  for (const next of ["https://evil.example/", `/${"é".repeat(2000)}`]) {
    const browser = await opening(world, await asking(world, { next }));
    equal((await confirm(browser)).headers.get("location"), "/profile");
  }
});

test("a visitor who asked for nothing is told how to ask", async (world) => {
  const page = await world.browser().get(confirmPath);
  equal(page.status, 410);
  match(await page.text(), /href="\/login\/link"/);
  equal((await confirm(world.browser())).status, 410);

  const browser = world.browser();
  browser.cookies.set("__Host-login_request", "junk");
  browser.cookies.set("__Host-asked", "A".repeat(43));
  equal((await confirm(browser)).status, 410);
});

testWithMail("by default there is no login by link", async (world) => {
  const browser = world.browser();
  equal((await browser.get("/login/link")).status, 404);
  equal((await browser.post("/login/link", { email })).status, 404);
  ok(!(await (await browser.get("/login")).text()).includes("/login/link"));
});

withoutMail("without mail there is no such page", async (world) => {
  equal((await world.browser().get("/login/link")).status, 404);
});

/** What asking for a link answers and costs. */
async function ask(world: TestWorld, email: string) {
  const browser = world.browser();
  let answer: unknown;
  const cost = await world.cost(async () => {
    const { status, headers } = await browser.post("/login/link", { email });
    const cookies = headers.getSetCookie().map((it) => it.replace(/=[^;]*/, ""));
    answer = { status, location: headers.get("location"), cookies };
  });
  await world.delivered(); // sending is no part of the costs
  const page = (await (await browser.get(confirmPath)).text()).replace(/\d{4} \d{4}/, "code");
  const waiting = await world.cost(() => confirm(browser));
  return { answer, cost, page, waiting };
}

async function userOf(world: TestWorld, email: string) {
  const isHers = ({ key, value }: Deno.KvEntry<unknown>) =>
    key[0] === "user" && Object(value).email === email;
  return (await world.dump()).find(isHers) as Deno.KvEntry<{ emailVerified: boolean }>;
}

async function change(world: TestWorld, email: string, fields: object): Promise<void> {
  world.allowInvalidData("a field is changed alone");
  const { key, value } = await userOf(world, email);
  await world.database.set(key, { ...value, ...fields });
}
