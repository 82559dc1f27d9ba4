import { deepEqual, equal, match, ok } from "node:assert/strict";
import { ApiTokenReminders } from "../../../lib/credential/api_token_reminders.ts";
import { DAY, MINUTE } from "../../../lib/time.ts";
import {
  createToken,
  sendTokenForm,
  tokenIdsOn,
  tokenOn,
  tokensPage,
} from "../../support/api_tokens.ts";
import type { Browser } from "../../support/browser.ts";
import { ann } from "../../support/people.ts";
import { test, testWithMail, type TestWorld } from "../../support/world.ts";

const page = async (browser: Browser) => await (await browser.get(tokensPage)).text();
const idsIn = async (browser: Browser) => tokenIdsOn(await page(browser));

/** The login by the mailed link that confirmed her address is not fresh. */
async function freshAnn(world: TestWorld): Promise<Browser> {
  const browser = await world.ann();
  await browser.post("/reauthenticate", { password: ann.password });
  return browser;
}

async function stateOf(world: TestWorld, token: string): Promise<string> {
  const result = await world.services.apiTokens.authenticate(token);
  return result.ok ? "works" : result.reason;
}

async function eventsOf(world: TestWorld): Promise<unknown[]> {
  const { user } = await world.services.accounts.findCredential(ann.email);
  const { events } = await world.services.events.list(user?.id ?? "", { limit: 50 });
  return events.filter(({ kind }) => kind.startsWith("api_token"))
    .map(({ kind, facts }) => ({ kind, ...facts }));
}

test("a token is created, shown once, and in no cookie, address or later page [SEC-C17]", async (world) => {
  const browser = await world.ann();

  const answer = await sendTokenForm(browser, { scopes: ["events:read", "profile:read"] });
  deepEqual([answer.status, answer.headers.get("location")], [303, tokensPage]);
  const shown = await browser.follow(answer);
  const token = tokenOn(await shown.text()) ?? "";
  equal(await stateOf(world, token), "works");
  equal(shown.headers.get("cache-control"), "private, no-store");

  const list = await page(browser);
  equal(tokenOn(list), null);
  match(list, /You have one token\./);
  match(list, /See what happened in your account/);
  const secret = token.slice(45, 85);
  ok(!JSON.stringify([...answer.headers, ...browser.cookies]).includes(secret));
  ok(!world.lines.join("").includes(secret));
  deepEqual(await eventsOf(world), [
    { kind: "api_token_created", name: "Reader", scopes: "profile:read events:read", days: 90 },
  ]);
  equal(world.events("authn_token_created").length, 1);
});

test("a request that nobody sees does not take the new token", async (world) => {
  const browser = await world.ann();
  await sendTokenForm(browser);

  await browser.request(tokensPage, { method: "HEAD", headers: { "sec-fetch-site": "none" } });
  equal(tokenOn(await (await browser.get(tokensPage, { "sec-purpose": "prefetch" })).text()), null);
  ok(tokenOn(await page(browser)));
});

test("the form says what is wrong beside each field, and keeps what was typed", async (world) => {
  const browser = await world.ann();

  const answer = await sendTokenForm(browser, { name: " ", scopes: [], days: "400" });
  equal(answer.status, 422);
  const text = await answer.text();
  match(text, /3 things need to be corrected/);
  match(text, /Please choose at least one\./);
  match(text, /value="400"/);
  for (const days of ["0", "366", "1.5", "-1", "x", "", "1e2", "0x10"]) {
    const refused = await sendTokenForm(browser, { days });
    equal(refused.status, 422, days);
    match(await refused.text(), /whole number from 1 to 365/);
  }
  for (const scope of ["admin", "__proto__", "profile:read ", "*"]) {
    const body = new URLSearchParams({ name: "Reader", scope, days: "1" }).toString();
    equal((await browser.postBody(tokensPage, body)).status, 422, scope);
  }
  deepEqual(await idsIn(browser), []);
});

test("a token lives as many days as its form says", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser, { days: "1" });
  const longest = await createToken(browser, { days: "365" });

  world.pass(DAY - MINUTE);
  equal(await stateOf(world, token), "works");
  world.pass(MINUTE);
  equal(await stateOf(world, token), "expired");
  world.pass(363 * DAY);
  equal(await stateOf(world, longest), "works");
});

test("the 21st token is refused, and what was typed stays", async (world) => {
  const browser = await world.ann();
  for (let i = 0; i < 20; i++) await createToken(browser, { name: `Token ${i}` });

  const answer = await sendTokenForm(browser, { name: "One more" });
  equal(answer.status, 409);
  const text = await answer.text();
  match(text, /You have 20 tokens, and that’s the most/);
  match(text, /value="One more"/);
  equal((await idsIn(browser)).length, 20);
});

test("a revoked token ends at once; another one stays [SEC-C17]", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser);
  const [id = ""] = await idsIn(browser);
  const other = await createToken(browser, { name: "Other" });

  const answer = await browser.post(`${tokensPage}/${id}/revoke`);
  deepEqual([answer.status, answer.headers.get("location")], [303, tokensPage]);
  match(await page(browser), /The token has been revoked/);
  equal(await stateOf(world, token), "unknown");
  equal(await stateOf(world, other), "works");
  deepEqual((await eventsOf(world))[0], { kind: "api_token_revoked", name: "Reader" });
  equal(world.events("authn_token_revoked").length, 1);
});

test("nobody revokes another person's token [SEC-L2]", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser);
  const [id = ""] = await idsIn(browser);
  const bob = await world.bob();

  for (const path of [id, "x", "%00", "a".repeat(500)]) {
    const answer = await bob.post(`${tokensPage}/${path}/revoke`);
    equal(answer.status, 404, path);
    match(await answer.text(), /That token isn’t in your account any more/);
  }
  equal(await stateOf(world, token), "works");
  equal(world.events("authz_fail").length, 4);
});

