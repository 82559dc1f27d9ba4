import fc from "fast-check";
import { equal, fail, ok } from "node:assert/strict";
import { HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import { ann } from "../support/people.ts";
import { codeAt, codesOn, keyOn } from "../support/totp.ts";
import { type BrowserState, type Counted, FactorModel } from "./factor_model.ts";
import { FactorSite } from "./factor_site.ts";
import type { Certainty } from "./model.ts";
import type { PlannedFault } from "./site.ts";

// What Ann does with her second factor, each action checked against the model.

const { email } = ann;
const browsers = 3;
/** One more would be throttled: other tests cover that. */
const MAX_ATTEMPTS = 4;
/** The site sends so many links in an hour; other tests cover that, too. */
const MAX_RESETS = 2;
const passwords = [ann.password, "eleven grey herons wade", "nine brass kettles hum"];

type Command = fc.AsyncCommand<FactorModel, FactorSite>;

/** Most actions need an app, which random ones would take long to set up. */
export async function setUpFactors() {
  const real = await FactorSite.create(browsers);
  const model = new FactorModel(real.site.world.now, ann.password, browsers);
  await logIn(0, "right", null).run(model, real);
  await enrol(0, null).run(model, real);
  ok(model.factor);
  return { model, real };
}

interface Step {
  readonly model: FactorModel;
  readonly real: FactorSite;
  readonly state: BrowserState;
  readonly isLoggedIn: boolean;
  readonly get: (path: string) => Promise<Response>;
  /** Whether the browser got another session token: an error page may bring one, too. */
  readonly hasNewToken: () => boolean;
  /** Sends a form while the planned fault happens; null when its outcome is unknown. */
  readonly post: (path: string, fields?: Record<string, string>) => Promise<Response | null>;
}

interface Action {
  readonly name: string;
  readonly browser: number;
  readonly plannedFault: PlannedFault | null;
  readonly check?: (model: FactorModel) => boolean;
}

function inBrowser(
  { name, browser, plannedFault, check = () => true }: Action,
  run: (step: Step) => Promise<void>,
): Command {
  return {
    check,
    async run(model, real) {
      const state = model.state(browser);
      const isLoggedIn = await look(model, real, browser);
      const it = real.site.browser(browser);
      const tokenOf = () => it.cookies.get("__Host-session");
      const before = tokenOf();
      const hasNewToken = () => tokenOf() !== undefined && tokenOf() !== before;
      const post = async (path: string, fields: Record<string, string> = {}) => {
        const answer = await real.site.during(plannedFault, it, () => it.post(path, fields));
        if (answer && answer.status >= 400) equal(answer.status, 422);
        if (!answer && isLoggedIn) state.isSuperseded = true;
        return answer;
      };
      const get = (path: string) => it.get(path);
      await run({ model, real, state, isLoggedIn, hasNewToken, post, get });
      await real.checkSessions();
    },
    toString: () =>
      `${name} in ${browser}${plannedFault ? `, ${plannedFault.fault} ${plannedFault.nth}` : ""}`,
  };
}

/** Whether somebody is logged in: only where the model has it. */
async function look(model: FactorModel, real: FactorSite, browser: number): Promise<boolean> {
  const state = model.state(browser);
  const it = real.site.browser(browser);
  const token = it.cookies.get("__Host-session");
  const isLoggedIn = (await it.get("/profile")).status === 200;
  if (isLoggedIn) ok(model.mayBeLoggedIn(state), `somebody is logged in in ${browser}`);
  if (!isLoggedIn) state.login = null;
  else if (it.cookies.get("__Host-session") !== token) model.restore(state);
  return isLoggedIn;
}

const leadsTo = (answer: Response, path: string) => equal(answer.headers.get("location"), path);

function mayAttempt(...kinds: Counted[]): (model: FactorModel) => boolean {
  return ({ attempts }) => kinds.every((kind) => attempts[kind] < MAX_ATTEMPTS);
}

function logIn(
  browser: number,
  kind: "right" | "remember" | "wrong",
  plannedFault: PlannedFault | null,
): Command {
  const check = mayAttempt("password");
  return inBrowser({ name: `log in, ${kind}`, browser, plannedFault, check }, async (step) => {
    const { model, state, post } = step;
    const remember = kind === "remember";
    const password = kind === "wrong" ? "not the password" : model.password;
    if (kind === "wrong" || plannedFault) model.attempts.password++;
    const answer = await post("/login", { email, password, ...remember ? { remember: "on" } : {} });
    if (!answer && state.pending) state.pending = { ...state.pending, isCertain: false };
    if (step.hasNewToken()) {
      ok(!model.factor && kind !== "wrong", "it logged in by the password alone");
      model.logIn(state, "no", remember);
    }
    if (!answer) return;
    if (kind === "wrong") return equal(answer.status, 422);
    if (model.factor) model.beginPending(state, remember);
    leadsTo(answer, model.factor ? "/login/second-factor" : "/profile");
  });
}

/** Both steps, because random actions seldom follow each other in one browser. */
function logInFully(browser: number, kind: "right" | "remember", code: CodeKind): Command {
  const steps = [logIn(browser, kind, null), proveFactor(browser, code, null)];
  return {
    check: (model) => steps.every((it) => it.check(model)),
    async run(model, real) {
      for (const step of steps) await step.run(model, real);
    },
    toString: () => steps.join(", then "),
  };
}

type CodeKind = "right" | "again" | "wrong" | "recovery" | "used recovery";

interface Code {
  readonly counted: Counted;
  readonly code: string;
  /** Whether the model has it as right. */
  readonly expected: Certainty;
  /** It was accepted, or refused as one that was used. */
  readonly use?: () => void;
  /** The answer was lost. */
  readonly lose?: () => void;
}

function codeOf(model: FactorModel, real: FactorSite, kind: CodeKind): Code {
  const key = model.factor?.key ?? "";
  if (kind === "recovery") return recoveryCode(model, "new");
  if (kind === "used recovery") return recoveryCode(model, "used");
  if (kind === "wrong") {
    return { counted: "totp", code: wrongCode(key, real.site.world.now), expected: "no" };
  }
  if (kind === "right") letTimePass(model, real, 30 * SECOND);
  const { step } = model;
  const factor = model.factor ?? fail("the model has no app");
  return {
    counted: "totp",
    code: codeAt(key, real.site.world.now),
    expected: model.isNewStep(),
    use: () => factor.lastStep = [step, step],
    lose: () => factor.lastStep = [factor.lastStep[0], step],
  };
}

function recoveryCode(model: FactorModel, wanted: "new" | "used"): Code {
  const codes = model.factor?.codes ?? new Map();
  const [code] = [...codes].find(([, use]) => use === wanted) ?? ["ABCD-EFGH-IJKL-MNOP"];
  return {
    counted: "recovery_code",
    code,
    expected: codes.get(code) === "new" ? "yes" : "no",
    use: () => codes.set(code, "used"),
    lose: () => codes.set(code, "maybe used"),
  };
}

/** Six digits that are no code of these minutes. */
function wrongCode(key: string, now: Date): string {
  const near = [-30, 0, 30].map((it) => codeAt(key, new Date(now.getTime() + it * SECOND)));
  return ["000000", "111111", "222222", "333333"].find((it) => !near.includes(it)) ?? fail();
}

/** Sends a code: whether it was right, or null when the answer was lost. */
async function sendCode(
  { model, real }: Step,
  kind: CodeKind,
  send: (code: string) => Promise<Response | null>,
): Promise<boolean | null> {
  const { counted, code, expected, use, lose } = codeOf(model, real, kind);
  const answer = await send(code);
  const isRight = answer?.status === 303;
  if (!isRight) model.attempts[counted]++;
  if (!answer) lose?.();
  if (!answer) return null;
  if (expected !== "maybe") equal(isRight, expected === "yes", `${kind} code`);
  if (isRight || expected === "maybe") use?.();
  return isRight;
}

function proveFactor(
  browser: number,
  kind: CodeKind,
  plannedFault: PlannedFault | null,
): Command {
  const check = mayAttempt("totp", "recovery_code");
  return inBrowser({ name: `second step, ${kind}`, browser, plannedFault, check }, async (step) => {
    const { model, state, post } = step;
    const { pending } = state;
    const path = "/login/second-factor";
    // The next code takes a moment to appear.
    const sentAt = kind === "right" ? model.now + 30 * SECOND : model.now;
    const holds = model.holdsPending(state, sentAt);
    if (holds === "maybe") return;
    if (holds === "no") {
      const answer = await post(path, { code: "000000" });
      return answer ? leadsTo(answer, "/login") : undefined;
    }
    const isRight = await sendCode(step, kind, (code) => post(path, { code }));
    if (isRight === null) state.pending = pending && { ...pending, isCertain: false };
    else equal(step.hasNewToken(), isRight);
    if (!step.hasNewToken()) return;
    model.logIn(state, "yes", pending?.remember ?? false);
    equal((await step.get("/profile")).status, 200);
  });
}

function reauthenticate(
  browser: number,
  kind: CodeKind | "password",
  plannedFault: PlannedFault | null,
): Command {
  const check = mayAttempt("password", "totp", "recovery_code");
  const name = `reauthenticate, ${kind}`;
  return inBrowser({ name, browser, plannedFault, check }, async (step) => {
    const { model, state, isLoggedIn, post } = step;
    if (!isLoggedIn) return;
    const send = (fields: Record<string, string>) => post("/reauthenticate", fields);
    if (kind === "password") {
      if (plannedFault) model.attempts.password++;
      const answer = await send({ password: model.password });
      // A password alone is not enough for somebody who has a factor.
      if (answer) equal(answer.status, model.factor ? 422 : 303);
      if (step.hasNewToken()) model.reauthenticate(state, "no");
      return;
    }
    if (!model.factor) return;
    await sendCode(step, kind, (code) => send({ code }));
    if (step.hasNewToken()) model.reauthenticate(state, "yes");
  });
}

function enrol(browser: number, plannedFault: PlannedFault | null): Command {
  const check = mayAttempt("totp");
  return inBrowser({ name: "set up an app", browser, plannedFault, check }, async (step) => {
    const { model, real, state, isLoggedIn, get, post } = step;
    const path = "/account/totp";
    if (!await opens(step, path) || model.factor) return;
    ok(isLoggedIn);
    const key = keyOn(await (await get(path)).text());
    await real.noteOlder();
    if (plannedFault) model.attempts.totp++;
    const answer = await post(path, { code: codeAt(key, real.site.world.now) });
    const isEnrolled = (await real.user()).factors.length > 0;
    if (isEnrolled) model.factor = { key, lastStep: [model.step, model.step], codes: new Map() };
    if (step.hasNewToken()) model.reauthenticate(state, "yes");
    if (!answer) return;
    ok(isEnrolled);
    leadsTo(answer, "/account/recovery-codes");
    const codes = codesOn(await (await get("/account/recovery-codes")).text());
    equal(codes.length, 10);
    for (const code of codes) model.factor?.codes.set(code, "new");
  });
}

function remove(browser: number, plannedFault: PlannedFault | null): Command {
  return inBrowser({ name: "remove the app", browser, plannedFault }, async (step) => {
    const { model, real, state, isLoggedIn, post } = step;
    const isFresh = model.isFresh(state);
    const answer = await post("/account/totp/remove");
    const isRemoved = model.factor !== null && (await real.user()).factors.length === 0;
    if (isRemoved) {
      ok(isLoggedIn && isFresh !== "no", "it was removed without a fresh login");
      model.factor = null;
      model.endLogins();
    }
    if (isRemoved && step.hasNewToken()) model.renew(state, "no");
    if (!answer) return;
    if (!isLoggedIn) return leadsTo(answer, "/login");
    if (model.factor && isFresh === "yes") fail("it was not removed");
  });
}

function reset(
  browser: number,
  kind: CodeKind | "no code",
  password: string,
  plannedFault: PlannedFault | null,
): Command {
  const check = (model: FactorModel) =>
    model.resets < MAX_RESETS && mayAttempt("totp", "recovery_code")(model);
  const name = `reset the password, ${kind}`;
  return inBrowser({ name, browser, plannedFault, check }, async (step) => {
    const { model, real, get } = step;
    model.resets++;
    const { site } = real;
    const it = site.browser(browser);
    equal((await it.post("/password-reset", { email })).status, 303);
    await get(await resetLink(real));
    const before = await real.storedPassword();
    const send = (fields: Record<string, string>) =>
      step.post("/password-reset/new", { password, ...fields });
    const isRight = kind === "no code" || !model.factor
      ? (await send({}))?.status === 303
      : await sendCode(step, kind, (code) => send({ code }));
    const isChanged = await real.storedPassword() !== before;
    if (kind === "no code" && model.factor) ok(!isChanged, "mail alone changed the password");
    if (!plannedFault) equal(isChanged, isRight);
    if (!isChanged) return;
    model.password = password;
    model.endLogins();
  });
}

/** The newest link: mails of other kinds may arrive later. */
async function resetLink({ site: { world } }: FactorSite): Promise<string> {
  const texts = (await world.delivered()).map(({ text }) => text);
  const links = texts.flatMap((it) => it.match(/\/password-reset\/\S+/g) ?? []);
  return links.at(-1) ?? fail("no link to choose a new password");
}

/** Whether a page opens that needs a fresh login: the model knows it in most cases. */
async function opens({ model, state, isLoggedIn, get }: Step, path: string): Promise<boolean> {
  const isFresh = isLoggedIn ? model.isFresh(state) : "no";
  const isOpen = (await get(path)).status === 200;
  if (isFresh !== "maybe") equal(isOpen, isFresh === "yes", `${path} opens`);
  return isOpen;
}

function visitDeletion(browser: number): Command {
  const name = "visit what needs a fresh login";
  return inBrowser({ name, browser, plannedFault: null }, async (step) => {
    await opens(step, "/account/delete");
  });
}

function closeAndOpen(browser: number): Command {
  return {
    check: () => true,
    run: (model, real) => {
      real.site.browser(browser).restart();
      const state = model.state(browser);
      const hasPending = real.site.browser(browser).cookies.has("__Host-pending");
      Object.assign(state, { login: null, ...hasPending ? {} : { pending: null } });
      return Promise.resolve();
    },
    toString: () => `close and open ${browser}`,
  };
}

function letTimePass(model: FactorModel, real: FactorSite, duration: number): void {
  real.site.world.pass(duration);
  model.pass(duration);
}

function pass(duration: number): Command {
  return {
    check: () => true,
    run: (model, real) => Promise.resolve(letTimePass(model, real, duration)),
    toString: () => `pass ${duration / MINUTE} min`,
  };
}

const browser = fc.nat(browsers - 1);
const plannedFault = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.record({
      nth: fc.integer({ min: 1, max: 9 }),
      fault: fc.constantFrom("fail" as const, "unknown" as const, "conflict" as const),
    }),
  },
);
const login = fc.constantFrom("right" as const, "right" as const, "remember" as const);
const code = fc.constantFrom<CodeKind>(
  ...["right", "right", "right", "recovery", "again", "wrong", "used recovery"] as const,
);
const resetCode = fc.constantFrom("right" as const, "no code" as const, "recovery" as const);
const proof = fc.constantFrom("right" as const, "password" as const, "recovery" as const);
const shortly = fc.constantFrom(SECOND, 30 * SECOND, 6 * MINUTE, 11 * MINUTE);

const often = [
  fc.tuple(browser, login, code).map((it) => logInFully(...it)),
  fc.tuple(browser, login, plannedFault).map((it) => logIn(...it)),
  fc.tuple(browser, code, plannedFault).map((it) => proveFactor(...it)),
  browser.map(visitDeletion),
];
const sometimes = [
  fc.tuple(browser, proof, plannedFault).map((it) => reauthenticate(...it)),
  fc.tuple(browser, plannedFault).map((it) => enrol(...it)),
  shortly.map(pass),
];
const rarely = [
  fc.tuple(browser, plannedFault).map((it) => remove(...it)),
  fc.tuple(browser, plannedFault).map(([it, fault]) => logIn(it, "wrong", fault)),
  fc.tuple(browser, resetCode, fc.constantFrom(...passwords), plannedFault)
    .map((it) => reset(...it)),
  browser.map(closeAndOpen),
  fc.constantFrom(HOUR, 3 * HOUR).map(pass),
];

/** Every action, the frequent ones several times. */
export const factorCommands = [
  ...[often, often, often].flat(),
  ...[sometimes, sometimes].flat(),
  ...rarely,
];
