import { Buffer } from "node:buffer";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HOUR } from "../../../lib/time.ts";
import { Authenticator, type Changes, type Options } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { ann } from "../../support/people.ts";
import { test, testWithMail, type TestWorld } from "../../support/world.ts";

const path = "/account/passkeys";

async function options(browser: Browser, from = path): Promise<Options> {
  const answer = await browser.post(`${from}/options`);
  equal(answer.status, 200);
  return await answer.json();
}

async function add(browser: Browser, authenticator: Authenticator, changes: Changes = {}) {
  const credential = authenticator.create(await options(browser), changes);
  return await browser.post(path, { credential });
}

/** Ann's browser, with a passkey in her account. */
async function enrolled(world: TestWorld) {
  const browser = await world.ann();
  if (world.config.mail) await browser.post("/reauthenticate", { password: ann.password });
  const authenticator = new Authenticator();
  equal((await add(browser, authenticator)).status, 303);
  return { browser, authenticator };
}

async function logIn(browser: Browser, authenticator: Authenticator): Promise<Response> {
  const credential = authenticator.get(await options(browser, "/login/passkey"));
  return await browser.post("/login/passkey", { credential });
}

test("the first passkey brings recovery codes along", async (world) => {
  const browser = await world.ann();

  const added = await add(browser, new Authenticator());
  equal(added.headers.get("location"), "/account/recovery-codes");
  const page = await (await browser.get("/account/recovery-codes")).text();
  match(
    page,
    /If you can’t use your app or your passkey, each of these codes takes its place once/,
  );
  const codes = (await world.dump()).filter(({ key }) => key[0] === "recovery_code");
  equal(codes.length, 10);
  equal(world.events("authn_token_created").length, 1);

  const second = await add(browser, new Authenticator());
  equal(second.headers.get("location"), path);
});

test("options ask for a verified user, a passkey that names its user, and three algorithms [SEC-J3] [SEC-J4]", async (world) => {
  const { browser, authenticator } = await enrolled(world);

  const made = await options(browser) as Options & Record<string, unknown>;
  ok(Buffer.from(made.challenge, "base64url").length > 32);
  deepEqual(made.authenticatorSelection, {
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  });
  deepEqual((made.pubKeyCredParams as { alg: number }[]).map(({ alg }) => alg), [-7, -8, -257]);
  deepEqual((made.excludeCredentials as { id: string }[]).map(({ id }) => id), [authenticator.id]);
});

test("a challenge of another session makes no passkey [SEC-J1]", async (world) => {
  const browser = await world.ann();
  const other = world.browser();
  await other.post("/login", { ...ann });

  const credential = new Authenticator().create(await options(other));
  const refused = await browser.post(path, { credential });
  equal(refused.status, 422);
  match(await refused.text(), /That took too long/);
});

test("a challenge is used up by its first answer, right or wrong [SEC-J1]", async (world) => {
  const browser = await world.ann();
  const authenticator = new Authenticator();
  const given = await options(browser);

  const wrong = authenticator.create(given, { origin: "https://evil.example" });
  equal((await browser.post(path, { credential: wrong })).status, 422);
  const right = authenticator.create(given);
  equal((await browser.post(path, { credential: right })).status, 422);
});

test("a page with a password login that is older than the first passkey adds no other [SEC-J8]", async (world) => {
  const before = world.browser();
  await world.ann();
  await before.post("/login", { ...ann });
  const here = world.browser();
  await here.post("/login", { ...ann });
  equal((await add(here, new Authenticator())).status, 303);

  const refused = await before.post(`${path}/options`);
  equal(refused.headers.get("location"), "/reauthenticate");
  const removed = await before.post(`${path}/x/remove`);
  equal(removed.headers.get("location"), "/reauthenticate");
});

test("a passkey is renamed, and a name that cannot be stored is refused beside its field", async (world) => {
  const { browser, authenticator } = await enrolled(world);
  const rename = (name: string) => browser.post(`${path}/${authenticator.id}/rename`, { name });

  equal((await rename("Blue key")).headers.get("location"), path);
  match(await (await browser.get(path)).text(), /<bdi>Blue key<\/bdi>/);
  const refused = await rename("x".repeat(81));
  equal(refused.status, 422);
  match(await refused.text(), /id="name-1-problem">[^<]*Please use 80 characters/);
});

test("removing the last passkey ends other sessions, recovery codes and the factor [SEC-J8]", async (world) => {
  const { browser, authenticator } = await enrolled(world);
  const other = world.browser();
  equal((await logIn(other, authenticator)).status, 303);

  const removed = await browser.post(`${path}/${authenticator.id}/remove`);
  equal(removed.headers.get("location"), path);
  equal((await other.get("/profile")).status, 302, "logged out");
  equal((await browser.get("/profile")).status, 200);
  const left = (await world.dump()).map(({ key }) => String(key[0]));
  ok(!left.some((kind) => /passkey|recovery_code/.test(kind)), left.join(" "));
  equal((await world.browser().post("/login", { ...ann })).headers.get("location"), "/profile");
  equal(world.events("authn_token_revoked").length, 1);
});

