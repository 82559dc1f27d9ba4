import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { Kv } from "../../lib/kv/kv.ts";
import { ann, bob } from "../support/people.ts";
import { TIMEOUT } from "../support/timeouts.ts";
import { TwoRegions } from "../support/two_regions.ts";
import { runRegionModel } from "./run.ts";

const { email, password } = ann;

Deno.test("random histories in two regions match the model, whatever is late or cut off [REL-R7]", async () => {
  await runRegionModel({ runs: 40, seed: 20261127 });
});

for (const kind of ["session", "user"]) {
  Deno.test(`the model notices a region that reads records of the kind ${kind} late`, async () => {
    await rejects(runRegionModel({ runs: 200, seed: 20261127, stale: [kind] }), /Property failed/);
  });
}

/** What the far region answers to Ann, at once after the near one ended all her other sessions. */
async function statusAfterEnd(stale: readonly string[]): Promise<number> {
  await using site = await TwoRegions.create(stale);
  const { near, far } = site;
  equal((await far.get("/profile")).status, 200);

  equal((await near.post("/account/sessions/end-others")).status, 303);
  return (await far.get("/profile")).status;
}

Deno.test("a session that is ended in one region opens nothing in the other", async () => {
  equal(await statusAfterEnd([]), 302);
  // The region could have known it from its replica only later: strong reads make the difference.
  equal(await statusAfterEnd(["session"]), 200);
});

Deno.test("to end the other sessions ends the one that the other region began just now", async () => {
  await using site = await TwoRegions.create();
  const { near, far } = site;
  await near.post("/logout");
  equal((await near.post("/login", { email, password })).status, 303);

  equal((await far.post("/account/sessions/end-others")).status, 303);
  equal((await near.get("/profile")).status, 302);
});

Deno.test("a region that is cut off answers 503 and logs nobody out, and the other goes on", async () => {
  await using site = await TwoRegions.create();
  const { regions, near, far } = site;
  const cookies = [...far.cookies];
  const requests = [
    () => far.get("/profile"),
    () => far.post("/login", { email, password }),
    () => far.post("/logout"),
    () => far.post("/account/sessions/end-others"),
  ];

  regions.isCutOff = true;
  for (const request of requests) {
    const answer = await request();
    equal(answer.status, 503);
    match(answer.headers.get("retry-after") ?? "", /^\d+$/);
  }
  deepEqual([...far.cookies], cookies);
  equal((await near.get("/profile")).status, 200);
  equal((await near.post("/profile", { name: "Anna" })).status, 303);

  regions.isCutOff = false;
  match(await (await far.get("/profile")).text(), /Hi Anna/);
});

Deno.test("a page for a visitor needs no database: a region that is cut off shows it", async () => {
  await using site = await TwoRegions.create();
  const { world, regions } = site;
  const kv = new Kv(regions.far, { deadline: TIMEOUT });
  const visitor = world.browser("192.0.2.1", world.newInstance(kv));

  regions.isCutOff = true;
  for (const path of ["/", "/login", "/register", "/health/live"]) {
    equal((await visitor.get(path)).status, 200, path);
  }
  equal((await visitor.get("/health/ready")).status, 503);
});

Deno.test("two regions that register one address at once make one account", async () => {
  await using site = await TwoRegions.create();
  const { near, far } = site;
  await Promise.all([near.post("/logout"), far.post("/logout")]);

  const answers = await Promise.all([near, far].map((it, i) => {
    return it.post("/register", { ...bob, password: `${bob.password} ${i}` });
  }));
  deepEqual(answers.map(({ status }) => status).sort(), [303, 422]);
});
