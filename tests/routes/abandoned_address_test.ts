import { deepEqual, equal, ok } from "node:assert/strict";
import { importUsers } from "../../lib/cli/users_import.ts";
import vectors from "../lib/credential/vectors/legacy_hashes.json" with { type: "json" };
import { ann, eve } from "../support/people.ts";
import { testWithMail as test, type TestWorld } from "../support/world.ts";

// An address whose account waits for its link, or is gone: who may have it.

const { email } = eve;
const [vector] = vectors as unknown as [{ hash: string; password: string }];

/** Somebody registers Eve's address, and does not open the link. */
async function registerOnly(world: TestWorld): Promise<string> {
  await world.browser().post("/register", { ...eve });
  return await world.linkTo(email);
}

/** Loses records of Eve's registration: KV deletes each at a time of its own. */
async function lose(world: TestWorld, ...kinds: string[]): Promise<void> {
  world.allowInvalidData("the records of a registration expire one by one");
  const index = await world.database.get<string>(["user_by_email", email]);
  for (const kind of kinds) await world.database.delete([kind, index.value as string]);
}

async function importEve(world: TestWorld, mode: "write" | "dry_run"): Promise<number> {
  const lines = (async function* () {
    yield JSON.stringify({ email, name: "Eve", hash: vector.hash, verified: true });
  })();
  return (await importUsers(lines, world.services.accounts, mode)).imported;
}

/** Ways to get an address; each says whether it succeeded. */
const ways: readonly [name: string, take: (world: TestWorld) => Promise<boolean>][] = [
  ["registering", async (world) => {
    await registerOnly(world);
    return (await world.mailTo(email)).text.includes("/verify-email/");
  }],
  ["registering without mail", async ({ services }) => {
    return (await services.accounts.register(eve)).ok;
  }],
  ["an import", async (world) => {
    const planned = await importEve(world, "dry_run");
    const imported = await importEve(world, "write");
    equal(imported, planned, "the dry run says what the import does");
    return imported === 1;
  }],
  ["a change of address", async (world) => {
    const browser = await world.register(ann);
    await browser.post("/reauthenticate", { password: ann.password });
    await browser.post("/account/email", { email });
    await browser.get(await world.linkTo(email));
    await browser.post("/account/email/confirm");
    const page = await (await browser.get("/profile")).text();
    return page.includes(email);
  }],
];

for (const [way, take] of ways) {
  test(`${way} takes an address that an unconfirmed registration holds`, async (world) => {
    const link = await registerOnly(world);

    ok(await take(world));
    const stranger = world.browser();
    await stranger.get(link);
    equal((await stranger.get("/verify-email/confirm")).status, 410);
  });

  test(`${way} takes an address of which nothing but the index is left`, async (world) => {
    await registerOnly(world);
    await lose(world, "user", "password");

    ok(await take(world));
    const index = await world.database.get<string>(["user_by_email", email]);
    const user = await world.database.get<{ email: string }>(["user", index.value as string]);
    equal(user.value?.email, email);
  });

  test(`${way} leaves the address of an account whose user was lost`, async (world) => {
    await registerOnly(world);
    await lose(world, "user");
    const before = await world.database.get(["user_by_email", email]);

    await take(world).catch(() => false); // one waits for a mail that nobody gets
    deepEqual(await world.database.get(["user_by_email", email]), before);
  });
}

test("a user who was imported over an unconfirmed registration logs in", async (world) => {
  await registerOnly(world);
  await importEve(world, "write");

  const browser = world.browser();
  await browser.post("/login", { email, password: vector.password });
  equal((await browser.get("/profile")).status, 200);
});
