import { deepEqual, equal, match, ok } from "node:assert/strict";
import { newTokenText } from "../../../lib/credential/api_token_text.ts";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import { askApi, createToken, tokenIdsOn, tokensPage } from "../../support/api_tokens.ts";
import { ann } from "../../support/people.ts";
import { test } from "../../support/world.ts";

const problemType = /^application\/problem\+json/;

test("a token reads its user, without cookies and without a session [SEC-C17]", async (world) => {
  const token = await createToken(await world.ann());

  const answer = await askApi(world, "/api/me", token);
  equal(answer.status, 200);
  equal((await answer.json()).email, ann.email);
  equal(answer.headers.get("cache-control"), "private, no-store");
  deepEqual(answer.headers.getSetCookie(), []);
  equal((await world.dump()).filter(({ key }) => key[0] === "session").length, 1);
});

test("a token that proves nobody gets 401, which says why", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser);
  const [id = ""] = tokenIdsOn(await (await browser.get(tokensPage)).text());
  const { user } = await world.services.accounts.findCredential(ann.email);

  const refusals: [token: string, detail: RegExp][] = [
    ["x", /is no API token/],
    ["", /is no API token/],
    [token + token, /is no API token/],
    [token.slice(0, -1) + (token.endsWith("0") ? "1" : "0"), /checksum is wrong/],
    [newTokenText(user?.id ?? "").text, /unknown/],
  ];
  for (const [text, detail] of refusals) {
    const answer = await askApi(world, "/api/me", text);
    equal(answer.status, 401, text);
    equal(answer.headers.get("www-authenticate"), 'Bearer error="invalid_token"');
    match(answer.headers.get("content-type") ?? "", problemType);
    const body = await answer.json();
    equal(body.status, 401);
    match(body.detail, detail);
  }
  equal(world.events("api_token_refused").length, refusals.length);

  await browser.post(`${tokensPage}/${id}/revoke`);
  match((await (await askApi(world, "/api/me", token)).json()).detail, /unknown/);
});

test("an expired token, and one that ended with all logins, say so", async (world) => {
  world.broken.neverExpires = true;
  const browser = await world.ann();
  const short = await createToken(browser, { days: "1" });
  const long = await createToken(browser);
  world.pass(24 * 60 * MINUTE);
  match((await (await askApi(world, "/api/me", short)).json()).detail, /ended on its day/);

  await world.services.accounts.markCompromised(ann.email, () => Promise.resolve());
  const ended = await askApi(world, "/api/me", long);
  equal(ended.status, 401);
  match((await ended.json()).detail, /logged out everywhere/);
});

test("a wrong checksum costs no read, a wrong token one round trip and no write", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser);
  const { user } = await world.services.accounts.findCredential(ann.email);
  const misspelled = token.slice(0, 20) + (token[20] === "a" ? "b" : "a") + token.slice(21);

  const none = { keys: 0, roundTrips: 0, commits: 0, hashes: 0 };
  deepEqual(await world.cost(() => askApi(world, "/api/me", misspelled)), none);
  const unknown = newTokenText(user?.id ?? "").text;
  const one = { keys: 2, roundTrips: 1, commits: 0, hashes: 0 };
  deepEqual(await world.cost(() => askApi(world, "/api/me", unknown)), one);
});

test("a token needs the scope of each operation, and learns which [SEC-L3]", async (world) => {
  const browser = await world.ann();
  const operations = [
    ["GET", "/api/me", "profile:read"],
    ["GET", "/api/sessions", "sessions:read"],
    ["DELETE", "/api/sessions/AAAAAAAAAAAAAAAAAAAAAA", "sessions:end"],
    ["GET", "/api/events", "events:read"],
  ] as const;
  const tokens = new Map<string, string>();
  for (const [, , scope] of operations) {
    tokens.set(scope, await createToken(browser, { name: scope, scopes: [scope] }));
  }

  for (const [method, path, scope] of operations) {
    for (const [own, token] of tokens) {
      const answer = await askApi(world, path, token, { method });
      const isTheirs = own === scope;
      equal(answer.status, isTheirs ? (method === "DELETE" ? 404 : 200) : 403, `${own} ${path}`);
      const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
      equal(answer.headers.get("www-authenticate"), isTheirs ? null : challenge);
    }
  }
});

test("a scope that the site no longer knows gives nothing", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser);
  const [entry] = await Array.fromAsync(world.database.list({ prefix: ["api_token"] }));
  ok(entry);
  await world.database.set(entry.key, { ...Object(entry.value), scopes: ["profile:write"] });

  equal((await askApi(world, "/api/me", token)).status, 403);
});

test("with a token no cookie counts, and without one no token [SEC-C17]", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser);
  const bob = await world.bob();

  const authorization = `Bearer ${token}`;
  equal((await (await bob.get("/api/me", { authorization })).json()).email, ann.email);
  const refused = await bob.get("/api/me", { authorization: "Bearer junk" });
  equal(refused.status, 401, "not Bob, by his cookie");
  deepEqual(refused.headers.getSetCookie(), []);
  const basic = await bob.get("/api/me", { authorization: "Basic YTpi" });
  equal((await basic.json()).email, "bob@example.com", "a proxy's password is no token");
});