test("the proof of a passkey that was removed is none of the one that another browser adds [SEC-J8]", async (world) => {
  const { browser, authenticator } = await enrolled(world);
  const removed = await browser.post(`${path}/${authenticator.id}/remove`);
  equal(removed.headers.get("location"), path);
  const other = world.browser();
  equal((await other.post("/login", { ...ann })).status, 303);
  equal((await add(other, new Authenticator())).status, 303);

  const answer = await browser.get("/account/recovery-codes");
  match(answer.headers.get("location") ?? "", /^\/reauthenticate/);
});

test("browsers delete no passkey whose record is damaged, and the log tells of it", async (world) => {
  const { browser, authenticator } = await enrolled(world);
  const page = async () => (await browser.get(path)).text();
  match(await page(), /allAcceptedCredentialIds/);
  const [entry] = await Array.fromAsync(world.database.list({ prefix: ["passkey"] }));
  const spoil = async (value: unknown) => await world.database.set(entry?.key ?? [], value);
  world.allowInvalidData("the record is damaged");
  await spoil({ ...Object(entry?.value), publicKey: "?" });

  ok(!(await page()).includes("allAcceptedCredentialIds"));
  const refused = await logIn(world.browser(), authenticator);
  equal(refused.status, 422);
  ok(!(await refused.text()).includes("data-passkey-signal"));
  ok(world.events("record_corrupt").every(({ facts }) => facts.reason === "passkey"));
  ok(world.events("record_corrupt").length >= 2);

  await world.database.delete(entry?.key ?? []);
  const lost = await logIn(world.browser(), authenticator);
  ok(!(await lost.text()).includes("data-passkey-signal"), "its owner record is still there");
});

test("a passkey whose removal is sent twice at once is removed, and nobody is suspected", async (world) => {
  const { browser, authenticator } = await enrolled(world);
  const send = () => browser.copy().post(`${path}/${authenticator.id}/remove`);

  const answers = await Promise.all([send(), send()]);
  deepEqual(answers.map(({ headers }) => headers.get("location")), [path, path]);
  equal(world.events("authz_fail").length, 0);
  equal(world.events("authn_token_revoked").length, 1);
});

test("a passkey of somebody else is neither renamed nor removed", async (world) => {
  const { authenticator } = await enrolled(world);
  const bobs = await world.bob();

  for (const [action, status] of [["rename", 404], ["remove", 303]] as const) {
    for (const id of [authenticator.id, "gone"]) {
      const refused = await bobs.post(`${path}/${id}/${action}`, { name: "Mine" });
      equal(refused.status, status, "the same answer as for one that is gone");
    }
  }
  equal(world.events("authz_fail").length, 2, "those of Ann's passkey");
  equal((await logIn(world.browser(), authenticator)).status, 303);
});

test("the last way in stays, and the page says why [SEC-J8]", async (world) => {
  const { browser, authenticator } = await enrolled(world);
  world.allowInvalidData("no account is without a password yet");
  for (const { key } of await world.dump()) {
    if (key[0] === "password") await world.database.delete(key);
  }

  const refused = await browser.post(`${path}/${authenticator.id}/remove`);
  equal(refused.status, 409);
  match(await refused.text(), /the only way into your account/);
});

test("of 20 answers for one passkey at once, one adds it [SEC-J5]", async (world) => {
  const browsers = [await world.ann(), await world.bob()];
  const authenticator = new Authenticator();
  const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    const browser = browsers[i % 2] as Browser;
    return { browser, credential: authenticator.create(await options(browser)) };
  }));

  const sent = await Promise.all(
    answers.map(({ browser, credential }) => browser.copy().post(path, { credential })),
  );
  equal(sent.filter(({ status }) => status === 303).length, 1);
  equal(sent.filter(({ status }) => status === 422).length, 19);
});

test("after a while a passkey asks for a fresh login", async (world) => {
  const { browser } = await enrolled(world);
  world.pass(HOUR);

  equal(
    new URL((await browser.get(path)).headers.get("location") ?? "", "https://x").pathname,
    "/reauthenticate",
  );
});

testWithMail(
  "a passkey that is added or removed is told by mail, without a name that looks like a link",
  async (world) => {
    const { browser, authenticator } = await enrolled(world);
    match((await world.mailTo(ann.email)).text, /new passkey/);

    await browser.post(`${path}/${authenticator.id}/rename`, { name: "Go to evil.example now" });
    await browser.post(`${path}/${authenticator.id}/remove`);
    const { text } = await world.mailTo(ann.email);
    match(text, /was removed/);
    ok(!text.includes("evil.example"));
  },
);

test("an account that is deleted leaves no passkey", async (world) => {
  const { browser } = await enrolled(world);
  await world.bob();

  await browser.post("/account/delete", { email: ann.email });
  const kinds = (await world.dump()).map(({ key }) => key[0]);
  ok(!kinds.some((kind) => String(kind).startsWith("passkey")), kinds.join(" "));
});
