import { deepEqual, equal, fail, ok } from "node:assert/strict";
import { readDevice } from "../../../lib/http/user_agent.ts";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import { Authenticator, type Changes } from "../../support/authenticator.ts";
import { ann, bob } from "../../support/people.ts";
import { test, type TestWorld } from "../../support/world.ts";

const session = "a session";
const device = readDevice("");
const login = { ceremony: "login", boundTo: null } as const;

async function registered(world: TestWorld, person = ann) {
  const result = await world.services.accounts.register(person);
  return result.ok ? result.user : fail(result.reason);
}

/** Registers a passkey, and says how that ended. */
async function register(
  world: TestWorld,
  user: Awaited<ReturnType<typeof registered>>,
  authenticator: Authenticator,
  changes: Changes = {},
) {
  const { passkeyCeremonies } = world.services;
  const options = await passkeyCeremonies.registrationOptions(user, session);
  const text = authenticator.create(options, changes);
  return await passkeyCeremonies.register(user, { text, sessionId: session, device });
}

/** Ann with one passkey. */
async function enrolled(world: TestWorld) {
  const user = await registered(world);
  const authenticator = new Authenticator();
  const result = await register(world, user, authenticator);
  ok(result.ok);
  return { user: result.user, authenticator };
}

async function logIn(
  world: TestWorld,
  { user, authenticator }: Awaited<ReturnType<typeof enrolled>>,
  changes: Changes = {},
): Promise<string> {
  const { passkeyCeremonies } = world.services;
  const options = await passkeyCeremonies.authenticationOptions(login);
  const result = await passkeyCeremonies.authenticate(
    user,
    authenticator.get(options, changes),
    login,
  );
  return result.ok ? "ok" : result.reason;
}

test("a passkey is a factor of its user, and proves them", async (world) => {
  const enrolment = await enrolled(world);

  deepEqual(enrolment.user.factors, ["hwk"]);
  equal(await logIn(world, enrolment), "ok");
  const [passkey] = await world.services.passkeys.list(enrolment.user.id);
  deepEqual(passkey?.lastUsedAt, world.now);
});

test("an answer to a registration is refused when any part is wrong [SEC-J2] [SEC-J3] [SEC-J4]", async (world) => {
  const user = await registered(world);
  const wrong: [Changes, string][] = [
    [{ type: "webauthn.get" }, "invalid"],
    [{ origin: "https://evil.example" }, "invalid"],
    [{ origin: "https://app.example:8443" }, "invalid"],
    [{ rpId: "evil.example" }, "invalid"],
    [{ crossOrigin: true }, "malformed"],
    [{ challenge: "AAAA" }, "challenge"],
    [{ flags: 4 + 64 }, "invalid"], // nobody was present
    [{ flags: 1 + 64 }, "invalid"], // the user was not verified
    [{ algorithm: -48 }, "invalid"],
    [{ algorithm: 0 }, "invalid"],
    [{ credentialType: "password" }, "invalid"],
    [{ rawId: "AAAA" }, "invalid"],
  ];

  for (const [changes, reason] of wrong) {
    const result = await register(world, user, new Authenticator(), changes);
    deepEqual(result, { ok: false, reason }, JSON.stringify(changes));
  }
  deepEqual(await world.services.passkeys.list(user.id), []);
  deepEqual((await world.services.accounts.find(user.id))?.factors, []);
});

test("an answer to a login is refused when any part is wrong [SEC-J2] [SEC-J3] [SEC-J5]", async (world) => {
  const enrolment = await enrolled(world);
  const other = await registered(world, bob);
  const wrong: [Changes, string][] = [
    [{ type: "webauthn.create" }, "invalid"],
    [{ origin: "http://app.example" }, "invalid"],
    [{ rpId: "example" }, "invalid"],
    [{ crossOrigin: true }, "malformed"],
    [{ flags: 4 }, "invalid"],
    [{ flags: 1 }, "invalid"],
    [{ userHandle: null }, "user_handle"],
    [{ userHandle: other.id }, "user_handle"],
    [{ credentialType: "password" }, "invalid"],
    [{ id: "AAAA" }, "unknown"],
    [{ id: "A".repeat(1365) }, "malformed"],
  ];

  for (const [changes, reason] of wrong) {
    equal(await logIn(world, enrolment, changes), reason, JSON.stringify(changes));
  }
  equal(await logIn(world, enrolment), "ok");
});

test("an answer that another key signed is refused [SEC-J4]", async (world) => {
  const { user, authenticator } = await enrolled(world);
  const forger = new Authenticator();

  const forged = { id: authenticator.id, userHandle: user.id };
  equal(await logIn(world, { user, authenticator: forger }, forged), "invalid");
});

test("a challenge works once, for its ceremony, for its session, for five minutes [SEC-J1]", async (world) => {
  const { passkeyCeremonies } = world.services;
  const { user, authenticator } = await enrolled(world);
  const use = { ceremony: "reauthenticate", boundTo: session } as const;
  const attempt = async (
    options: Parameters<Authenticator["get"]>[0],
    tried: Parameters<typeof passkeyCeremonies.authenticate>[2],
  ) => (await passkeyCeremonies.authenticate(user, authenticator.get(options), tried)).ok;
  const issue = () => passkeyCeremonies.authenticationOptions(use, user);

  const options = await issue();
  equal(await attempt(options, { ...use, boundTo: "another session" }), false);
  equal(await attempt(options, { ...use, boundTo: null }), false);
  equal(await attempt(options, { ...use, ceremony: "second_factor" }), false);
  equal(await attempt(options, login), false);
  equal(await attempt(await passkeyCeremonies.registrationOptions(user, session), use), false);
  equal(await attempt(options, use), true);
  equal(await attempt(options, use), false, "used before");

  const old = await issue();
  world.pass(5 * MINUTE - SECOND);
  equal(await attempt(old, use), true);
  const older = await issue();
  world.pass(5 * MINUTE);
  equal(await attempt(older, use), false);
});

