import { deepEqual, equal } from "node:assert/strict";
import { MINUTE, SECOND } from "../../../lib/time.ts";
import { test, TestWorld } from "../../support/world.ts";

test("ready writes to the database at most every ten seconds", async (world) => {
  const commits = async () => {
    const { commits } = await world.cost(() => world.browser().get("/health/ready"));
    return commits;
  };

  equal(await commits(), 1);
  world.pass(9 * SECOND);
  equal(await commits(), 0);
  world.pass(1 * SECOND);
  equal(await commits(), 1);
});

test("with a full disk ready answers 503 until a write works again", async (world) => {
  const ready = async () => (await world.browser().get("/health/ready")).status;
  world.broken.fault = (call) => call === "commit" ? "full" : "none";
  equal(await ready(), 503);
  equal(await ready(), 503);

  world.broken.fault = "none";
  equal(await ready(), 200);
});

for (const [call, reason] of [["read", "database_read"], ["commit", "database_write"]] as const) {
  test(`the log says once that ready fails, for the reason ${reason}, and once that it is over`, async (world) => {
    const ready = () => world.browser().get("/health/ready");
    const told = () =>
      world.logged.filter(({ event }) => /ready/.test(event))
        .map(({ event, facts }) => facts.reason ? `${event} ${facts.reason}` : event);

    await ready();
    deepEqual(told(), []);
    world.pass(10 * SECOND);
    world.broken.fault = (failing) => failing === call ? "fail" : "none";
    await ready();
    await ready();
    deepEqual(told(), [`not_ready ${reason}`]);

    world.broken.fault = "none";
    await ready();
    await ready();
    deepEqual(told(), [`not_ready ${reason}`, "ready_again"]);
  });
}

const mail = {
  from: { name: "Latchkey", address: "no-reply@app.example" },
  transport: { kind: "http_api", url: "https://api.example", key: "key" },
} as const;

/** A mail that nobody sent since it was due. */
function waitingMail(world: TestWorld) {
  return {
    v: 1,
    sealed: new Uint8Array(36),
    createdAt: world.now,
    dueAt: world.now,
    attempts: 0,
    leasedUntil: null,
    expiresAt: new Date(world.now.getTime() + 60 * MINUTE),
  };
}

Deno.test("/health/ready tells of a stuck outbox", async () => {
  await using world = await TestWorld.create({ config: { mail } });
  const ready = async () => {
    const response = await world.browser().get("/health/ready");
    return [response.status, await response.json()];
  };
  await world.database.set(["outbox", "0".repeat(31)], waitingMail(world));
  world.pass(15 * MINUTE);
  deepEqual(await ready(), [200, { status: "ok" }]);

  world.pass(10 * SECOND);
  deepEqual(await ready(), [503, { status: "unavailable", reason: "outbox_stuck" }]);

  await world.database.delete(["outbox", "0".repeat(31)]);
  world.pass(10 * SECOND);
  deepEqual(await ready(), [200, { status: "ok" }]);
});

Deno.test("ready looks at the outbox at most every ten seconds", async () => {
  await using world = await TestWorld.create({ config: { mail } });
  const roundTrips = async () =>
    (await world.cost(() => world.browser().get("/health/ready"))).roundTrips;

  equal(await roundTrips(), 3);
  equal(await roundTrips(), 1);
  world.pass(10 * SECOND);
  equal(await roundTrips(), 3);
});

test("without mail ready does not look at the outbox", async (world) => {
  const { roundTrips } = await world.cost(() => world.browser().get("/health/ready"));
  equal(roundTrips, 2);
});
