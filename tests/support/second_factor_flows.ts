import { equal, fail, ok } from "node:assert/strict";
import { recoverUser } from "../../routes/cli/users_recover.ts";
import { DAY } from "../../lib/time.ts";
import type { Browser } from "./browser.ts";
import { countMails, type Flow, isAnn, isNobody, type Step } from "./flows.ts";
import { ann } from "./people.ts";
import { chosen, openLink } from "./password_reset.ts";
import {
  afterPassword,
  enterCode,
  enterPassword,
  type Protected,
  withSecondFactor,
} from "./second_factor.ts";
import { enrolTotp } from "./totp.ts";
import { type TestWorld, withMail } from "./world.ts";

const { email, password } = ann;

/** Ann in each world: flows verify and retry with her next code. */
const people = new WeakMap<TestWorld, Protected>();

/** What somebody does who has a second factor. */
export const secondFactorFlows: readonly Flow[] = [
  {
    name: "logging in up to the second factor",
    prepare: async (world) => {
      await protect(world);
      return { browser: world.browser(), act: (it) => it.post("/login", { email, password }) };
    },
    verify: async (browser, world) => {
      await isNobody(browser);
      equal((await enterCode(browser, nextCode(world))).headers.get("location"), "/profile");
    },
  },
  {
    name: "proving the second factor by a code",
    prepare: (world) => withPending(world, ({ nextCode }) => nextCode()),
    ...afterRightCode(),
  },
  {
    name: "proving the second factor by a recovery code",
    prepare: (world) => withPending(world, ({ recoveryCodes: [code = ""] }) => code),
    ...afterRightCode(),
  },
  {
    name: "entering a wrong code",
    config: withMail,
    prepare: (world) => withPending(world, ({ wrongCode }) => wrongCode()),
    retryStatuses: [422],
    verify: async (browser, world) => {
      await isNobody(browser);
      const counted = (await world.dump()).filter(({ key }) => key[1] === "totp");
      equal(counted.filter(({ key }) => key[0] === "rate").length, 1, "it was not counted");
      equal(await countMails(world, "A login failed at the second step"), 1);
    },
  },
  {
    name: "making a login fresh by a code",
    prepare: async (world) => {
      const { browser, nextCode } = await protect(world);
      const code = nextCode();
      return { browser, act: (it) => it.post("/reauthenticate", { code }) };
    },
    retry: logInAgain,
    verify: async (browser) => equal((await browser.get("/account/delete")).status, 200),
  },
  {
    name: "choosing a new password by a link and a code",
    config: withMail,
    prepare: async (world) => {
      const { nextCode } = await protect(world);
      const browser = await openLink(world);
      const code = nextCode();
      return { browser, act: (it) => it.post("/password-reset/new", { password: chosen, code }) };
    },
    // The code, and the link, may be used up.
    retry: async (browser, world) => {
      const code = nextCode(world);
      const again = await browser.post("/password-reset/new", { password: chosen, code });
      ok([303, 410].includes(again.status), `${again.status}`);
    },
    verify: (_, world) => enterPassword(world.browser(), { ...ann, password: chosen }),
  },
  {
    name: "undoing an app that a thief set up",
    config: withMail,
    prepare: async (world) => {
      await enrolTotp(await world.ann(), world.now);
      const browser = world.browser();
      await browser.get(await world.linkTo(email));
      return { browser, act: (it) => it.post("/undo") };
    },
    retryStatuses: [303, 410],
    verify: (_, world) => hasNoFactor(world),
  },
  {
    name: "recovering an account",
    config: withMail,
    prepare: async (world) => {
      const browser = await withRecovery(world);
      world.pass(DAY);
      return { browser, act: (it) => it.post("/password-reset/new", { password: chosen }) };
    },
    retryStatuses: [303, 410],
    verify: async (_, world) => {
      const answer = await world.browser().post("/login", { email, password: chosen });
      equal(answer.headers.get("location"), "/profile");
      await hasNoFactor(world);
    },
  },
  {
    name: "stopping a recovery",
    config: withMail,
    prepare: async (world) => {
      const browser = await withRecovery(world);
      return { browser, act: (it) => it.post("/recover-account", { email }) };
    },
    retryStatuses: [303, 410],
    verify: async (browser) => equal((await browser.get("/recover-account")).status, 410),
  },
];

async function hasNoFactor(world: TestWorld): Promise<void> {
  const kinds = (await world.dump()).map(({ key }) => key[0]);
  ok(!kinds.includes("totp") && !kinds.includes("recovery_code"));
}

/** After a fault the code may be used up: the next one, or a new login, succeeds. */
function afterRightCode(): Pick<Flow, "retry" | "verify"> {
  return { retry: logInAgain, verify: isAnn };
}

async function protect(world: TestWorld): Promise<Protected> {
  const anns = await withSecondFactor(world);
  await world.delivered();
  people.set(world, anns);
  return anns;
}

function nextCode(world: TestWorld): string {
  return people.get(world)?.nextCode() ?? fail("nobody is protected");
}

/** A browser whose password was right, and the code that it then sends. */
async function withPending(
  world: TestWorld,
  codeOf: (anns: Protected) => string,
): Promise<Step> {
  const code = codeOf(await protect(world));
  const browser = await afterPassword(world);
  return { browser, act: (it) => enterCode(it, code) };
}

/** A browser that opened the link of the operator. */
async function withRecovery(world: TestWorld): Promise<Browser> {
  await protect(world);
  const { kv, config: { origin, secretKeys, mail, eventsFor }, services } = world;
  if (!mail) return fail("no mail");
  await recoverUser({ kv, now: () => world.now, origin, secretKeys, mail, eventsFor }, email);
  await services.outbox?.sweep();
  const browser = world.browser();
  equal((await browser.get(await world.linkTo(email))).status, 303);
  return browser;
}

async function logInAgain(browser: Browser, world: TestWorld): Promise<void> {
  await enterPassword(browser);
  equal((await enterCode(browser, nextCode(world))).status, 303);
}
