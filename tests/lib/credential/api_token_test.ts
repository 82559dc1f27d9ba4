import { deepEqual, equal, fail, match, notEqual, ok } from "node:assert/strict";
import { crc32 } from "node:zlib";
import type { User } from "../../../lib/account/user.ts";
import type { NewApiToken } from "../../../lib/credential/api_token.ts";
import { newTokenText, parseTokenText } from "../../../lib/credential/api_token_text.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/time.ts";
import { ann, bob } from "../../support/people.ts";
import { test, type TestWorld } from "../../support/world.ts";

const reader: NewApiToken = { name: "Reader", scopes: ["profile:read"], days: 90 };
const nothingMore = () => Promise.resolve();
const someId = "AAAAAAAAAAAAAAAAAAAAAA";

async function userOf(world: TestWorld, person = ann): Promise<User> {
  const result = await world.services.accounts.register(person);
  return result.ok ? result.user : fail(result.reason);
}

/** The text and the id of a new token. */
async function create(world: TestWorld, user: User, made: Partial<NewApiToken> = {}) {
  const { apiTokens } = world.services;
  const created = await apiTokens.create(user, { ...reader, ...made }, nothingMore);
  const text = await apiTokens.takeNew(user.id) ?? "";
  return { text, id: created.ok ? created.token.id : fail(created.reason) };
}

async function reasonOf(world: TestWorld, text: string): Promise<string> {
  const result = await world.services.apiTokens.authenticate(text);
  return result.ok ? "works" : result.reason;
}

const kindsIn = async (world: TestWorld) =>
  (await world.dump()).map(({ key }) => String(key[0])).filter((kind) =>
    kind.includes("api_token")
  );

test("a token has a prefix, letters and digits, and a CRC-32 at the end [SEC-C17]", async (world) => {
  const user = await userOf(world);
  const texts = Array.from({ length: 50 }, () => newTokenText(user.id));

  for (const { text, id } of texts) {
    match(text, /^lk_[0-9A-Za-z]{92}$/);
    deepEqual(parseTokenText(text), { ok: true, userId: user.id, id });
    const checksum = [...text.slice(-6)].reduce((sum, digit) => {
      const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
      return sum * 62 + digits.indexOf(digit);
    }, 0);
    equal(checksum, crc32(text.slice(0, -6)));
  }
  equal(new Set(texts.map(({ text }) => text)).size, texts.length);
});

test("a typing error anywhere is found without the database", async (world) => {
  const user = await userOf(world);
  const { text } = await create(world, user);
  const misspelled = [...text].map((char, i) =>
    text.slice(0, i) + (char === "x" ? "y" : "x") + text.slice(i + 1)
  );

  const cost = await world.cost(async () => {
    for (const [i, other] of misspelled.entries()) {
      equal(await reasonOf(world, other), i < 3 ? "malformed" : "checksum", other);
    }
    for (
      const other of ["", "lk_", text + "0", text.slice(0, -1), ` ${text}`, "x".repeat(10_000)]
    ) {
      equal(await reasonOf(world, other), "malformed");
    }
  });
  deepEqual([cost.keys, cost.commits], [0, 0]);
});

test("a token finds its user and scopes, and the database has only its digest", async (world) => {
  const user = await userOf(world);
  const { text, id } = await create(world, user, { scopes: ["events:read", "sessions:end"] });

  const found = await world.services.apiTokens.authenticate(text);
  ok(found.ok);
  equal(found.user.id, user.id);
  deepEqual([found.token.id, found.token.scopes], [id, ["events:read", "sessions:end"]]);
  const stored = Deno.inspect(await world.dump(), { depth: 9, strAbbreviateSize: 1000 });
  ok(!stored.includes(text.slice(20, 60)));
});

test("a right checksum does not make a token", async (world) => {
  const user = await userOf(world);
  await create(world, user);

  equal(await reasonOf(world, newTokenText(user.id).text), "unknown");
  equal(await reasonOf(world, newTokenText(someId).text), "unknown");
});

test("another secret does not open the record of a token", async (world) => {
  const user = await userOf(world);
  const one = await create(world, user);
  const other = await create(world, user);
  const digestOf = async (id: string) => {
    const entry = await world.kv.get<{ digest: string }>(["api_token", user.id, id]);
    return entry.value?.digest;
  };

  notEqual(await digestOf(one.id), await digestOf(other.id));
  const record = await world.kv.get(["api_token", user.id, one.id]);
  await world.kv.atomic().set(["api_token", user.id, other.id], record.value).commit();
  equal(await reasonOf(world, other.text), "unknown");
});

test("a revoked token ends at once, and again is no error [SEC-C17]", async (world) => {
  const user = await userOf(world);
  const { text, id } = await create(world, user);
  const { apiTokens } = world.services;

  equal((await apiTokens.revoke(user.id, id, nothingMore))?.name, "Reader");
  equal(await reasonOf(world, text), "unknown");
  equal(await apiTokens.revoke(user.id, id, nothingMore), null);
  deepEqual(await kindsIn(world), ["new_api_token"]);
});

