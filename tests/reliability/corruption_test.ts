import { equal, match, ok } from "node:assert/strict";
import type { Browser } from "../support/browser.ts";
import { breakages } from "../support/breakages.ts";
import { ann } from "../support/people.ts";
import { MINUTE } from "../../lib/time.ts";
import { TestWorld } from "../support/world.ts";

const { email, password } = ann;

/**
 * Ann at her desk, remembered, and on her phone, where a slow request still has the token from
 * before she logged in again; and Bob, whom nothing of it concerns.
 */
async function inhabited() {
  const world = await TestWorld.create();
  world.allowInvalidData("a record is broken on purpose");
  const bob = await world.bob();
  const phone = await world.ann();
  const late = phone.copy();
  await late.post("/reauthenticate", { password }); // so that the phone has to log in
  await phone.post("/login", { email, password });
  const desk = world.browser();
  await desk.post("/login", { email, password, remember: "on" });
  const [, id = ""] = (await find(world, "remember")).key as string[];
  const session = (await world.dump()).find(({ key, value }) =>
    key[0] === "session" && typeof Object(value).seriesId === "string"
  ) as Deno.KvEntry<unknown>;
  return {
    world,
    late,
    bob,
    phone,
    desk,
    id,
    session,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

async function find(world: TestWorld, kind: string, id?: string): Promise<Deno.KvEntry<unknown>> {
  const found = (await world.dump()).find(({ key, value }) =>
    key[0] === kind && (id === undefined || key[1] === id || value === id)
  );
  ok(found, kind);
  return found;
}

/** Every page and every form, none of which may fail. */
async function visitAll(browser: Browser, what: string): Promise<void> {
  for (const path of ["/", "/login", "/account/sessions", "/account/password", "/api/me"]) {
    const { status } = await browser.copy().get(path);
    ok(status < 500, `${path}: ${status} with ${what}`);
  }
  const forms: [string, Record<string, string>][] = [
    ["/login", { email, password }],
    ["/register", { ...ann }],
    ["/profile", { name: "Ann" }],
    ["/account/password", { current_password: password, password: "eleven grey herons wade" }],
    ["/account/sessions/end-others", {}],
    ["/reauthenticate", { password }],
    ["/logout", {}],
  ];
  for (const [path, fields] of forms) {
    const { status } = await browser.copy().post(path, fields);
    ok(status < 500, `POST ${path}: ${status} with ${what}`);
  }
}

async function isLoggedIn(browser: Browser): Promise<boolean> {
  return (await browser.copy().get("/profile")).status === 200;
}

interface Kind {
  readonly kind: string;
  /** Who is logged in by their cookies, while the record is broken. */
  readonly desk: boolean;
  readonly phone: boolean;
  /** What the login form answers. */
  readonly login: number;
  /** Whether somebody is told, before anybody looks. */
  readonly logged: boolean;
}

const kinds: readonly Kind[] = [
  { kind: "user", desk: false, phone: false, login: 422, logged: true },
  { kind: "password", desk: true, phone: true, login: 422, logged: true },
  { kind: "user_by_email", desk: true, phone: true, login: 422, logged: false },
  // The remember cookie starts another session.
  { kind: "session", desk: true, phone: true, login: 303, logged: true },
  { kind: "remember", desk: true, phone: true, login: 303, logged: true },
  { kind: "retired session", desk: true, phone: true, login: 303, logged: true },
  { kind: "session_data", desk: true, phone: true, login: 303, logged: false },
];

for (const { kind, desk, phone, login, logged } of kinds) {
  Deno.test(`a broken ${kind} record affects only its owner, and no request fails [REL-R29] [SEC-D28]`, async () => {
    await using it = await inhabited();
    const { world } = it;
    const { key, value } = await recordOf(kind, it);
    const restore = await world.checkpoint();
    for (const [i, corrupt] of breakages(value).entries()) {
      await restore();
      world.pass(i % 2 * MINUTE); // another minute each time, because the log bounds its lines
      await world.database.set(key, corrupt);
      const what = Deno.inspect(corrupt);
      ok((await world.findings()).length > 0, `not found: ${what}`);

      equal(await isLoggedIn(it.phone), phone, `phone, ${what}`);
      equal(await isLoggedIn(it.desk), desk, `desk, ${what}`);
      equal((await world.browser().post("/login", { email, password })).status, login, what);
      await it.late.copy().get("/profile");
      const restarted = it.desk.copy();
      restarted.restart();
      await restarted.get("/profile");
      const told = world.logged.filter(({ event, level }) =>
        event === "record_corrupt" && level === "critical"
      );
      equal(told.length > 0, logged, `logged, ${what}`);

      await visitAll(kind === "retired session" ? it.late : it.desk, what);
      ok(await isLoggedIn(it.bob), `Bob, ${what}`);
      match(await (await it.bob.copy().get("/account/sessions")).text(), /This browser/);
    }
  });
}

Deno.test("a corrupt password record is logged at a reauthentication, too [REL-R29]", async () => {
  await using it = await inhabited();
  const { key } = await find(it.world, "password", it.id);
  await it.world.database.set(key, "garbage");

  equal((await it.desk.post("/reauthenticate", { password })).status, 422);
  const told = it.world.logged.filter(({ event }) => event === "record_corrupt");
  equal(told.length, 1);
});

type Inhabited = Awaited<ReturnType<typeof inhabited>>;

async function recordOf(kind: string, { world, id, session }: Inhabited) {
  if (kind === "session") return session;
  if (kind === "retired session") {
    return (await world.dump()).find(({ value }) => Object(value).successor) as Deno.KvEntry<
      unknown
    >;
  }
  if (kind !== "session_data") return await find(world, kind, id);
  const key = ["session_data", String(session.key[2])];
  return { key, value: { v: 1, data: { cart: 1 }, secretDigest: null, expiresAt: world.now } };
}
