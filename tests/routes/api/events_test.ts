import { deepEqual, equal, match, ok } from "node:assert/strict";
import { SECOND } from "../../../lib/time.ts";
import { askApi, createToken } from "../../support/api_tokens.ts";
import { test } from "../../support/world.ts";

const scopes = ["events:read"] as const;

test("a program reads the events of its user, the newest first", async (world) => {
  const browser = await world.ann();
  await world.bob();
  const token = await createToken(browser, { scopes });

  const { events } = await (await askApi(world, "/api/events", token)).json();
  deepEqual(events.map((it: { kind: string }) => it.kind), [
    "api_token_created",
    "logged_in",
    "registered",
  ]);
  const { id, ...created } = events[0];
  match(id, /^[0-9A-Z]{26}$/);
  deepEqual(created, {
    kind: "api_token_created",
    at: "2026-11-22T12:00:00.000Z",
    browser: "Firefox",
    system: "Linux",
    network: "192.0.2.x",
    facts: { name: "Reader", scopes: "events:read", days: 90 },
    by: "user",
  });
});

test("events are filtered by kind, and paged by a link", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser, { scopes });
  for (let i = 0; i < 60; i++) {
    world.pass(SECOND);
    await browser.post("/profile", { name: `Ann ${i}` });
  }

  const kind = "kind=user_updated";
  const first = await askApi(world, `/api/events?${kind}`, token);
  const next = /^<(\/api\/events\?kind=user_updated&after=\w{26})>; rel="next"$/
    .exec(first.headers.get("link") ?? "")?.[1] ?? "";
  const second = await askApi(world, next, token);
  equal(second.headers.get("link"), null);
  const ids = [...(await first.json()).events, ...(await second.json()).events]
    .map((it: { id: string }) => it.id);
  deepEqual([ids.length, new Set(ids).size], [60, 60]);
  deepEqual(ids, ids.toSorted().reverse());

  const refused = await askApi(world, "/api/events?kind=nothing&after=x", token);
  equal(refused.status, 400);
  equal((await refused.json()).detail, "Not understood: kind, after");
  ok(refused.headers.get("ratelimit"));
});
