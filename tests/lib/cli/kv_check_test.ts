import { deepEqual, equal, fail, match, ok } from "node:assert/strict";
import { checkStore } from "../../../lib/cli/kv_check.ts";
import { HOUR } from "../../../lib/time.ts";
import { Authenticator } from "../../support/authenticator.ts";
import { ann } from "../../support/people.ts";
import { withSecondFactor } from "../../support/second_factor.ts";
import { TaskFiles } from "../../support/task.ts";
import { test, TestWorld } from "../../support/world.ts";

const { email, password } = ann;

/** Ann and Bob, and the keys of Ann's records. */
async function populated() {
  const world = await TestWorld.create();
  world.allowInvalidData("the check is to find it");
  await world.bob();
  const before = new Set((await world.dump()).map(({ key }) => key.join()));
  const browser = world.browser();
  await world.ann();
  await browser.post("/login", { email, password, remember: "on" });
  const own = (await world.dump()).filter(({ key }) => !before.has(key.join()));
  const key = (kind: string) => own.find((entry) => entry.key[0] === kind)?.key ?? [];
  const kv = world.database;
  const user = (await kv.get<{ id: string }>(key("user"))).value;
  return { world, kv, key, user, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** Repairs what can be repaired, and returns the findings that are left. */
async function repair(world: TestWorld): Promise<string[]> {
  for await (const finding of checkStore(world.kv, world.now)) await finding.repair?.commit();
  return await world.findings();
}

Deno.test("of what the app writes nothing is wrong [REL-P2] [REL-P3]", async () => {
  await using it = await populated();
  deepEqual(await it.world.findings(), []);
});

Deno.test("a user whom no address leads to is found, and can log in after the repair [REL-R29]", async () => {
  await using it = await populated();
  const { world, kv, key } = it;
  await kv.delete(key("user_by_email"));

  deepEqual(await world.findings(), [`index_missing ${key("user").join(" ")}`]);
  equal((await world.browser().post("/login", { email, password })).status, 422);
  deepEqual(await repair(world), []);
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

Deno.test("an address that leads to nobody is found, and free after the repair [REL-R29]", async () => {
  await using it = await populated();
  const { world, kv } = it;
  await kv.set(["user_by_email", "eve@example.com"], "nobody");

  deepEqual(await world.findings(), ["index_astray user_by_email eve@example.com"]);
  deepEqual(await repair(world), []);
  await world.register({ ...ann, email: "eve@example.com" });
});

Deno.test("an address that leads to somebody else leads to its user after the repair [REL-R29]", async () => {
  await using it = await populated();
  const { world, kv, key } = it;
  const [bob] = await Array.fromAsync(
    kv.list<string>({ prefix: ["user_by_email"] }, { reverse: true }),
  );
  await kv.set(key("user_by_email"), bob?.value);

  equal((await world.findings()).length, 2, "seen from the user, and from the address");
  deepEqual(await repair(world), []);
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

Deno.test("two users with one address are found, and left to a person [REL-P3]", async () => {
  await using it = await populated();
  const { world, kv, key, user } = it;
  await kv.set(["user", "twin"], { ...user, id: "twin" });
  await kv.set(["password", "twin"], (await kv.get(key("password"))).value);

  const found = await world.findings();
  deepEqual(found.map((line) => line.split(" ")[0]), [
    "list_incomplete",
    "list_incomplete",
    "address_twice",
  ]);
  deepEqual(await repair(world), ["address_twice user twin"]);
});

Deno.test("a user without a password is found, and left to a person [REL-P2]", async () => {
  await using it = await populated();
  await it.kv.delete(it.key("password"));
  deepEqual(await it.world.findings(), [`no_way_in ${it.key("user").join(" ")}`]);
});

Deno.test("a user who cannot be read keeps the address and all else, for a person to mend [REL-R29]", async () => {
  await using it = await populated();
  const { world, kv, key, user } = it;
  await kv.set(key("user"), { ...user, v: 99 });

  deepEqual(await world.findings(), [`unreadable ${key("user").join(" ")}`]);
  const before = (await world.dump()).length;
  await repair(world);
  equal((await world.dump()).length, before);
  await kv.set(key("user"), user);
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

Deno.test("what a lost user leaves behind is found; the repair ends the logins, and keeps what the user can be made anew of [REL-P2]", async () => {
  await using it = await populated();
  const { world, kv, key, user } = it;
  await kv.delete(key("user"));

  const found = (await world.findings()).map((line) => line.replaceAll(String(user?.id), "ann"));
  deepEqual(found.map((line) => line.split(" ").slice(0, 2).join(" ")).sort(), [
    "index_astray user_by_email",
    "leftover event",
    "leftover event",
    "leftover event",
    "leftover remember",
    "leftover session",
    "leftover session",
    "list_astray user_by_name",
    "list_astray user_by_time",
    "orphan password",
  ]);
  world.pass(25 * HOUR);
  equal((await world.findings()).filter((line) => line.startsWith("leftover session")).length, 0);
  const left = (await repair(world)).map((line) => line.split(" ").slice(0, 2).join(" "));
  deepEqual(left.sort(), ["index_astray user_by_email", "orphan password"]);
  deepEqual((await world.dump()).filter(({ key }) => key[0] === "remember"), []);

  await kv.set(key("user"), user);
  const ofTheUser = (await world.findings()).map((line) => line.split(" ")[0]);
  deepEqual(ofTheUser, ["list_incomplete", "list_incomplete"]);
  deepEqual(await repair(world), []);
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

Deno.test("records of limits are whole; what nothing writes is found, and left alone", async () => {
  await using it = await populated();
  const { world, kv } = it;
  const sound = { v: 1, count: 3, at: world.now, expiresAt: world.now };
  await kv.set(["rate", "account", "over"], sound);
  deepEqual(await world.findings(), []);

  await kv.set(["rate", "account", "x"], { ...sound, expiresAt: undefined });
  await kv.set(["rate", "account", "y"], { ...sound, count: "three" });
  await kv.set(["constructor", "z"], 1);
  deepEqual(await world.findings(), [
    "unknown_kind constructor z",
    "unreadable rate account x",
    "unreadable rate account y",
  ]);
  deepEqual(await repair(world), ["unknown_kind constructor z"]);
});

Deno.test("a key that is longer, shorter or made of other parts than any that is written is found", async () => {
  await using it = await populated();
  const { world, kv, key } = it;
  const keys: Deno.KvKey[] = [
    ["password", String(key("password")[1]), "more"],
    ["rate", "account"],
    ["rate", "nonsense", "x"],
    ["session", 7, "x"],
    ["user"],
    ["user", String(key("user")[1]), "more"],
    ["user\0"],
    ["user_by_email", email, "x"],
    [true],
  ];
  for (const own of keys) {
    const [kind = "", id = ""] = own;
    await kv.set(own, (await kv.get([kind, id])).value ?? "x");
  }

  const found = await world.findings();
  deepEqual(found.sort(), keys.map((own) => `unknown_kind ${own.join(" ")}`).sort());
  equal(found.length, keys.length, "each of them once");
});

Deno.test("a repair is not done when the data changed after it was looked at [REL-R29]", async () => {
  await using it = await populated();
  const { world, kv, key, user } = it;
  await kv.delete(key("user_by_email"));
  const [finding] = await Array.fromAsync(checkStore(world.kv, world.now));

  await kv.set(key("user_by_email"), user?.id);
  const set = (await kv.get(key("user_by_email"))).versionstamp;
  equal((await finding?.repair?.commit())?.ok, false);
  equal((await kv.get(key("user_by_email"))).versionstamp, set);
});

test("a check beside a busy app finds nothing that is not there", async (world) => {
  let busy = true;
  const work = (async () => {
    for (let round = 0; round < 30; round++) {
      const browser = await world.register({ ...ann, email: `${round}@example.com` });
      if (round % 2) await browser.post("/account/delete", { email: `${round}@example.com` });
    }
    busy = false;
  })();

  let rounds = 0;
  while (busy) {
    const found = (await world.findings()).filter((line) => !line.startsWith("leftover"));
    deepEqual(found, []);
    rounds++;
  }
  await work;
  ok(rounds > 1);
});

Deno.test("deno task kv:check reports and exits 1, repairs and exits 0", async () => {
  await using files = await TaskFiles.create();
  const kv = await Deno.openKv(files.path);
  await kv.set(["user_by_email", "eve@example.com"], "nobody");
  await kv.set(["odd", "\x1b[31m\u202etxt"], 1);
  kv.close();

  const report = await files.run("kv:check");
  equal(report.code, 1, report.errors);
  match(report.out, /^unknown_kind odd \\u001b\[31m\\u202etxt: /, "a terminal obeys no key");
  match(report.out, /^index_astray user_by_email eve@example\.com: .*--repair sets it right/m);
  const repaired = await files.run("kv:check", "--repair");
  match(repaired.out, /eve.*\(repaired\)\nProblems left: 1\.\n$/);

  const mended = await Deno.openKv(files.path);
  await mended.delete(["odd", "\x1b[31m\u202etxt"]);
  mended.close();
  deepEqual(await files.run("kv:check"), { code: 0, out: "The database is empty.\n", errors: "" });
  const started = await Deno.openKv(files.path);
  await started.set(["health"], "started");
  started.close();
  deepEqual(await files.run("kv:check"), { code: 0, out: "No problems found.\n", errors: "" });
});

test("mails that cannot be read are found, and deleted by the repair", async (world) => {
  world.allowInvalidData("the check is to find it");
  for (const kind of ["outbox", "mailbox"]) await world.database.set([kind, "1"], { v: 1 });
  await world.database.set(["outbox", "1", "2"], { v: 1 });

  deepEqual(await world.findings(), [
    "unreadable mailbox 1",
    "unreadable outbox 1",
    "unknown_kind outbox 1 2",
  ]);
  deepEqual(await repair(world), ["unknown_kind outbox 1 2"]);
});

test("records of an app and of recovery codes that cannot be read are found, and deleted by the repair", async (world) => {
  world.allowInvalidData("the check is to find it");
  const { user } = await withSecondFactor(world);
  for (
    const key of [["totp", user.id], ["recovery_code", user.id, "0"], [
      "new_recovery_codes",
      user.id,
    ]]
  ) {
    await world.database.set(key, { v: 1 });
  }
  await world.database.set(["totp", "nobody"], (await world.database.get(["totp", user.id])).value);

  deepEqual(await world.findings(), [
    `unreadable new_recovery_codes ${user.id}`,
    `unreadable recovery_code ${user.id} 0`,
    ...[`unreadable totp ${user.id}`, "unreadable totp nobody"].sort(),
  ]);
  deepEqual(await repair(world), []);
});

test("API tokens that cannot be read are found, and a reminder without its token is no problem", async (world) => {
  const result = await world.services.accounts.register(ann);
  const user = result.ok ? result.user : fail(result.reason);
  const made = { name: "Reader", scopes: ["profile:read" as const], days: 90 };
  const created = await world.services.apiTokens.create(user, made, () => Promise.resolve());
  const id = created.ok ? created.token.id : fail(created.reason);
  deepEqual(await world.findings(), []);

  world.allowInvalidData("the check is to find it");
  const [reminder] = await Array.fromAsync(world.database.list({ prefix: ["api_token_end"] }));
  const later = ["api_token_end", "000000000000001", user.id, id];
  await world.database.set(later, reminder?.value);
  deepEqual(await world.findings(), [`leftover ${later.join(" ")}`]);
  await world.database.set(["api_token", user.id, id], { v: 1 });
  await world.database.set(["new_api_token", user.id], { v: 1 });
  deepEqual(await world.findings(), [
    `unreadable api_token ${user.id} ${id}`,
    `unreadable new_api_token ${user.id}`,
  ]);
  deepEqual(await repair(world), []);
  deepEqual((await world.dump()).filter(({ key }) => String(key[0]).includes("api_token")), []);
});

test("the owner of a passkey is found out again, and an owner without a passkey is removed [SEC-J5]", async (world) => {
  const browser = await world.ann();
  const options = await (await browser.post("/account/passkeys/options")).json();
  const { id, ...authenticator } = newPasskey(options);
  await browser.post("/account/passkeys", authenticator);
  deepEqual(await world.findings(), []);
  const owner = (await world.database.get(["passkey_owner", id])).value;

  world.allowInvalidData("the check is to find it");
  await world.database.delete(["passkey_owner", id]);
  await world.database.set(["passkey_owner", "another"], owner);
  deepEqual(await world.findings(), [
    `owner_missing passkey ${owner} ${id}`,
    "owner_astray passkey_owner another",
  ]);
  deepEqual(await repair(world), []);
  equal((await world.database.get(["passkey_owner", id])).value, owner);
});

function newPasskey(options: { readonly challenge: string }) {
  const authenticator = new Authenticator();
  return { id: authenticator.id, credential: authenticator.create(options) };
}
