import { Buffer } from "node:buffer";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { markCompromised } from "../../../lib/cli/passwords_compromised.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/time.ts";
import { Authenticator, type Changes, type Options } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { ann, bob } from "../../support/people.ts";
import { test, type TestWorld } from "../../support/world.ts";

async function options(browser: Browser, path = "/login/passkey"): Promise<Options> {
  return await (await browser.post(`${path}/options`)).json();
}

/** An authenticator with a passkey of Ann's. */
async function enrolled(world: TestWorld): Promise<Authenticator> {
  const browser = await world.ann();
  const authenticator = new Authenticator();
  const credential = authenticator.create(await options(browser, "/account/passkeys"));
  equal((await browser.post("/account/passkeys", { credential })).status, 303);
  return authenticator;
}

async function logIn(browser: Browser, authenticator: Authenticator, changes: Changes = {}) {
  const credential = authenticator.get(await options(browser), changes);
  return await browser.post("/login/passkey", { credential, next: "/account" });
}

test("a passkey alone logs in: it is two factors, and remembers the browser if asked", async (world) => {
  const authenticator = await enrolled(world);
  const browser = world.browser();

  equal((await logIn(browser, authenticator)).headers.get("location"), "/account");
  match(await (await browser.get("/account/sessions")).text(), /<dd>passkey<\/dd>/);
  equal((await browser.get("/account/passkeys")).status, 200, "fresh, and proved");

  const remembering = world.browser();
  const credential = authenticator.get(await options(remembering));
  await remembering.post("/login/passkey", { credential, remember: "on" });
  remembering.restart();
  equal((await remembering.get("/profile")).status, 200);
});

test("options are the same for everybody, and set no cookie [SEC-J7]", async (world) => {
  const anns = world.browser();
  await enrolled(world);
  await anns.post("/login", { ...ann });
  const ask = async (browser: Browser) => {
    const answer = await browser.post("/login/passkey/options", { email: ann.email });
    equal(answer.headers.get("set-cookie"), null);
    const { challenge, ...rest } = await answer.json();
    ok(Buffer.from(challenge, "base64url").length > 32);
    return rest;
  };

  const stranger = await ask(world.browser());
  deepEqual(stranger, {
    rpId: "app.example",
    allowCredentials: [],
    userVerification: "required",
    timeout: 5 * MINUTE,
  });
  deepEqual(await ask(anns), stranger);
});

test("options cost no write, and neither does an answer to a challenge that is not ours", async (world) => {
  const authenticator = await enrolled(world);
  const before = await world.dump();

  for (let i = 0; i < 3; i++) await options(world.browser());
  deepEqual(await world.dump(), before);
  equal((await logIn(world.browser(), authenticator, { challenge: "AAAA" })).status, 422);
  const marks = (dump: typeof before) => dump.filter(({ key }) => key[0] === "challenge");
  deepEqual(marks(await world.dump()), marks(before));
});

test("options are limited for a network, and for an IPv6 block that one subscriber has", async (world) => {
  const ask = async (address: string) => {
    return (await world.browser(address).post("/login/passkey/options")).status;
  };
  for (let network = 0; network < 4; network++) {
    const address = `2001:db8:1:${network}::1`;
    for (let i = 0; i < 300; i++) equal(await ask(address), 200);
    if (network === 0) equal(await ask(address), 429);
  }

  equal(await ask("2001:db8:1:4::1"), 429);
  equal(await ask("2001:db8:2::1"), 200);
});

test("an answer without its user, or with another one, is refused [SEC-J5]", async (world) => {
  const authenticator = await enrolled(world);
  await world.bob();
  const users = (await world.dump()).filter(({ key }) => key[0] === "user");
  const bobsId = users.map(({ value }) => value as { id: string; email: string })
    .find(({ email }) => email === bob.email)?.id ?? "";

  for (const userHandle of [null, "", bobsId, "x".repeat(22), "x".repeat(4000)]) {
    const refused = await logIn(world.browser(), authenticator, { userHandle });
    equal(refused.status, 422, String(userHandle));
    match(await refused.text(), /This passkey doesn’t open an account here/);
  }
});

test("a challenge of another ceremony, or a used one, logs nobody in [SEC-J1]", async (world) => {
  const authenticator = await enrolled(world);
  const browser = world.browser();
  await browser.post("/login", { ...ann });
  const anns = world.browser();
  await logIn(anns, authenticator);

  const registering = await options(anns, "/account/passkeys");
  const credential = authenticator.get(registering);
  equal((await anns.post("/login/passkey", { credential })).status, 422);

  const used = authenticator.get(await options(anns));
  equal((await anns.post("/login/passkey", { credential: used })).status, 303);
  const again = await world.browser().post("/login/passkey", { credential: used });
  equal(again.status, 422);
  match(await again.text(), /That took too long/);
});

test("the browser is told of a passkey that no account has", async (world) => {
  const authenticator = await enrolled(world);

  const refused = await logIn(world.browser(), authenticator, { id: "AAAA" });
  match(await refused.text(), /data-passkey-signal="[^"]*AAAA/);
  const wrong = await logIn(world.browser(), authenticator, { origin: "https://evil.example" });
  ok(!(await wrong.text()).includes("data-passkey-signal"), "this one exists");
});