test("tokens are seen, created and revoked with a fresh login only [SEC-C17]", async (world) => {
  const browser = await world.ann();
  await createToken(browser);
  const [id = ""] = await idsIn(browser);
  world.pass(11 * MINUTE);

  match((await browser.get(tokensPage)).headers.get("location") ?? "", /^\/reauthenticate/);
  for (const path of [tokensPage, `${tokensPage}/${id}/revoke`]) {
    equal((await browser.post(path)).headers.get("location"), "/reauthenticate");
  }
});

test("a form that waited for a fresh login creates the token it was sent for", async (world) => {
  const browser = await world.ann();
  world.pass(11 * MINUTE);

  await sendTokenForm(browser, { name: "Late", scopes: ["profile:read", "events:read"] });
  await browser.post("/reauthenticate", { password: ann.password });
  const finish = await (await browser.get("/reauthenticate/finish")).text();
  match(finish, /Create an API token/);
  const [, held = ""] = /name="id" value="([^"]+)"/.exec(finish) ?? [];
  const done = await browser.post("/reauthenticate/finish", { id: held });
  const token = tokenOn(await (await browser.follow(done)).text()) ?? "";
  const found = await world.services.apiTokens.authenticate(token);
  deepEqual(found.ok && found.token.scopes, ["profile:read", "events:read"]);
});

test("a change of the own password keeps tokens, and says how many", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser);
  await createToken(browser);
  match(
    await (await browser.get("/account/password")).text(),
    /You have 2 API tokens\. They go on working/,
  );

  const changed = await browser.post("/account/password", {
    current_password: ann.password,
    password: "twelve grey herons wade",
  });
  match(await (await browser.follow(changed)).text(), /2 API tokens go on working/);
  equal(await stateOf(world, token), "works");
});

testWithMail("a password reset ends every token [SEC-C17]", async (world) => {
  const browser = await freshAnn(world);
  const token = await createToken(browser);
  await browser.post("/password-reset", { email: ann.email });
  const visitor = world.browser();
  await visitor.get(await world.linkTo(ann.email));
  const password = "twelve grey herons wade";
  equal((await visitor.post("/password-reset/new", { password })).status, 303);

  equal(await stateOf(world, token), "ended");
  await visitor.post("/login", { email: ann.email, password });
  deepEqual(await idsIn(visitor), []);
});

testWithMail("the link of the mail about a new token ends it", async (world) => {
  const browser = await freshAnn(world);
  const token = await createToken(browser, { name: "Weather station" });

  const { subject, text } = await world.mailTo(ann.email);
  equal(subject, "A new API token was created");
  match(text, /Weather station/);
  ok(!text.includes(token));
  const owner = world.browser();
  await owner.get(await world.linkTo(ann.email));
  equal((await owner.post("/undo")).status, 303);
  equal(await stateOf(world, token), "ended");
});

testWithMail("a mail tells of the end a week before it, once", async (world) => {
  world.broken.neverExpires = true;
  const browser = await freshAnn(world);
  await createToken(browser, { name: "Long", days: "30" });
  await createToken(browser, { name: "Short", days: "7" });
  world.pass(MINUTE);
  await createToken(browser, { name: "Revoked", days: "30" });
  const sweep = async () => {
    await world.services.mail?.apiTokenReminders.sweep();
    await world.services.outbox?.sweep();
    return (await world.delivered()).filter(({ subject }) => subject.includes("ends in a week"));
  };
  const [revoked = ""] = await idsIn(browser);
  await browser.post(`${tokensPage}/${revoked}/revoke`);

  world.pass(23 * DAY - 2 * MINUTE);
  deepEqual(await sweep(), []);
  world.pass(MINUTE);
  const [mail, ...others] = await sweep();
  deepEqual(others, []);
  match(mail?.text ?? "", /Long/);
  equal((await sweep()).length, 1);
  deepEqual((await world.dump()).filter(({ key }) => key[0] === "api_token_end"), []);
});

testWithMail("two processes that sweep at once write one mail about the end", async (world) => {
  const browser = await freshAnn(world);
  await createToken(browser, { days: "30" });
  world.pass(23 * DAY);

  const { kv, log, accounts, mail } = world.services;
  ok(mail);
  const other = new ApiTokenReminders({
    kv,
    log,
    accounts,
    now: () => world.now,
    mail: (user, token) => mail.mails.apiTokenEnds(user, token),
  });
  await Promise.all([mail.apiTokenReminders.sweep(), other.sweep()]);
  const mails = (await world.dump()).filter(({ key }) => key[0] === "outbox");
  equal(mails.length, 1);
});

testWithMail("nobody is told of the end of a token that ended with all logins", async (world) => {
  const browser = await freshAnn(world);
  await createToken(browser, { days: "30" });
  const { user } = await world.services.accounts.findCredential(ann.email);
  const { administration, events } = world.services;
  await administration.endSessions(
    "command",
    user?.id ?? "",
    () => events.records(user?.id ?? "", { kind: "sessions_ended", by: "command" }),
  );
  world.pass(23 * DAY);

  await world.services.mail?.apiTokenReminders.sweep();
  deepEqual((await world.dump()).filter(({ key }) => key[0] === "outbox"), []);
});

test("the deletion of an account removes its tokens and all about them [SEC-N10]", async (world) => {
  const browser = await world.ann();
  await sendTokenForm(browser);

  equal((await browser.post("/account/delete", { email: ann.email })).status, 303);
  const left = (await world.dump()).filter(({ key }) => String(key[0]).includes("api_token"));
  deepEqual(left, []);
});
