import { deepEqual, equal, ok } from "node:assert/strict";
import { checkStore } from "../../lib/cli/kv_check.ts";
import { breakages } from "../support/breakages.ts";
import type { Browser } from "../support/browser.ts";
import { damageRecord } from "../support/damage.ts";
import { HostileProvider } from "../support/hostile_provider.ts";
import { identitiesPath } from "../support/identity.ts";
import { logOutAtProvider } from "../support/provider_logout.ts";
import { isLoggedIn, signIn, signUp } from "../support/sign_in.ts";
import { TestWorld } from "../support/world.ts";

const bobs = { sub: "bob", email: "bob@example.com" };

/** Ann and Bob, who log in with a provider, in a file that can be damaged. */
async function inhabited() {
  const folder = await Deno.makeTempDir({ prefix: "latchkey-" });
  const path = `${folder}/latchkey.db`;
  const provider = await HostileProvider.start();
  const world = await TestWorld.create({
    path,
    fetch: globalThis.fetch,
    config: { providers: [provider.config] },
  });
  world.allowInvalidData("a record is broken on purpose");
  const bob = await signUp(world, provider, { ...bobs, sid: "session-of-bob" });
  await logOutAtProvider(world, provider, { sub: "stranger", jti: "logout-of-bob" });
  const before = new Set((await world.dump()).map(({ key }) => key.join()));
  const ann = await signUp(world, provider, { sid: "session-of-ann" });
  await logOutAtProvider(world, provider, { sub: "stranger", jti: "logout-of-ann" });
  const own = (await world.dump()).filter(({ key }) => !before.has(key.join()));
  return {
    world,
    provider,
    path,
    ann,
    bob,
    record(kind: string): Deno.KvEntry<unknown> {
      const found = own.find(({ key }) => key[0] === kind);
      ok(found, kind);
      return found;
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

type Inhabited = Awaited<ReturnType<typeof inhabited>>;

/** How the requests answer that need a record of Ann's at the provider. */
async function statuses({ world, provider, ann }: Inhabited): Promise<Record<string, number>> {
  const page = await ann.copy().get(identitiesPath);
  const entered = await signIn(world, provider, world.browser());
  const names = { sub: undefined, sid: "session-of-ann" };
  const replayed = await logOutAtProvider(world, provider, { ...names, jti: "logout-of-ann" });
  const ended = await logOutAtProvider(world, provider, names);
  return {
    page: page.status,
    signIn: entered.status,
    replay: replayed.status,
    logout: ended.status,
  };
}

async function repair(world: TestWorld): Promise<void> {
  for await (const finding of checkStore(world.kv, world.now)) await finding.repair?.commit();
}

async function bobComesAndGoes({ world, provider, bob }: Inhabited): Promise<void> {
  ok(await isLoggedIn(bob.copy()));
  const again: Browser = world.browser();
  equal((await signIn(world, provider, again, bobs)).headers.get("location"), "/profile");
  const sid = "session-of-bob";
  equal((await logOutAtProvider(world, provider, { sub: undefined, sid })).status, 200);
  ok(!await isLoggedIn(again));
}

for (const kind of ["identity", "identity_of", "provider_session", "logout_token"]) {
  Deno.test(`a broken ${kind} record is found, and fails no request [REL-R29]`, async () => {
    await using it = await inhabited();
    const { world } = it;
    const { key, value } = it.record(kind);
    const restore = await world.checkpoint();
    for (const corrupt of breakages(value)) {
      await restore();
      await world.database.set(key, corrupt);
      const what = Deno.inspect(corrupt);
      ok((await world.findings()).length > 0, `not found: ${what}`);
      for (const [where, status] of Object.entries(await statuses(it))) {
        ok(status < 500, `${where}: ${status} with ${what}`);
      }
      await bobComesAndGoes(it);
    }
  });
}

const sound = { page: 200, signIn: 303, replay: 400, logout: 200 };
const outcomes = [
  { kind: "identity", expected: { ...sound, signIn: 500, logout: 500 }, isRepaired: false },
  {
    kind: "identity_of",
    expected: { ...sound, page: 500, signIn: 500, logout: 500 },
    isRepaired: false,
  },
  { kind: "provider_session", expected: { ...sound, logout: 500 }, isRepaired: true },
  { kind: "logout_token", expected: { ...sound, replay: 500 }, isRepaired: true },
];

for (const { kind, expected, isRepaired } of outcomes) {
  Deno.test(
    `a damaged ${kind} record fails the requests that need it with 500, nobody else's, and ${
      isRepaired ? "is deleted by the repair" : "is left to a person"
    } [REL-R29]`,
    async () => {
      await using it = await inhabited();
      const { world } = it;
      const { key } = it.record(kind);
      damageRecord(it.path, key);

      deepEqual(await statuses(it), expected);
      await bobComesAndGoes(it);
      const finding = `damaged ${key.join(" ")}`;
      deepEqual(await world.findings(), [finding]);
      await repair(world);
      deepEqual(await world.findings(), isRepaired ? [] : [finding]);
    },
  );
}
