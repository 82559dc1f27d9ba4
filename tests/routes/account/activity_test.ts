import { deepEqual, equal, match, ok } from "node:assert/strict";
import { ann } from "../../support/people.ts";
import { userOf } from "../../support/roles.ts";
import { test } from "../../support/world.ts";
import { HOUR } from "../../../lib/time.ts";

test("the page shows what happened, the newest first, with browser and network", async (world) => {
  const browser = await world.ann();
  await browser.post("/profile", { name: "Anne" });

  const page = await (await browser.get("/account/activity")).text();
  const kinds = [...page.matchAll(/<strong>([^<]+)<\/strong>/g)].map(([, kind]) => kind);
  deepEqual(kinds, ["Name changed", "Logged in", "The account was created"]);
  match(page, /network 192\.0\.2\.x/);
});

test("a kind can be chosen, and older events are on the next page", async (world) => {
  const browser = await world.ann();
  for (let i = 0; i < 30; i++) await browser.post("/profile", { name: `Ann ${i}` });

  const first = await (await browser.get("/account/activity?kind=user_updated")).text();
  equal(first.match(/<strong>Name changed/g)?.length, 25);
  const [, older = ""] = /rel="next" href="([^"]+)"/.exec(first) ?? [];
  const second = await (await browser.get(older.replaceAll("&amp;", "&"))).text();
  equal(second.match(/<strong>Name changed/g)?.length, 5);
  ok(!second.includes("<strong>Logged in"));
  equal((await browser.get(`/account/activity?kind=nothing&after=${"x".repeat(99)}`)).status, 200);
});

test("the same comes as JSON and as a table, and only one's own", async (world) => {
  const browser = await world.ann();
  await world.bob();
  const json = await browser.get("/account/activity.json?kind=logged_in");
  equal(json.headers.get("content-disposition"), 'attachment; filename="activity.json"');
  const { events } = await json.json();
  equal(events.length, 1);
  const { id, ...event } = events[0];
  match(id, /^[0-9A-Z]{26}$/);
  deepEqual(event, {
    kind: "logged_in",
    at: world.now.toISOString(),
    browser: "Firefox",
    system: "Linux",
    network: "192.0.2.x",
    facts: { methods: "pwd" },
    by: "user",
  });

  const csv = await browser.get("/account/activity.csv");
  equal(csv.headers.get("content-type"), "text/csv; charset=UTF-8");
  const lines = (await csv.text()).trimEnd().split("\r\n");
  equal(lines[0], '"id","kind","at","browser","system","network","by","facts"');
  equal(lines.length, 3);
});

test("no program takes a cell of the table for a formula", async (world) => {
  const browser = await world.ann();
  const { id } = await userOf(world, ann);
  const device = { browser: "=cmd()", system: '-"x' };
  const [{ key, value }] = await world.services.events.records(id, { kind: "exported", device });
  await world.database.set([...key], value);

  match(await (await browser.get("/account/activity.csv")).text(), /"'=cmd\(\)","'-""x"/);
});

test("the account page says when and where the login before this one was [SEC-C20]", async (world) => {
  const desk = await world.ann();
  world.pass(HOUR);
  const phone = world.browser("198.51.100.7");
  await phone.post("/login", { email: ann.email, password: ann.password });

  const page = (await (await phone.get("/account")).text()).replaceAll(/<[^>]+>/g, " ");
  match(page, /Login before this one\s+1 hour ago\s*, Firefox on Linux\s*, 192\.0\.2\.x/);
  const other = (await (await desk.get("/account")).text()).replaceAll(/<[^>]+>/g, " ");
  match(other, /Login before this one\s+just now\s*, Firefox on Linux\s*, 198\.51\.100\.x/);
});