test("a token opens no page, and is never fresh [SEC-C17]", async (world) => {
  const token = await createToken(await world.ann());

  for (const path of ["/profile", "/account", "/account/api-tokens", "/account/activity.json"]) {
    const answer = await askApi(world, path, token, { headers: { "sec-fetch-site": "none" } });
    match(answer.headers.get("location") ?? "", /^\/login/, path);
  }
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const posted = await askApi(world, "/account/sessions/end-others", token, {
    method: "POST",
    headers: form,
  });
  equal(posted.status, 403, "it is no form of ours");
});

test("a token has 60 requests a minute, and its answers say how many are left", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser);
  const other = await createToken(browser, { name: "Other" });
  const ask = async () => {
    const { status, headers } = await askApi(world, "/api/me", token);
    equal(headers.get("ratelimit-policy"), '"token";q=60;w=60');
    return [status, headers.get("ratelimit"), headers.get("retry-after")];
  };

  deepEqual(await ask(), [200, '"token";r=59;t=60', null]);
  world.pass(20 * SECOND);
  for (let i = 0; i < 58; i++) await ask();
  deepEqual(await ask(), [200, '"token";r=0;t=40', null]);
  deepEqual(await ask(), [429, '"token";r=0;t=40', "40"]);
  equal((await askApi(world, "/api/me", other)).status, 200, "another token of the same user");
  equal((await browser.get("/api/me")).status, 200, "the session has no such limit");

  world.pass(39 * SECOND);
  equal((await ask())[0], 429);
  world.pass(SECOND);
  deepEqual(await ask(), [200, '"token";r=59;t=60', null]);
  equal(world.events("excess_rate_limit_exceeded").length, 2);
});

test("of a hundred requests at once 60 are answered, by two instances together", async (world) => {
  const token = await createToken(await world.ann());
  const apps = [world.app, world.newInstance()];

  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => {
    const headers = { authorization: `Bearer ${token}` };
    return world.browser("192.0.2.7", apps[i % 2]).request("/api/me", { headers });
  }));
  const statuses = answers.map(({ status }) => status).sort();
  deepEqual(statuses, [...Array(60).fill(200), ...Array(40).fill(429)]);
});

test("a flood without the token's secret takes nothing from its limit", async (world) => {
  const token = await createToken(await world.ann());
  const { user } = await world.services.accounts.findCredential(ann.email);

  for (let i = 0; i < 200; i++) {
    const text = [newTokenText(user?.id ?? "").text, "junk", token.slice(0, -1)][i % 3] ?? "";
    equal((await askApi(world, "/api/me", text)).status, 401);
  }
  const answer = await askApi(world, "/api/me", token);
  deepEqual([answer.status, answer.headers.get("ratelimit")], [200, '"token";r=59;t=60']);
});

test("requests of one token from many networks share its limit", async (world) => {
  const token = await createToken(await world.ann());
  const headers = { authorization: `Bearer ${token}` };

  const statuses: number[] = [];
  for (let i = 0; i < 61; i++) {
    const program = world.browser(`198.51.100.${i}`);
    statuses.push((await program.request("/api/me", { headers })).status);
  }
  deepEqual(statuses.filter((status) => status !== 200), [429]);
});

test("a request costs a read and a commit for its limit, and the use is noted hourly", async (world) => {
  const token = await createToken(await world.ann());
  const ask = () => world.cost(() => askApi(world, "/api/me", token));

  equal((await ask()).commits, 2);
  deepEqual(await ask(), { keys: 3, roundTrips: 3, commits: 1, hashes: 0 });
  world.pass(59 * MINUTE);
  equal((await ask()).commits, 1);
  world.pass(MINUTE);
  equal((await ask()).commits, 2);
});

test("a token that is revoked while its requests are under way answers none after", async (world) => {
  const browser = await world.ann();
  for (let round = 0; round < 10; round++) {
    const token = await createToken(browser);
    const [id = ""] = tokenIdsOn(await (await browser.get(tokensPage)).text());
    await Promise.all([
      browser.post(`${tokensPage}/${id}/revoke`),
      ...Array.from({ length: 5 }, () => askApi(world, "/api/me", token)),
    ]);
    equal((await askApi(world, "/api/me", token)).status, 401);
  }
});

test("errors of the API are problems, not pages", async (world) => {
  const token = await createToken(await world.ann());

  const answers: [Response, number][] = [
    [await askApi(world, "/api/nothing", token), 404],
    [await askApi(world, "/api/me", token, { method: "POST" }), 405],
    [await world.browser().get("/api/me", { "sec-fetch-dest": "iframe" }), 403],
  ];
  for (const [answer, status] of answers) {
    equal(answer.status, status);
    match(answer.headers.get("content-type") ?? "", problemType);
    equal((await answer.json()).status, status);
  }
  world.broken.fault = "fail";
  const failing = await askApi(world, "/api/me", token);
  world.broken.fault = "none";
  deepEqual([failing.status, failing.headers.get("retry-after")], [503, "5"]);
  match(failing.headers.get("content-type") ?? "", problemType);
});
