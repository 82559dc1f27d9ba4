import { equal } from "node:assert/strict";
import { SECOND } from "../../../lib/time.ts";
import { test } from "../../support/world.ts";

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
