import { deepEqual, equal, ok } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { recordKinds } from "../../lib/cli/kv_check.ts";
import { SECOND } from "../../lib/time.ts";
import { allFlows } from "../support/all_flows.ts";
import { askApi } from "../support/api_tokens.ts";
import type { Browser } from "../support/browser.ts";
import { openScene, readGoldenFiles, type Scene, verifyScene } from "../support/golden.ts";
import { walk } from "../support/golden_walk.ts";
import { ann } from "../support/people.ts";
import { Shapes } from "../support/record_shape.ts";
import { codeAt } from "../support/totp.ts";
import { TestWorld } from "../support/world.ts";

// People upgrade with the records that an earlier version wrote, and an instance of that version
// may run beside the new one (.github/OPERATING.md, Upgrades).

const files = await readGoldenFiles();
const scenes = [...files].flatMap(([version, own]) => own.map((scene) => ({ version, scene })));

const remedy = "These shapes of records are in no golden file. An instance of the last version " +
  "reads such records too, and this one reads those of the last version: see to both as " +
  "OPERATING.md says under Upgrades. Then keep the new shapes: deno task golden VERSION, where " +
  "VERSION is the next release, and commit the new file. Never change a file that was released.";

function withCookies(world: TestWorld, cookies: Scene["cookies"]): Browser {
  const browser = world.browser();
  for (const [name, value] of Object.entries(cookies)) browser.cookies.set(name, value);
  return browser;
}

const isOfAnn = ({ records }: Scene) =>
  records.some(({ key }) => key[0] === "user_by_email" && key[1] === ann.email);

Deno.test("the records of every version have all kinds that the app writes", () => {
  const kinds = new Set(scenes.flatMap(({ scene }) => scene.records.map(({ key }) => key[0])));
  deepEqual(recordKinds.filter((kind) => !kinds.has(kind)), [], remedy);
});

Deno.test("the app writes its records in a shape that a golden file has", async () => {
  const [today, golden] = [new Shapes(), new Shapes()];
  for await (const { records } of walk()) today.add(records);
  for (const { scene } of scenes) golden.add(scene.records);

  deepEqual(today.newTo(golden), [], remedy);
});

for (const [version, own] of files) {
  Deno.test(`kv:check finds nothing in the records of version ${version}`, async () => {
    for (const scene of own) {
      await using world = await openScene(scene);
      deepEqual(await world.findings(), [], scene.name);
    }
  });
}

for (const { version, scene } of scenes.filter(({ scene }) => scene.isVerifiable)) {
  Deno.test(`${scene.name} in version ${version} holds in this one`, async () => {
    await verifyScene(scene);
  });
}

for (const { version, scene } of scenes) {
  const { secrets } = scene;
  if (!secrets) continue;
  Deno.test(`passwords, codes, tokens, cookies and links of version ${version} open what they opened`, async () => {
    await using world = await openScene(scene);
    const { email, password } = ann;
    const isIn = async (browser: Browser) => (await browser.get("/profile")).status === 200;

    ok(await isIn(withCookies(world, scene.cookies)), "the session");
    ok(await isIn(withCookies(world, secrets.remembered)), "the remembered browser");
    equal((await askApi(world, "/api/me", secrets.apiToken)).status, 200);
    world.pass(30 * SECOND);
    for (const code of [codeAt(secrets.totpKey, world.now), secrets.recoveryCode]) {
      const browser = world.browser();
      await browser.post("/login", { email, password });
      await browser.post("/login/second-factor", { code });
      ok(await isIn(browser), code);
    }
    const reset = world.browser();
    await reset.get(secrets.resetLink);
    equal((await reset.get("/password-reset/new")).status, 200);
    equal((await world.browser().post("/login", { email, password: "not hers" })).status, 422);
  });
}

/** Records that a new one replaces, such as that of a new password: they are not changed. */
const writtenAnew =
  /^(password|rate|email_token|recovery_code|new_recovery_codes|provider_session)$/;

Deno.test("a record with a field that only a later version knows is read, and keeps it when it is changed", async () => {
  let changed = 0;
  for (const flow of allFlows) {
    const { config = {}, fetch } = flow;
    await using world = await TestWorld.create({ config, ...fetch ? { fetch } : {} });
    const { browser, act } = await flow.prepare(world);
    await world.delivered();
    const before = new Map<string, unknown>();
    for (const { key, value } of await world.dump()) {
      if (Object.getPrototypeOf(value ?? 0) !== Object.prototype) continue;
      const later = { ...value as object, later: "kept" };
      await world.database.set(key, later);
      before.set(key.join(), later);
    }

    await act(browser);
    await world.delivered();
    for (const { key, value } of await world.dump()) {
      const former = before.get(key.join());
      if (former === undefined || isDeepStrictEqual(former, value)) continue;
      changed++;
      if (writtenAnew.test(String(key[0]))) continue;
      equal(Object(value).later, "kept", `${flow.name}: ${key.join(" ")}`);
    }
    await flow.verify(browser, world);
  }
  ok(changed > 50);
});

Deno.test("a record of a later version stays as it is, whatever people do here, and no request fails by it", async () => {
  const kinds = new Set(scenes.flatMap(({ scene }) => scene.records.map(({ key }) => key[0])));
  for (const kind of kinds) {
    const later = (key: readonly string[], value: unknown) => {
      if (key[0] !== kind || Object(value).v !== 1) return value;
      // A new kind of event is not a new version of the record.
      return { ...value as object, ...kind === "event" ? { kind: "later" } : { v: 2 } };
    };
    const found = scenes.find(({ scene }) =>
      scene.isVerifiable && isOfAnn(scene) && scene.records.some(({ key }) => key[0] === kind)
    );
    if (!found) continue;
    const { scene } = found;
    const records = scene.records.map(({ key, value }) => ({ key, value: later(key, value) }));
    await using world = await openScene({ ...scene, records });
    world.allowInvalidData("this version cannot read some of it");

    const { email, password } = ann;
    const asked = [
      await withCookies(world, scene.cookies).get("/profile"),
      await withCookies(world, scene.cookies).get("/account/activity"),
      await withCookies(world, scene.cookies).post("/reauthenticate", { password }),
      await withCookies(world, scene.cookies).post("/profile", { name: "Anna" }),
      await world.browser().post("/login", { email, password }),
      await world.browser().post("/register", { ...ann }),
    ];
    for (const answer of asked) ok(answer.status < 500, `${kind}: ${answer.status}`);
    if (kind === "rate") continue; // a count begins anew
    const after = new Map((await world.dump()).map(({ key, value }) => [key.join(), value]));
    for (const { key, value } of records.filter(({ key }) => key[0] === kind)) {
      if (Object(value).v === 2 || kind === "event") deepEqual(after.get(key.join()), value, kind);
    }
  }
});

Deno.test("the tests of golden records can fail: an unknown field, a missing one and another type show", () => {
  const record = (value: object) => [{ key: ["user", "1"], value }];
  const golden = new Shapes();
  golden.add(record({ v: 1, name: "Ann", at: null }));
  const changes: [value: object, fact: string][] = [
    [{ v: 1, name: "Ann", at: null, nick: "A" }, "user.nick: string"],
    [{ v: 1, at: null }, "user.name: absent"],
    [{ v: 1, name: 7, at: null }, "user.name: number"],
    [{ v: 2, name: "Ann", at: null }, "user.v: 2"],
    [{ v: 1, name: "Ann", at: new Date(0) }, "user.at: date"],
  ];
  for (const [value, fact] of changes) {
    const today = new Shapes();
    today.add(record(value));
    deepEqual(today.newTo(golden), [fact]);
  }
});
