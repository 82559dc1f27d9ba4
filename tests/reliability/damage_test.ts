import { deepEqual, equal, match, ok } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { countHashes } from "../../lib/cli/passwords_report.ts";
import { markCompromised } from "../../lib/cli/passwords_compromised.ts";
import { checkStore } from "../../lib/cli/kv_check.ts";
import type { Browser } from "../support/browser.ts";
import { ann } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

const { email, password } = ann;

/** Ann at two browsers, Bob at one, and the database in a file that can be damaged. */
async function inhabited() {
  const folder = await Deno.makeTempDir({ prefix: "latchkey-" });
  const path = `${folder}/latchkey.db`;
  const world = await TestWorld.create({ path });
  world.expectBrokenData("the file is damaged");
  const bob = await world.bob();
  const before = new Set((await world.dump()).map(({ key }) => key.join()));
  const phone = await world.ann();
  const desk = world.browser();
  await desk.post("/login", { email, password, remember: "on" });
  const own = (await world.dump()).filter(({ key }) => !before.has(key.join()));
  const damage = (kind: string) => {
    const file = new DatabaseSync(path);
    for (const { key } of own.filter(({ key }) => key[0] === kind)) {
      const name = new TextEncoder().encode(String(key.at(-1)));
      const hex = Array.from(name, (byte) => byte.toString(16).padStart(2, "0")).join("");
      const { changes } = file.prepare(
        "UPDATE kv SET v = CAST(x'00' || SUBSTR(v, 2) AS BLOB) WHERE instr(hex(k), ?) AND instr(hex(k), ?)",
      ).run(hex.toUpperCase(), hexOf(kind));
      ok(Number(changes) >= 1, kind);
    }
    file.close();
  };
  const key = (kind: string) => own.find((entry) => entry.key[0] === kind)?.key.join(" ");
  return {
    world,
    key,
    bob,
    phone,
    desk,
    damage,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A first part of a key, as KV encodes it. */
function hexOf(kind: string): string {
  const bytes = [2, ...new TextEncoder().encode(kind), 0];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("").toUpperCase();
}

const statusOf = async (browser: Browser, path = "/profile") => (await browser.get(path)).status;

const outcomes: [kind: string, phone: number, restartedDesk: number, login: number][] = [
  ["user", 302, 302, 422],
  ["password", 200, 200, 422],
  ["user_by_email", 200, 200, 422],
  ["session", 302, 200, 303],
  ["remember", 200, 302, 303],
];

for (const [kind, onPhone, onDesk, login] of outcomes) {
  Deno.test(`a ${kind} record that is damaged in the file harms its owner at most [REL-R29] [SEC-D28]`, async () => {
    await using it = await inhabited();
    const { world, bob, phone, desk } = it;
    it.damage(kind);
    desk.restart();

    // Asked for at once, all are read in one call.
    const [first, second, ...bobs] = await Promise.all([
      statusOf(phone),
      statusOf(desk),
      ...Array.from({ length: 5 }, () => statusOf(bob.copy())),
    ]);
    deepEqual([first, second], [onPhone, onDesk]);
    deepEqual(new Set(bobs), new Set([200]));
    const again = world.browser();
    equal((await again.post("/login", { email, password })).status, login);
    if (login === 303) equal(await statusOf(again, "/account/sessions"), 200);
    equal(await statusOf(bob, "/account/sessions"), 200);

    const told = world.logged.some(({ event }) => event === "record_corrupt");
    equal(told, kind !== "user_by_email");
    match((await world.findings()).join("\n"), /damaged/);
  });
}

Deno.test("an address whose record is damaged leads to its user after the repair [REL-R29]", async () => {
  await using it = await inhabited();
  const { world } = it;
  it.damage("user_by_email");

  for await (const finding of checkStore(world.kv, world.now)) await finding.repair?.commit();
  deepEqual(await world.findings(), []);
  equal((await world.browser().post("/login", { email, password })).status, 303);
});

Deno.test("a list goes around what is damaged, wherever it stands [REL-R29]", async () => {
  await using it = await inhabited();
  const { world } = it;
  const before = (await world.dump()).map(({ key }) => key.join());
  it.damage("password");

  const keys: string[] = [];
  for await (const { key } of world.kv.list({ prefix: [] })) keys.push(key.join());
  deepEqual(
    before.filter((key) => !keys.includes(key)).map((key) => key.split(",")[0]),
    ["password"],
  );
  equal(new Set(keys).size, keys.length, "nothing comes twice");
});

for (const kind of ["user", "password", "user_by_email"]) {
  Deno.test(`the check names a ${kind} record that is damaged in the file, once [REL-R29]`, async () => {
    await using it = await inhabited();
    it.damage(kind);

    const found = await it.world.findings();
    deepEqual(found.toSorted(), [`damaged ${kind}`, `damaged ${it.key(kind)}`]);
  });
}

Deno.test("damage in two kinds of records hides nothing of what stands between them [REL-R29]", async () => {
  await using it = await inhabited();
  const { world } = it;
  it.damage("password");
  it.damage("session");
  await world.database.set(["rate", "account", "x"], "rubbish");
  await world.database.set(["recipe", "x"], "odd");

  const found = await world.findings();
  deepEqual(found, [
    "damaged password",
    "unreadable rate account x",
    "unknown_kind recipe x",
    "damaged session",
    `damaged ${it.key("password")}`,
  ]);
});

Deno.test("a password that is damaged in the file is counted as unreadable", async () => {
  await using it = await inhabited();
  it.damage("password");

  const counts = await countHashes(it.world.kv);
  deepEqual(counts.map(([kind, count]) => [kind.split(/[$:]/)[0], count]).sort(), [
    ["", 1],
    ["unreadable", 1],
  ]);
});

for (const kind of ["user", "user_by_email"]) {
  Deno.test(`an account whose ${kind} record is damaged is not said to be none [SEC-A9]`, async () => {
    await using it = await inhabited();
    it.damage(kind);

    const { kv, now } = it.world;
    equal(await markCompromised(kv, email, () => now), "unreadable");
    equal(await markCompromised(kv, "eve@example.com", () => now), "unknown");
  });
}
