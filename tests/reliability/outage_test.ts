import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HasherUnavailable } from "../../lib/credential/hasher_unavailable.ts";
import { HOUR, SECOND } from "../../lib/time.ts";
import type { Fault } from "../support/broken_kv.ts";
import { ann } from "../support/people.ts";
import { Kv } from "../../lib/kv/kv.ts";
import type { Browser } from "../support/browser.ts";
import { eventually } from "../support/timeouts.ts";
import { test, TestWorld } from "../support/world.ts";

function isUnavailable(answer: Response, what: string): void {
  equal(answer.status, 503, what);
  equal(answer.headers.get("retry-after"), "5", what);
  deepEqual(answer.headers.getSetCookie(), [], what);
  equal(answer.headers.get("clear-site-data"), null, what);
  equal(answer.headers.get("x-frame-options"), "DENY", what);
}

/** The same browser at another process, which gives the database this many milliseconds. */
function atImpatientProcess(world: TestWorld, browser: Browser, deadline: number): Browser {
  const impatient = world.newInstance(new Kv(world.broken.kv, { deadline }));
  const other = world.browser("192.0.2.1", impatient);
  for (const [name, value] of browser.cookies) other.cookies.set(name, value);
  return other;
}

for (const fault of ["hang", "fail", "locked", "full"] satisfies Fault[]) {
  test(`while the database says "${fault}", pages answer 503 and nobody is logged out [SEC-N8]`, async (world) => {
    const patient = await world.ann();
    await patient.get("/");
    const browser = atImpatientProcess(world, patient, 20);
    const cookies = new Map(browser.cookies);

    world.broken.fault = fault;
    for (const path of ["/", "/profile", "/login", "/logout", "/nowhere"]) {
      isUnavailable(await browser.get(path), path);
    }
    isUnavailable(await browser.post("/logout"), "POST /logout");
    isUnavailable(await browser.post("/profile", { name: "Eve" }), "POST /profile");
    deepEqual(browser.cookies, cookies);
    browser.cookies.clear();
    isUnavailable(await browser.post("/login", { ...ann }), "POST /login");
    isUnavailable(await browser.post("/register", { ...ann }), "POST /register");
    world.broken.fault = "none";
    match(await (await patient.get("/profile")).text(), /Hi Ann/);
  });
}

test("the outage page explains the outage and shows no login link", async (world) => {
  const browser = await world.ann();

  world.broken.fault = "fail";
  const page = await (await browser.get("/profile")).text();
  match(page, /<h1>We’re having trouble right now<\/h1>/);
  ok(!page.includes('href="/login"'));
  ok(!page.includes("KV Connect"));
});

test("a login that cannot be stored sets no cookie [SEC-N7]", async (world) => {
  await world.ann();
  const browser = world.browser();

  world.broken.fault = (call) => call === "commit" ? "fail" : "none";
  isUnavailable(await browser.post("/login", { ...ann }), "login");
  equal(browser.cookies.size, 0);
});

test("pages for guests, assets and liveness need no database", async (world) => {
  world.broken.fault = "fail";
  for (const path of ["/", "/login", "/register", "/health/live"]) {
    equal((await world.browser().get(path)).status, 200, path);
  }
  const ready = await world.browser().get("/health/ready");
  equal(ready.status, 503);
  deepEqual(await ready.json(), { status: "unavailable" });
});

test("a locked database file is retried until the request succeeds", async (world) => {
  let busy = 3;
  world.broken.fault = (call) => call === "commit" && busy-- > 0 ? "locked" : "none";

  const browser = await world.ann();

  equal((await browser.get("/profile")).status, 200);
  ok(busy <= 0);
});

Deno.test("a password that cannot be hashed now is answered with 503", async () => {
  const failing = () =>
    Promise.reject(new HasherUnavailable("Cannot hash now: too many are waiting"));
  await using world = await TestWorld.create({ hash: failing });

  isUnavailable(await world.browser().post("/login", { ...ann }), "login");
  isUnavailable(await world.browser().post("/register", { ...ann }), "register");
});

Deno.test("an unexpected error shows a 500 page with a request id; the log has the details [SEC-N5]", async () => {
  const failing = () => Promise.reject(new Error("the secret is tapioca"));
  await using world = await TestWorld.create({ hash: failing });
  const browser = world.browser();

  const answer = await browser.post("/login", { ...ann });
  equal(answer.status, 500);
  deepEqual(answer.headers.getSetCookie(), []);
  equal(answer.headers.get("x-frame-options"), "DENY");
  const page = await answer.text();
  match(page, /Something went wrong/);
  ok(!/tapioca|Error|\.ts/.test(page));

  const [line] = world.logged.filter(({ event }) => event === "request_failed");
  equal(line?.level, "error");
  ok(page.includes(String(line?.facts.requestId)));
  match(String(line?.facts.error), /the secret is tapioca/);
  ok(!JSON.stringify(world.logged).includes(ann.password));
});

test("after ten seconds of outage every cookie works as before [REL-R9] [REL-P6]", async (world) => {
  const desk = await world.ann();
  const phone = world.browser();
  await phone.post("/login", { email: ann.email, password: ann.password, remember: "on" });
  phone.restart();
  const stranger = world.browser();
  await stranger.get("/account/sessions");
  const kept = [desk, phone, stranger].map((browser) => new Map(browser.cookies));

  world.broken.fault = "fail";
  for (let second = 0; second < 10; second++) {
    for (const browser of [desk, phone]) {
      isUnavailable(await browser.get("/profile"), "profile");
      isUnavailable(await browser.post("/logout"), "logout");
    }
    isUnavailable(await stranger.post("/login", { ...ann }), "login");
    world.pass(SECOND);
  }
  world.broken.fault = "none";

  deepEqual([desk, phone, stranger].map((browser) => new Map(browser.cookies)), kept);
  equal((await desk.get("/profile")).status, 200);
  equal((await phone.get("/profile")).status, 200);
  match(await (await stranger.get("/login")).text(), /Please log in to see this page/);
});

test("on a full disk pages can be read, even when the last access cannot be stored [REL-R9]", async (world) => {
  const browser = await world.ann();
  world.pass(HOUR);

  world.broken.fault = (call) => call === "commit" ? "full" : "none";
  equal((await browser.get("/profile")).status, 200);
  isUnavailable(await browser.post("/profile", { name: "Eve" }), "a form");
  world.pass(HOUR);
  world.broken.fault = "none";
  equal(
    (await browser.get("/profile")).status,
    302,
    "the session expires by the last stored access",
  );
});

test("while every database call hangs, each of 300 requests gets 503; afterwards pages work again [REL-R10]", async (world) => {
  const browser = atImpatientProcess(world, await world.ann(), 200);

  world.broken.fault = "hang";
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, i) => browser.copy().get(i % 2 ? "/profile" : "/")),
  );
  for (const answer of answers) isUnavailable(answer, "while it hangs");

  world.broken.fault = "none";
  await eventually(async () => (await browser.get("/profile")).status === 200);
});

test("a slow database that answers in time causes no error [REL-R10]", async (world) => {
  world.broken.delay = 50;
  world.broken.fault = "slow";

  const browser = await world.ann();
  equal((await browser.get("/profile")).status, 200);
  equal((await browser.post("/logout")).status, 303);
});
