import { deepEqual, equal, ok } from "node:assert/strict";
import { ann, bob, cleo } from "../../support/people.ts";
import { act, annsAccount, asRole, giveRoles, userOf } from "../../support/roles.ts";
import { test } from "../../support/world.ts";

const { email, password } = ann;

test("no act commits after the demotion of its administrator: 100 races [SEC-L5]", async (world) => {
  await world.ann();
  await world.bob();
  await giveRoles(world, bob, ["admin"]);
  const { id } = await userOf(world, ann);
  const { user: admin } = await asRole(world, ["admin"]);
  const { administration, events } = world.services;
  const kv = world.database;
  const writes = (by: string) => () => events.records(id, { kind: "sessions_ended", by });
  const later = async (reads: number) => {
    for (let i = 0; i < reads; i++) await kv.get(["health"]);
  };
  let refused = 0;
  for (let round = 0; round < 100; round++) {
    const [demotion, ended] = await Promise.all([
      administration.setRoles("command", admin.id, [], writes("command")),
      later(round % 10).then(() => administration.endSessions(admin, id, writes(admin.id))),
    ]);
    ok(demotion.ok);
    const demoted = await kv.get(["user", admin.id]);
    const acted = await kv.get(["user", id]);
    if (ended.ok) ok(String(acted.versionstamp) < String(demoted.versionstamp), `round ${round}`);
    else refused++;
    await giveRoles(world, cleo, ["admin"]);
  }
  ok(refused > 0, "the demotion was never first");
});

test("two administrators who suspend somebody at once leave one suspension, with one event: 20 races", async (world) => {
  const { id } = await annsAccount(world);
  const { browser: first } = await asRole(world, ["admin"]);
  const { browser: second } = await asRole(world, ["admin"], { person: bob });
  for (let round = 1; round <= 20; round++) {
    const answers = await Promise.all([first, second].map((it) => act(it, id, "suspend")));

    deepEqual(answers.map(({ status }) => status).sort(), [303, 422], `round ${round}`);
    const { events } = await world.services.events.list(id, { limit: 50, kind: "suspended" });
    equal(events.length, round);
    equal((await act(first, id, "reactivate")).status, 303);
  }
});

test("a login at the moment of a suspension leaves nobody logged in: 20 races [SEC-D21]", async (world) => {
  const { id } = await annsAccount(world);
  const { browser } = await asRole(world, ["admin"]);
  const there = world.newInstance();
  let opened = 0;
  for (let round = 0; round < 20; round++) {
    const phone = world.browser("192.0.2.9", there);
    const [login] = await Promise.all([
      phone.post("/login", { email, password, remember: "on" }),
      act(browser, id, "suspend"),
    ]);
    if (login.status === 303) opened++;

    equal((await phone.get("/profile")).status, 302, `round ${round}`);
    phone.restart();
    equal((await phone.get("/profile")).status, 302, `round ${round}, remembered`);
    equal((await act(browser, id, "reactivate")).status, 303);
    equal((await phone.get("/profile")).status, 302, `round ${round}, after it`);
  }
  ok(opened > 0, "the suspension was always first");
});
