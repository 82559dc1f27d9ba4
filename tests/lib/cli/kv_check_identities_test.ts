import { deepEqual, equal } from "node:assert/strict";
import { checkStore } from "../../../lib/cli/kv_check.ts";
import { HostileProvider } from "../../support/hostile_provider.ts";
import { confirmPath, signIn, signUp } from "../../support/sign_in.ts";
import { TestWorld } from "../../support/world.ts";

const subject = "ann-at-hostile";

interface Populated {
  readonly world: TestWorld;
  readonly provider: HostileProvider;
  readonly kv: Deno.Kv;
  readonly issuer: string;
  /** Ann's, who has no password. */
  readonly userId: string;
}

function identityTest(name: string, run: (it: Populated) => Promise<void>): void {
  Deno.test(name, async () => {
    await using provider = await HostileProvider.start();
    const { issuer } = provider;
    const config = { providers: [provider.config] };
    await using world = await TestWorld.create({ fetch: globalThis.fetch, config });
    await signUp(world, provider, { sid: "session-1" });
    deepEqual(await world.findings(), []);
    world.allowInvalidData("the check is to find it");
    const kv = world.database;
    const { value } = await kv.get<{ userId: string }>(["identity", issuer, subject]);
    await run({ world, provider, kv, issuer, userId: value?.userId ?? "" });
  });
}

/** Repairs what can be repaired, and returns the findings that are left. */
async function repair(world: TestWorld): Promise<string[]> {
  for await (const finding of checkStore(world.kv, world.now)) await finding.repair?.commit();
  return await world.findings();
}

async function targetOfSignIn({ world, provider }: Populated, claims = {}): Promise<string | null> {
  return (await signIn(world, provider, world.browser(), claims)).headers.get("location");
}

identityTest(
  "an identity that leads to nobody is found, and logs in after the repair [REL-R29]",
  async (it) => {
    const { world, kv, issuer, userId } = it;
    await kv.delete(["identity", issuer, subject]);

    deepEqual(await world.findings(), [`identity_missing identity_of ${userId} ${issuer}`]);
    equal(await targetOfSignIn(it), confirmPath);
    deepEqual(await repair(world), []);
    equal(await targetOfSignIn(it), "/profile");
  },
);

identityTest(
  "an identity whose user does not have it is found, and free after the repair [REL-R29]",
  async (it) => {
    const { world, kv, issuer, userId } = it;
    await kv.set(["identity", issuer, "eve"], { v: 1, userId });

    deepEqual(await world.findings(), [`identity_astray identity ${issuer} eve`]);
    deepEqual(await repair(world), []);
    equal((await kv.get(["identity", issuer, "eve"])).versionstamp, null);
    equal(await targetOfSignIn(it), "/profile");
  },
);

identityTest(
  "a user who lists an identity that is lost has no way in, for a person to mend [REL-P2]",
  async (it) => {
    const { world, kv, issuer, userId } = it;
    const description = await kv.get(["identity_of", userId, issuer]);
    await kv.delete(description.key);

    const noWayIn = `no_way_in user ${userId}`;
    deepEqual(await world.findings(), [
      `identity_astray identity ${issuer} ${subject}`,
      `identities_wrong user ${userId}`,
      noWayIn,
    ]);
    deepEqual(await repair(world), [noWayIn]);
    await kv.set(description.key, description.value);
    deepEqual(await repair(world), []);
    equal(await targetOfSignIn(it), "/profile");
  },
);

identityTest(
  "a user who does not list an identity lists it after the repair [REL-P2]",
  async (it) => {
    const { world, kv, issuer, userId } = it;
    const { key, value } = await kv.get<object>(["user", userId]);
    await kv.set(key, { ...value, identities: [] });

    deepEqual(await world.findings(), [
      `identities_wrong identity_of ${userId} ${issuer}`,
      `no_way_in user ${userId}`,
    ]);
    deepEqual(await repair(world), []);
    deepEqual((await kv.get(key)).value, value);
  },
);

identityTest(
  "an identity that leads to another user than the one it describes is found, and leads back [REL-P3]",
  async (it) => {
    const { world, provider, kv, issuer, userId } = it;
    await signUp(world, provider, { sub: "bob", email: "bob@example.com" });
    const { value } = await kv.get<{ userId: string }>(["identity", issuer, "bob"]);
    await kv.set(["identity", issuer, subject], value);

    const found = (await world.findings()).sort();
    deepEqual(found, [
      `identity_astray identity ${issuer} ${subject}`,
      `identity_twice identity_of ${userId} ${issuer}`,
    ]);
    deepEqual(await repair(world), []);
    equal(await targetOfSignIn(it), "/profile");
  },
);

identityTest(
  "the identity of a lost user is kept, to make the user anew of it [REL-P2]",
  async (it) => {
    const { world, kv, issuer, userId } = it;
    const { key, value } = await kv.get(["user", userId]);
    await kv.delete(key);

    const orphan = `orphan identity_of ${userId} ${issuer}`;
    deepEqual((await repair(world)).filter((line) => line.includes("identity")), [orphan]);
    await kv.atomic().set(key, value).set(["user_by_email", "ann@example.com"], userId).commit();
    deepEqual(await repair(world), []);
    equal(await targetOfSignIn(it), "/profile");
  },
);

identityTest(
  "what is noted of sessions and logouts at a provider is checked, and deleted where it cannot be read",
  async ({ world, kv }) => {
    await kv.set(["provider_session", "x"], { v: 1, sealed: "text", expiresAt: world.now });
    await kv.set(["provider_session", "y"], {
      v: 1,
      sealed: new Uint8Array(),
      expiresAt: world.now,
    });
    await kv.set(["logout_token", "x"], { v: 2, expiresAt: world.now });

    deepEqual(await world.findings(), [
      "unreadable logout_token x",
      "unreadable provider_session x",
    ]);
    deepEqual(await repair(world), []);
  },
);
