import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HOUR, MINUTE } from "../../../lib/time.ts";
import { ann, bob } from "../../support/people.ts";
import { test as withoutMail, testWithMail as test, type TestWorld } from "../../support/world.ts";

const { email, password } = ann;

const newBrowser = "New login to your account";
const afterFailures = "Login after failed attempts";

/** The subjects of the mails to Ann, without the one that verified her address. */
async function subjects(world: TestWorld): Promise<string[]> {
  const mails = (await world.delivered()).filter(({ to }) => to.address === email);
  return mails.map(({ subject }) => subject).slice(1);
}

const checkbox = /<input[^>]* name="new_browser"[^>]*>/;

test("a login from a new browser is told once, with the browser, the network and the time [SEC-C15]", async (world) => {
  await world.ann();
  const browser = world.browser("198.51.100.77");
  browser.userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  await browser.post("/login", { email, password });
  deepEqual(await subjects(world), [newBrowser]);
  const { text } = await world.mailTo(email);
  match(text, /Browser: Firefox on Linux\n/);
  match(text, /Network: 198\.51\.100\.x\n/);
  match(text, /Time: 22 November 2026 at 12:00 UTC\n/);
  match(text, /^https:\/\/app\.example\/undo\//m);

  await browser.post("/logout");
  await browser.post("/login", { email, password });
  deepEqual(await subjects(world), [newBrowser], "it is known now");
});

test("five mails an hour tell of new browsers: more would hide the first [SEC-C15]", async (world) => {
  await world.ann();
  for (let i = 0; i < 8; i++) await world.browser().post("/login", { email, password });
  deepEqual(await subjects(world), Array(5).fill(newBrowser));

  world.pass(HOUR);
  for (let i = 0; i < 2; i++) await world.browser().post("/login", { email, password });
  deepEqual(await subjects(world), Array(6).fill(newBrowser));
  const guesser = world.browser();
  for (let i = 0; i < 5; i++) await guesser.post("/login", { email, password: "x" });
  world.pass(MINUTE);
  await guesser.post("/login", { email, password });
  equal((await subjects(world)).at(-1), afterFailures, "other notices have no such limit");
});

test("mails about new browsers can be switched off, and on again", async (world) => {
  const browser = await world.ann();
  const page = await (await browser.get("/account/notices")).text();
  match(checkbox.exec(page)?.[0] ?? "", / checked/);
  match(page, /always tell you when your password, your address, or your second step changes/);

  const saved = await browser.post("/account/notices");
  equal(saved.headers.get("location"), "/account/notices");
  const off = await (await browser.follow(saved)).text();
  ok(!checkbox.exec(off)?.[0].includes("checked"));
  await world.browser().post("/login", { email, password });
  deepEqual(await subjects(world), []);

  await browser.post("/account/notices", { new_browser: "on" });
  await world.browser().post("/login", { email, password });
  deepEqual(await subjects(world), [newBrowser]);
});

test("no other notice can be switched off [SEC-C15]", async (world) => {
  const browser = await world.ann();
  await browser.post("/account/notices");
  const guesser = world.browser();
  for (let i = 0; i < 5; i++) await guesser.post("/login", { email, password: "x" });
  world.pass(HOUR);
  await guesser.post("/login", { email, password });
  await world.delivered();
  await browser.post("/account/password", {
    current_password: password,
    password: bob.password,
  });
  await world.delivered();
  await browser.post("/account/delete", { email });

  deepEqual(await subjects(world), [
    afterFailures,
    "Your password was changed",
    "Your account was deleted",
  ]);
});

for (const kind of ["known", "unknown"] as const) {
  test(`a success after five failures from a browser that is ${kind} is told once [SEC-C15]`, async (world) => {
    const known = await world.ann();
    const browser = kind === "known" ? known : world.browser("198.51.100.77");
    await browser.post("/logout");
    for (let i = 0; i < 5; i++) await browser.post("/login", { email, password: "x" });
    deepEqual(await subjects(world), [], "a wrong password alone is no news");
    world.pass(HOUR);

    equal((await browser.post("/login", { email, password })).status, 303);
    deepEqual(await subjects(world), [afterFailures]);
    match((await world.mailTo(email)).text, /after 5\sfailed\sattempts/);

    await browser.post("/logout");
    equal((await browser.post("/login", { email, password })).status, 303);
    deepEqual(await subjects(world), [afterFailures]);
  });
}

test("a remember token that comes twice is told once [SEC-C15]", async (world) => {
  const browser = await world.ann();
  await browser.post("/logout");
  await browser.post("/login", { email, password, remember: "on" });
  const thief = browser.copy();
  thief.restart();
  browser.restart();
  await browser.get("/profile");
  await browser.get("/profile");
  world.pass(HOUR);

  equal((await thief.get("/profile")).status, 302);
  const again = thief.copy();
  equal((await again.get("/profile")).status, 302);
  deepEqual(await subjects(world), ["Someone may have copied your login"]);
  match((await world.mailTo(email)).text, /\/undo\//);
});

withoutMail("without mail there is no such page", async (world) => {
  equal((await (await world.ann()).get("/account/notices")).status, 404);
});