test("a challenge that was changed, or that another key made, is refused [SEC-J1]", async (world) => {
  const { user, authenticator } = await enrolled(world);
  const [id = "", end = "", mac = ""] = atob(
    (await world.services.passkeyCeremonies.authenticationOptions(login)).challenge,
  ).split(".");
  const later = String(Number(end) + MINUTE);
  const changed = [[id, later, mac], [`A${id.slice(1)}`, end, mac], [id, end], [id, end, ""]];

  for (const parts of changed) {
    const challenge = btoa(parts.join(".")).replaceAll("=", "");
    equal(await logIn(world, { user, authenticator }, { challenge }), "challenge");
  }
  const kept = btoa([id, end, mac].join(".")).replaceAll("=", "");
  equal(await logIn(world, { user, authenticator }, { challenge: kept }), "ok");
});

test("of 20 answers to one challenge at once, one counts [SEC-J1]", async (world) => {
  const { passkeyCeremonies } = world.services;
  const { user, authenticator } = await enrolled(world);
  const text = authenticator.get(await passkeyCeremonies.authenticationOptions(login));

  const results = await Promise.all(
    Array.from({ length: 20 }, () => passkeyCeremonies.authenticate(user, text, login)),
  );
  equal(results.filter((it) => it.ok).length, 1);
});

test("a passkey belongs to one account, also when 20 add it at once [SEC-J5]", async (world) => {
  const users = [await registered(world), await registered(world, bob)] as const;
  const authenticator = new Authenticator();

  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => {
    return register(world, users[i % 2 as 0 | 1], authenticator);
  }));
  equal(results.filter((it) => it.ok).length, 1);
  equal(results.filter((it) => !it.ok && it.reason === "taken").length, 19);
  const counts = await Promise.all(users.map(({ id }) => world.services.passkeys.count(id)));
  deepEqual(counts.toSorted(), [0, 1]);
});

test("a copied passkey is refused once the other one was used [SEC-J6]", async (world) => {
  const enrolment = await enrolled(world);
  const { authenticator } = enrolment;
  authenticator.counter = 5;
  equal(await logIn(world, enrolment), "ok");
  const copy = authenticator.copy();
  authenticator.counter = 6;
  equal(await logIn(world, enrolment), "ok");

  copy.counter = 6;
  equal(await logIn(world, { ...enrolment, authenticator: copy }), "counter");
  copy.counter = 0;
  equal(await logIn(world, { ...enrolment, authenticator: copy }), "counter");
  authenticator.counter = 7;
  equal(await logIn(world, enrolment), "ok");
});

test("an authenticator that does not count works again and again", async (world) => {
  const enrolment = await enrolled(world);

  for (let i = 0; i < 3; i++) equal(await logIn(world, enrolment), "ok");
});

test("a passkey is named by its authenticator, else by the browser", async (world) => {
  const user = await registered(world);
  const { passkeyCeremonies } = world.services;
  const add = async (aaguid: string, userAgent: string) => {
    const options = await passkeyCeremonies.registrationOptions(user, session);
    const text = new Authenticator().create(options, { aaguid });
    const device = readDevice(userAgent);
    const result = await passkeyCeremonies.register(user, { text, sessionId: session, device });
    return result.ok ? result.passkey.name : result.reason;
  };
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

  equal(await add("bada5566-a7aa-401f-bd96-45619a55120d", firefox), "1Password");
  equal(await add("00000000-0000-0000-0000-000000000000", firefox), "Firefox, Linux");
  equal(await add("00000000-0000-0000-0000-000000000000", "?"), "Latchkey passkey");
});

test("an account has at most 20 passkeys, and names them to the browser", async (world) => {
  const user = await registered(world);
  for (let i = 0; i < 20; i++) ok((await register(world, user, new Authenticator())).ok);

  const result = await register(world, user, new Authenticator());
  deepEqual(result, { ok: false, reason: "too_many" });
  const { excludeCredentials } = await world.services.passkeyCeremonies.registrationOptions(
    user,
    session,
  );
  equal(excludeCredentials?.length, 20);
});

test("the last way into an account stays, and a passkey that is removed works no more [SEC-J8]", async (world) => {
  const { passkeys } = world.services;
  const first = await enrolled(world);
  const second = new Authenticator();
  ok((await register(world, first.user, second)).ok);

  ok((await passkeys.remove(first.user.id, first.authenticator.id)).ok);
  equal(await logIn(world, first), "unknown");
  equal(await logIn(world, { ...first, authenticator: second }), "ok");

  world.allowInvalidData("no account is without a password yet");
  await world.database.delete(["password", first.user.id]);
  const refused = await passkeys.remove(first.user.id, second.id);
  deepEqual(refused, { ok: false, reason: "last_way_in" });
  equal(await passkeys.count(first.user.id), 1);
});

test("the last passkey takes the factor with it, also when two are removed at once", async (world) => {
  const { passkeys, accounts } = world.services;
  const first = await enrolled(world);
  const second = new Authenticator();
  ok((await register(world, first.user, second)).ok);

  const removed = await Promise.all(
    [first.authenticator.id, second.id].map((id) => passkeys.remove(first.user.id, id)),
  );
  ok(removed.every((it) => it.ok));
  deepEqual((await accounts.find(first.user.id))?.factors, []);
  equal(await passkeys.count(first.user.id), 0);
});