test("nobody revokes the token of somebody else [SEC-L2]", async (world) => {
  const user = await userOf(world);
  const other = await userOf(world, bob);
  const { text, id } = await create(world, user);

  equal(await world.services.apiTokens.revoke(other.id, id, nothingMore), null);
  equal(await reasonOf(world, text), "works");
});

test("a token ends on its day, even if the database deletes nothing", async (world) => {
  world.broken.neverExpires = true;
  const user = await userOf(world);
  const { text } = await create(world, user, { days: 3 });

  world.pass(3 * DAY - MINUTE);
  equal(await reasonOf(world, text), "works");
  world.pass(MINUTE);
  equal(await reasonOf(world, text), "expired");
  deepEqual(await world.services.apiTokens.list(user), []);
});

test("every raise of the epoch ends tokens, except a change of the own password [SEC-C17]", async (world) => {
  const user = await userOf(world);
  const { text } = await create(world, user);
  const { accounts, administration, events } = world.services;

  const changed = await accounts.changePassword(user, "twelve grey herons wade");
  ok(changed);
  equal(changed.epoch, user.epoch + 1);
  equal(await reasonOf(world, text), "works");
  const second = await create(world, changed);
  equal((await world.services.apiTokens.list(changed)).length, 2);

  const write = async () =>
    await events.records(user.id, { kind: "sessions_ended", by: "command" });
  ok((await administration.endSessions("command", user.id, async () => [...await write()])).ok);
  equal(await reasonOf(world, text), "ended");
  equal(await reasonOf(world, second.text), "ended");
  equal((await world.services.apiTokens.list(await current(world, user))).length, 0);

  const third = await create(world, await current(world, user));
  await accounts.markCompromised(user.email, nothingMore);
  equal(await reasonOf(world, third.text), "ended");
});

async function current(world: TestWorld, { id }: User): Promise<User> {
  return await world.services.accounts.find(id) ?? fail("the user is gone");
}

test("a suspended or deleted user has no tokens", async (world) => {
  const user = await userOf(world);
  const { text } = await create(world, user);
  const { accounts, administration, ownedRecords, events } = world.services;
  const event = (kind: "suspended" | "reactivated") => async () =>
    await events.records(user.id, { kind, by: "command" });

  await administration.suspend("command", user.id, "Spam", event("suspended"));
  equal(await reasonOf(world, text), "ended");
  await administration.reactivate("command", user.id, event("reactivated"));
  equal(await reasonOf(world, text), "ended", "a new one has to be made");

  const other = await create(world, await current(world, user));
  await accounts.delete(user, async (operation) => {
    await ownedRecords.removeAll(operation, user.id);
    return true;
  });
  equal(await reasonOf(world, other.text), "unknown");
  deepEqual(await world.dump(), []);
});

test("a request of a login that ended makes no token", async (world) => {
  const user = await userOf(world);
  await world.services.accounts.markCompromised(user.email, nothingMore);

  const created = await world.services.apiTokens.create(user, reader, nothingMore);
  deepEqual(created, { ok: false, reason: "ended" });
});

test("nobody has more than 20 tokens, however many are made at once", async (world) => {
  const user = await userOf(world);
  for (let i = 0; i < 15; i++) await create(world, user);

  const made = await Promise.all(
    Array.from({ length: 10 }, () => world.services.apiTokens.create(user, reader, nothingMore)),
  );
  equal(made.filter(({ ok }) => ok).length, 5);
  equal((await world.services.apiTokens.list(user)).length, 20);
});

test("tokens that ended make room, and their records go", async (world) => {
  world.broken.neverExpires = true;
  const user = await userOf(world);
  for (let i = 0; i < 20; i++) await create(world, user, { days: 8 });

  world.pass(8 * DAY);
  await create(world, user, { days: 8 });
  deepEqual((await kindsIn(world)).sort(), ["api_token", "api_token_end", "new_api_token"]);
});

test("a token that is revoked while it is used stays revoked", async (world) => {
  const user = await userOf(world);
  for (let round = 0; round < 20; round++) {
    const { text, id } = await create(world, user);
    const [, revoked] = await Promise.all([
      reasonOf(world, text),
      world.services.apiTokens.revoke(user.id, id, nothingMore),
    ]);
    ok(revoked);
    equal(await reasonOf(world, text), "unknown");
  }
});

test("the last use is written at most once an hour", async (world) => {
  const user = await userOf(world);
  const { text } = await create(world, user);
  const use = () => world.cost(() => reasonOf(world, text));

  deepEqual(await use(), { keys: 2, roundTrips: 2, commits: 1, hashes: 0 });
  deepEqual(await use(), { keys: 2, roundTrips: 1, commits: 0, hashes: 0 });
  world.pass(HOUR - MINUTE);
  equal((await use()).commits, 0);
  world.pass(MINUTE);
  equal((await use()).commits, 1);
  deepEqual((await world.services.apiTokens.list(user))[0]?.lastUsedAt, world.now);
});

test("a new token is shown once, for ten minutes", async (world) => {
  const user = await userOf(world);
  await create(world, user);
  const { apiTokens } = world.services;

  equal(await apiTokens.takeNew(user.id), null);
  await apiTokens.create(user, reader, nothingMore);
  world.pass(10 * MINUTE);
  equal(await apiTokens.takeNew(user.id), null);
});