test("refused answers never keep the owner's passkey out, only their network [SEC-C9]", async (world) => {
  const authenticator = await enrolled(world);
  const wrong = { origin: "https://evil.example" };
  const refused = async (changes: Changes, challenge?: string) => {
    const intruder = world.browser("198.51.100.7");
    const given = challenge ? { challenge } : await options(intruder);
    const credential = authenticator.get(given, changes);
    return (await intruder.post("/login/passkey", { credential })).status;
  };
  for (let i = 0; i < 50; i++) equal(await refused(wrong), 422, String(i));
  for (let i = 50; i < 100; i++) equal(await refused({}, "AAAA"), 422, String(i));
  equal(await refused({ userHandle: "x".repeat(22) }), 429);

  equal(world.events("authn_login_lock").length, 0);
  equal((await logIn(world.browser(), authenticator)).status, 303);
});

test("the page that refused a passkey can be opened again, and leads where it led", async (world) => {
  const opened = await world.browser().get("/login/passkey?next=%2Faccount");

  deepEqual([opened.status, opened.headers.get("location")], [302, "/login?next=%2Faccount"]);
});

test("a person gets a page, also where a network has asked for too much", async (world) => {
  const authenticator = await enrolled(world);
  const network = "198.51.100.7";
  const given = await options(world.browser(network));
  for (let i = 0; i < 300; i++) await world.browser(network).post("/login/passkey/options");
  const login = async () => {
    const credential = authenticator.get(given);
    return await world.browser(network).post("/login/passkey", { credential });
  };

  equal((await login()).headers.get("location"), "/profile");
  for (let i = 0; i < 100; i++) await login(); // the challenge is used up
  const refused = await login();
  deepEqual([refused.status, refused.headers.has("retry-after")], [429, true]);
  const page = await refused.text();
  match(page, /<h1>Too many attempts<\/h1>[^]*Your passkey still works\./);
  ok(!/guess passwords|wrong codes/.test(page), "nobody guessed anything");
});

test("only a known passkey's answer to our challenge counts for its owner [SEC-C9]", async (world) => {
  const authenticator = await enrolled(world);
  const counted = () => world.events("authn_login_fail_max").length;
  const junk: Changes[] = [{ challenge: "AAAA" }, { id: "AAAA" }, { crossOrigin: true }];
  for (const changes of Array(5).fill(junk).flat()) {
    equal((await logIn(world.browser(), authenticator, changes)).status, 422);
  }
  equal(counted(), 0);

  const wrong = { origin: "https://evil.example" };
  for (let i = 0; i < 5; i++) await logIn(world.browser(), authenticator, wrong);
  equal(counted(), 1);
});

test("a copied passkey is refused and written to the log [SEC-J6]", async (world) => {
  const authenticator = await enrolled(world);
  authenticator.counter = 7;
  equal((await logIn(world.browser(), authenticator)).status, 303);

  equal((await logIn(world.browser(), authenticator.copy())).status, 422);
  deepEqual(world.events("authn_token_reuse").map(({ facts }) => facts.reason), [
    "passkey_counter",
  ]);
});

/** A browser that gave Ann's password, and waits for the second factor. */
async function pending(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  const answer = await browser.post("/login", { ...ann, next: "/account" });
  equal(answer.headers.get("location"), "/login/second-factor");
  return browser;
}

test("after the password a passkey is the second factor", async (world) => {
  const authenticator = await enrolled(world);
  const browser = await pending(world);
  match(await (await browser.get("/login/second-factor")).text(), /Use your passkey/);

  const given = await options(browser, "/login/second-factor");
  const answer = await browser.post("/login/second-factor", {
    credential: authenticator.get(given, { userHandle: null }),
  });
  equal(answer.headers.get("location"), "/account");
  match(await (await browser.get("/account/sessions")).text(), /<dd>password, passkey<\/dd>/);
});

test("a pending login takes no challenge of another one, or of another ceremony [SEC-J1]", async (world) => {
  const authenticator = await enrolled(world);
  const browser = await pending(world);
  const other = await pending(world);
  const present = async (given: Options) => {
    const credential = authenticator.get(given);
    return (await browser.post("/login/second-factor", { credential })).status;
  };

  equal(await present(await options(other, "/login/second-factor")), 422);
  equal(await present(await options(browser)), 422);
  equal(await present(await options(browser, "/login/second-factor")), 303);
});

test("a passkey makes a login fresh, with a challenge of that session only [SEC-J1]", async (world) => {
  const authenticator = await enrolled(world);
  const browsers = [world.browser(), world.browser()] as const;
  for (const browser of browsers) await logIn(browser, authenticator);
  world.pass(HOUR);
  const [browser, other] = browsers;
  const present = async (given: Options) => {
    const credential = authenticator.get(given);
    return await browser.post("/reauthenticate", { credential, next: "/account/passkeys" });
  };

  equal((await present(await options(other, "/reauthenticate"))).status, 422);
  equal((await browser.get("/account/passkeys")).status, 302);
  const proved = await present(await options(browser, "/reauthenticate"));
  equal(proved.headers.get("location"), "/account/passkeys");
  equal((await browser.get("/account/passkeys")).status, 200);
});

