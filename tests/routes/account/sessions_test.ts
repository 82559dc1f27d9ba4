import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HOUR, MINUTE } from "../../../lib/time.ts";
import { ann } from "../../support/people.ts";
import { test, TestWorld } from "../../support/world.ts";

const { email, password } = ann;
const phone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";

async function deskAndPhone() {
  const world = await TestWorld.create();
  const desk = await world.ann();
  world.pass(5 * MINUTE);
  const other = world.browser();
  other.userAgent = phone;
  await other.post("/login", { email, password });
  world.pass(MINUTE);
  return { world, desk, phone: other };
}

const endPath = (page: string) =>
  /action="(\/account\/sessions\/[^"]+\/end)"/.exec(page)?.[1] ?? "nowhere";

Deno.test("the list shows each browser, its times, its method and which one is this [SEC-D18]", async () => {
  const { world, desk } = await deskAndPhone();
  await using _ = world;

  const page = await (await desk.get("/account/sessions")).text();
  const [deskCard = "", phoneCard = ""] = page.split('<li class="card"><h2>').slice(1);
  match(phoneCard, /Safari on iPhone/);
  match(phoneCard, />1 minute ago</);
  match(phoneCard, /<dd>password<\/dd>/);
  match(phoneCard, /aria-label="Log out Safari on iPhone"/);
  match(deskCard, /Firefox on Linux <strong class="badge">This browser/);
  match(deskCard, />6 minutes ago</);
  match(deskCard, />just now</);
  ok(!deskCard.includes('/end"'), "this one is logged out by logging out");
});

Deno.test("an ended session is logged out at its next request [SEC-D18]", async () => {
  const { world, desk, phone } = await deskAndPhone();
  await using _ = world;

  const path = endPath(await (await desk.get("/account/sessions")).text());
  const answer = await desk.post(path);
  equal(answer.headers.get("location"), "/account/sessions");
  match(await (await desk.follow(answer)).text(), /That browser has been logged out\./);
  equal((await phone.get("/profile")).status, 302);
  const again = await desk.post(path);
  equal(again.status, 404, "it is gone");
  match(await again.text(), /That browser is no longer logged in to your account\./);
});

Deno.test("another user's session is not found and does not end [SEC-D19]", async () => {
  const { world, desk, phone } = await deskAndPhone();
  await using _ = world;
  const bobsBrowser = await world.bob();

  const path = endPath(await (await desk.get("/account/sessions")).text());
  equal((await bobsBrowser.post(path)).status, 404);
  equal((await phone.get("/profile")).status, 200);
});

Deno.test("all other browsers can be logged out together", async () => {
  const { world, desk, phone } = await deskAndPhone();
  await using _ = world;

  const answer = await desk.post("/account/sessions/end-others");
  match(await (await desk.follow(answer)).text(), /Every other browser has been logged out\./);
  equal((await phone.get("/profile")).status, 302);
  const page = await (await desk.get("/account/sessions")).text();
  ok(!page.includes("end-others"), "with one session there are no others");
});

test("the list marks a session that began with a remember cookie", async (world) => {
  const browser = await world.ann();
  await browser.post("/logout");
  await browser.post("/login", { email, password, remember: "on" });
  world.pass(3 * HOUR);

  match(await (await browser.get("/account/sessions")).text(), /<dd>Remember me<\/dd>/);
});

test("the list shows the recognised browser, never the raw user agent [SEC-G1]", async (world) => {
  await world.ann();
  const odd = world.browser();
  odd.userAgent = "<img src=x onerror=alert(1)>";
  await odd.post("/login", { email, password });

  const page = await (await odd.get("/account/sessions")).text();
  ok(!page.includes("<img"));
  match(page, /Unknown device/);
});

Deno.test("reading the list writes nothing [SEC-E5]", async () => {
  const { world, desk } = await deskAndPhone();
  await using _ = world;
  await desk.get("/account/sessions");
  const before = await world.dump();
  await desk.get("/account/sessions");
  deepEqual(await world.dump(), before);
});
