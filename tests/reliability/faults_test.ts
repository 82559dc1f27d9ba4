import { equal, ok } from "node:assert/strict";
import { DAY, SECOND } from "../../lib/time.ts";
import type { Call, Fault } from "../support/broken_kv.ts";
import { type Flow, flows } from "../support/flows.ts";
import { TestWorld } from "../support/world.ts";

// The Nth-operation loop: one call to the database fails, first the first one, then the second, and so
// on, until the whole request is done without meeting the fault.

for (const fault of ["fail", "unknown", "conflict", "repeated"] satisfies Fault[]) {
  for (const flow of flows) {
    Deno.test(`${flow.name}, while any one call to the database says "${fault}" [REL-R5] [REL-R8] [REL-P6]`, async () => {
      const planned = (await run(flow, fault, 0)).answer;
      for (let nth = 1;; nth++) {
        const { answer, met } = await run(flow, fault, nth);
        if (met) judge(answer, planned, flow, fault, `call ${nth}`);
        else return ok(nth > 1, "it never asked the database");
      }
    });
  }
}

for (const flow of flows) {
  Deno.test(`${flow.name}, while commit after commit is overtaken [REL-R5]`, async () => {
    const planned = (await run(flow, "conflict", 0)).answer;
    await using world = await TestWorld.create();
    const { browser, act } = await flow.arrive(world);
    let storm = 4;
    world.broken.fault = (call) => call === "commit" && storm-- > 0 ? "conflict" : "none";
    equal((await act()).status, planned.status);
    await flow.proof(browser, world);
  });
}

/** Runs a flow with a fault at the nth call, or with none at 0; then tries again, if it has to. */
async function run(flow: Flow, fault: Fault, nth: number) {
  await using world = await TestWorld.create();
  const { browser, act } = await flow.arrive(world);
  const before = new Map(browser.cookies);

  let calls = 0;
  world.broken.fault = (call: Call) => {
    // Only a commit has an effect that can be unknown.
    if (call === "read" && fault !== "fail") return "none";
    return ++calls === nth ? fault : "none";
  };
  const answer = await act();
  world.broken.fault = "none";

  if (answer.status === 503) {
    for (const name of before.keys()) ok(browser.cookies.has(name), `${name} was deleted`);
    world.pass(5 * SECOND); // as Retry-After says
    if (flow.retry) await flow.retry(browser);
    else ok((flow.again ?? [303, 302, 200]).includes((await act()).status), "the retry fails");
  }
  await flow.proof(browser, world);
  for (const { key, expireIn } of world.broken.written) {
    const forEver = ["user", "user_by_email", "password"].includes(String(key[0]));
    equal(expireIn === undefined, forEver, `how long KV keeps ${key.join(" ")} [SEC-N9]`);
    ok(forEver || Number(expireIn) <= 31 * DAY);
  }
  return { answer, met: calls >= nth };
}

/** The answer is the true success; or, where a call failed, that it is not known. */
function judge(answer: Response, planned: Response, flow: Flow, fault: Fault, when: string): void {
  if (answer.status === 503 && (fault === "fail" || fault === "unknown")) {
    equal(answer.headers.get("retry-after"), "5", when);
    return;
  }
  // A commit that was sent again finds itself done.
  if (fault === "repeated" && flow.again?.includes(answer.status)) return;
  equal(answer.status, planned.status, when);
  equal(answer.headers.get("location"), planned.headers.get("location"), when);
}