test("somebody else's passkey is no second factor [SEC-J5]", async (world) => {
  const authenticator = await enrolled(world);
  const bobs = await world.bob();
  const bobsKey = new Authenticator();
  const credential = bobsKey.create(await options(bobs, "/account/passkeys"));
  equal((await bobs.post("/account/passkeys", { credential })).status, 303);

  const browser = await pending(world);
  for (const userHandle of [undefined, null]) {
    const given = await options(browser, "/login/second-factor");
    const changes = userHandle === null ? { userHandle } : {};
    const refused = await browser.post("/login/second-factor", {
      credential: bobsKey.get(given, changes),
    });
    equal(refused.status, 422);
  }
  const given = await options(browser, "/login/second-factor");
  const right = await browser.post("/login/second-factor", {
    credential: authenticator.get(given),
  });
  equal(right.status, 303);
});

test("5,000 spoiled answers are refused, none by an error of ours [SEC-J9]", async (world) => {
  const authenticator = await enrolled(world);
  const anns = world.browser();
  await logIn(anns, authenticator);
  const random = seeded(14);

  for (let i = 0; i < 5000; i++) {
    const isLogin = i % 2 === 0;
    const path = isLogin ? "/login/passkey" : "/account/passkeys";
    const browser = isLogin ? world.browser(`198.51.${Math.floor(i / 100)}.1`) : anns;
    const given = await options(browser, path);
    const valid = isLogin ? authenticator.get(given) : new Authenticator().create(given);
    const credential = spoil(valid, random);

    const { status } = await browser.post(path, { credential });
    // Nothing signs a registration: a changed name of the maker, for example, is as good as another.
    const isHarmless = !isLogin || (status === 303 && signed(credential) === signed(valid));
    ok(status === 422 || (status === 303 && isHarmless), `${i}: ${status}`);
    await forgetAttempts(world);
    // More than 20 sessions would end Ann's own.
    if (isLogin && status === 303) await browser.post("/logout");
  }
});

test("a user who typed the password is offered a passkey, once in 30 days", async (world) => {
  await world.ann();
  const offered = async () => {
    const browser = world.browser();
    await browser.post("/login", { ...ann });
    return (await (await browser.get("/profile")).text()).includes("data-passkey-only");
  };

  equal(await offered(), true);
  equal(await offered(), false);
  world.pass(30 * DAY - MINUTE);
  equal(await offered(), false);
  world.pass(MINUTE);
  equal(await offered(), true);
});

test("nobody is offered a passkey who has to replace the password first", async (world) => {
  await world.ann();
  await markCompromised(world.kv, ann.email, () => world.now, world.services.events);
  const browser = world.browser();
  await browser.post("/login", { ...ann });
  const page = await (await browser.get("/account/password")).text();
  match(page, /Someone else may know your password/);
  ok(!page.includes("data-passkey-only"));
});

test("password managers find where passkeys are made [SEC-J7]", async (world) => {
  const answer = await world.browser().get("/.well-known/passkey-endpoints");

  const page = "https://app.example/account/passkeys";
  deepEqual(await answer.json(), { enroll: page, manage: page });
});

/** Numbers below 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The parts of an answer that decide. */
function signed(credential: string): string {
  const { id, rawId, type, response } = JSON.parse(credential);
  const { clientDataJSON, authenticatorData, userHandle } = response;
  // In front of its numbers a signature has their length, which says nothing new.
  const numbers = String(response.signature).slice(3);
  const parts = { clientDataJSON, authenticatorData, numbers, userHandle };
  return JSON.stringify({ id, rawId, type, ...parts });
}

/** So that every answer is looked at. */
async function forgetAttempts(world: TestWorld): Promise<void> {
  for await (const { key } of world.database.list({ prefix: ["rate"] })) {
    await world.database.delete(key);
  }
}

/** Changes, removes or inserts something: in the text, or in the bytes that a part of it encodes. */
function spoil(text: string, random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit);
  const json = JSON.parse(text);
  const parts = Object.keys(json.response).filter((it) => typeof json.response[it] === "string");
  const part = parts[below(parts.length)] as string;
  const bytes = Buffer.from(json.response[part], "base64url");
  const kind = below(5);
  if (kind === 0) bytes[below(bytes.length)] = below(256);
  if (kind === 1) return text.slice(0, below(text.length));
  if (kind === 2) {
    return text.slice(0, below(200)) + String.fromCharCode(below(128)) + text.slice(200);
  }
  if (kind === 3) {
    const odd = [null, 0, [], {}, "", "=", "\u0000", "A".repeat(9000)];
    const target = below(2) === 0 ? json : json.response;
    const names = Object.keys(target);
    target[names[below(names.length)] as string] = odd[below(odd.length)];
    return JSON.stringify(json);
  }
  const cut = kind === 4 ? bytes.subarray(0, below(bytes.length)) : bytes;
  json.response[part] = cut.toString("base64url");
  return JSON.stringify(json);
}
