import { deepEqual, equal, ok } from "node:assert/strict";
import { reportsPath } from "../../../routes/middleware/headers.ts";
import { MINUTE } from "../../../lib/time.ts";
import { test, type TestWorld } from "../../support/world.ts";

const byUri = "application/csp-report";
const byApi = "application/reports+json";

/** As Chromium 156 sends it: report-uri with fetch metadata, the Reporting API without. */
function report(world: TestWorld, body: string, type = byUri) {
  const site = type === byUri
    ? { "sec-fetch-site": "same-origin", "sec-fetch-dest": "report" }
    : {};
  const headers = { "content-type": type, ...site };
  return world.browser().request(reportsPath, { method: "POST", headers, body });
}

function reported(world: TestWorld) {
  return world.logged
    .filter(({ event }) => event === "malicious_csp_violation")
    .map(({ facts: { directive, blocked, page } }) => ({ directive, blocked, page }));
}

const violation = {
  "document-uri": "https://app.example/account/sessions?secret=1",
  "effective-directive": "script-src-elem",
  "blocked-uri": "https://evil.test/x.js?cookie=2",
  "script-sample": "document.cookie",
};

const logged = { directive: "script-src-elem", blocked: "evil.test", page: "/account/sessions" };

test("a violation is logged with a directive, a host and a route only [SEC-F3]", async (world) => {
  const answer = await report(world, JSON.stringify({ "csp-report": violation }));
  equal(answer.status, 204);
  equal(await answer.text(), "");
  deepEqual(reported(world), [logged]);
  ok(!/secret|cookie|x\.js/.test(JSON.stringify(world.logged)));
});

test("the log has the page's route pattern, because its path may hold a token [SEC-F3]", async (world) => {
  const page = "https://app.example/assets/a-secret?b#c";
  await report(world, JSON.stringify({ "csp-report": { ...violation, "document-uri": page } }));
  deepEqual(reported(world), [{ ...logged, page: "/assets/:name" }]);
});

test("reports of the Reporting API are read, several at once, other types ignored [SEC-F3]", async (world) => {
  const body = {
    documentURL: "https://app.example/account/sessions/4711/end",
    effectiveDirective: "style-src",
    blockedURL: "inline",
  };
  const sent = [{ type: "csp-violation", body }, { type: "deprecation", body }, {
    type: "csp-violation",
    body: { ...body, documentURL: "https://app.example/login" },
  }];
  equal((await report(world, JSON.stringify(sent), byApi)).status, 204);
  deepEqual(reported(world), [
    { directive: "style-src", blocked: "inline", page: "unknown" },
    { directive: "style-src", blocked: "inline", page: "/login" },
  ]);
});

test("malformed reports get 204, and the log none of their text [SEC-F3] [SEC-N4]", async (world) => {
  const lies = [
    "",
    "{",
    "null",
    "7",
    "[]",
    "[null,1,[],{}]",
    '[{"type":"csp-violation"}]',
    '{"csp-report":null}',
    '{"csp-report":"text"}',
    '{"__proto__":{"csp-report":{}}}',
    "[".repeat(15_000),
    "\u0000\ufffe\u2028",
  ];
  for (const lie of lies) equal((await report(world, lie)).status, 204, lie.slice(0, 40));
  deepEqual(reported(world), []);

  const long = "x".repeat(5000);
  for (const value of [long, "\r\nforged", "\u001b[31m", { toString: 1 }, [violation], 7, null]) {
    const lie = { "document-uri": value, "effective-directive": value, "blocked-uri": value };
    await report(world, JSON.stringify({ "csp-report": lie }));
  }
  const unknown = { directive: "unknown", blocked: "unknown", page: "unknown" };
  deepEqual(reported(world), Array(7).fill(unknown));

  world.pass(MINUTE);
  const host = { "blocked-uri": `https://${"a.".repeat(3000)}test/` };
  await report(world, JSON.stringify({ "csp-report": host }));
  ok(String(reported(world).at(-1)?.blocked).length <= 100);
});

test("at most 20 reports a minute are logged [SEC-F3]", async (world) => {
  const many = JSON.stringify(Array(50).fill({ type: "csp-violation", body: {} }));

  equal((await report(world, many, byApi)).status, 204);
  equal((await report(world, JSON.stringify({ "csp-report": violation }))).status, 204);
  equal(reported(world).length, 20);
  world.pass(MINUTE);
  await report(world, JSON.stringify({ "csp-report": violation }));
  equal(reported(world).length, 21);
});

test("a report that is too large, of a wrong type or from another site is refused [SEC-F3]", async (world) => {
  const body = JSON.stringify({ "csp-report": violation });
  const status = async (headers: Record<string, string>, text = body) =>
    (await world.browser().request(reportsPath, { method: "POST", headers, body: text })).status;

  equal(await status({ "content-type": byUri }, " ".repeat(16_385)), 413);
  equal(await status({ "content-type": "application/json" }), 415);
  equal(await status({ "content-type": byUri, "sec-fetch-site": "cross-site" }), 403);
  equal(await status({ "content-type": byUri, origin: "https://evil.test" }), 403);
  deepEqual(reported(world), []);
  deepEqual(await world.cost(() => status({ "content-type": byUri })), {
    keys: 0,
    roundTrips: 0,
    commits: 0,
    hashes: 0,
  });
});
