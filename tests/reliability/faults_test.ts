import { deepEqual, equal, ok } from "node:assert/strict";
import { DAY, SECOND } from "../../lib/time.ts";
import type { Call, Fault } from "../support/broken_kv.ts";
import { allFlows } from "../support/all_flows.ts";
import type { Flow, Step } from "../support/flows.ts";
import { TestWorld } from "../support/world.ts";

// One call to the database fails: first the first call, then the second, and so on, until the
// request is done before the fault.

/** Records of an account, which stay until it is deleted. */
const accountKinds = [
  "user",
  "user_by_email",
  "user_by_time",
  "user_by_name",
  "password",
  "recovery_code",
  "passkey",
  "passkey_owner",
  "identity",
  "identity_of",
  "role",
];

/** A test with a world of its own, on the flow's site. */
function flowTest(flow: Flow, name: string, run: (world: TestWorld) => Promise<void>): void {
  Deno.test(name, async () => {
    const { config = {}, fetch } = flow;
    await using world = await TestWorld.create({ config, ...fetch ? { fetch } : {} });
    await run(world);
  });
}

for (const fault of ["fail", "unknown", "conflict", "repeated"] satisfies Fault[]) {
  for (const flow of allFlows) {
    flowTest(
      flow,
      `${flow.name}, while one call to the database answers "${fault}", is done or can be retried [REL-R5] [REL-R8] [REL-P6]`,
      async (world) => {
        const step = await flow.prepare(world);
        const restore = await world.checkpoint();
        const planned = (await run(flow, world, step, fault, 0)).answer;
        const events = await eventKindsIn(world);
        for (let nth = 1;; nth++) {
          await restore();
          const { answer, met } = await run(flow, world, step, fault, nth);
          const written = await eventKindsIn(world);
          const missing = events.filter((kind) => !written.includes(kind));
          deepEqual(missing, [], `events that are missing after call ${nth}`);
          if (met) judge(answer, planned, flow, fault, `call ${nth}`);
          else return ok(nth > 1, "it never asked the database");
        }
      },
    );
  }
}

for (const flow of allFlows) {
  flowTest(flow, `${flow.name} succeeds after four write conflicts [REL-R5]`, async (world) => {
    const step = await flow.prepare(world);
    const restore = await world.checkpoint();
    const planned = (await run(flow, world, step, "none", 0)).answer;
    await restore();
    let conflicts = 4;
    world.broken.fault = (call) => call === "commit" && conflicts-- > 0 ? "conflict" : "none";
    const browser = step.browser.copy();
    equal((await step.act(browser)).status, planned.status);
    await flow.verify(browser, world);
  });
}

/** Runs a flow with a fault at the nth call, or with none at 0; then tries again, if it has to. */
async function run(flow: Flow, world: TestWorld, step: Step, fault: Fault, nth: number) {
  const browser = step.browser.copy();
  const before = [...browser.cookies.keys()];

  let calls = 0;
  world.broken.fault = (call: Call) => {
    // Only a commit has an effect that can be unknown.
    if (call === "read" && fault !== "fail") return "none";
    return ++calls === nth ? fault : "none";
  };
  const answer = await step.act(browser);
  world.broken.fault = "none";

  if (answer.status === 503) {
    for (const name of before) ok(browser.cookies.has(name), `${name} was deleted`);
    world.pass(5 * SECOND); // as Retry-After says
    if (flow.retry) await flow.retry(browser, world);
    else {
      const statuses = flow.retryStatuses ?? [303, 302, 200];
      ok(statuses.includes((await step.act(browser)).status), "the retry fails");
    }
  }
  await flow.verify(browser, world);
  for (const { key, value, expireIn } of world.broken.written.splice(0)) {
    const isEnrolled = Object(value).enrolledAt instanceof Date;
    const isAccount = isEnrolled || accountKinds.includes(String(key[0]));
    // With mail, an account that nobody confirmed ends as well.
    const forEver = isAccount && (!flow.config || expireIn === undefined);
    equal(expireIn === undefined, forEver, `how long KV keeps ${key.join(" ")} [SEC-N9]`);
    const most = String(key[0]).startsWith("event") ? 90 : isAccount ? 7 : 31;
    ok(forEver || Number(expireIn) <= most * DAY);
  }
  return { answer, met: calls >= nth };
}

/**
 * What the timelines tell: every flow ends in the same state, so these are the same too. The line
 * about a stolen cookie has a commit of its own, and a login that is tried again may use another
 * factor.
 */
async function eventKindsIn(world: TestWorld): Promise<string[]> {
  const events = (await world.dump()).filter(({ key }) => key[0] === "event");
  const kinds = new Set(events.map(({ value }) => Object(value).kind as string));
  return [...kinds].filter((it) => it !== "remember_reused" && it !== "recovery_code_used");
}

/** The answer is that of the flow without a fault, or 503 where the outcome is unknown. */
function judge(answer: Response, planned: Response, flow: Flow, fault: Fault, when: string): void {
  if (answer.status === 503 && (fault === "fail" || fault === "unknown")) {
    equal(answer.headers.get("retry-after"), "5", when);
    return;
  }
  // A commit that the database sends twice finds its own effect.
  if (fault === "repeated" && flow.retryStatuses?.includes(answer.status)) return;
  equal(answer.status, planned.status, when);
  equal(targetOf(answer), targetOf(planned), when);
}

/** Where an answer leads; what another site is asked differs each time. */
function targetOf({ headers }: Response): string | null {
  const location = headers.get("location");
  return location?.startsWith("https://") ? new URL(location).origin : location;
}
