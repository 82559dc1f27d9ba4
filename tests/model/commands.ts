import fc from "fast-check";
import { equal, fail, ok } from "node:assert/strict";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import { ann, bob } from "../support/people.ts";
import { type BrowserState, Model } from "./model.ts";
import { type PlannedFault, Site } from "./site.ts";

// The actions of people, each checked against the model: who is certainly logged in is, who
// certainly is not never is, and nobody is ever logged in as somebody else.

const people = [ann, bob];
const browsers = 3;
/** One more would be throttled: other tests cover that. */
const MAX_ATTEMPTS = 4;
const MAX_LOGINS = 15;
const passwords = [ann.password, "eleven grey herons wade", "nine brass kettles hum"];
const names = ["Ann", "Anna", "Annabel"];

export type Command = fc.AsyncCommand<Model, Site>;

/** Registers Ann, because random actions would take long to do so. */
export async function setUp(prepare: (site: Site) => Promise<void> = async () => {}) {
  const real = await Site.create(browsers);
  await prepare(real);
  const model = new Model(real.world.now, people.length, browsers);
  await register(0, 0, null).run(model, real);
  return { model, real };
}

interface Step {
  readonly model: Model;
  readonly site: Site;
  readonly state: BrowserState;
  /** Whether somebody is logged in in this browser. */
  readonly hasLogin: boolean;
  /** The person whose login it is, or -1. */
  readonly who: number;
  /** Sends a request while the planned fault happens; null when the outcome is unknown. */
  readonly act: (path: string, fields?: Record<string, string>) => Promise<Response | null>;
  /** Whether the browser got another session token: an error page may bring one, too. */
  readonly hasNewToken: () => boolean;
}

/** An action in a browser, with or without a fault of one call to the database. */
function inBrowser(
  name: string,
  browser: number,
  plannedFault: PlannedFault | null,
  run: (step: Step) => Promise<void>,
  check: (model: Model) => boolean = () => true,
): Command {
  return {
    check,
    async run(model, site) {
      if (site.isCutOff(browser)) return await site.expectOutage(browser);
      const state = model.state(browser);
      const it = site.browser(browser);
      const hasLogin = await isLoggedIn(model, site, browser);
      const who = model.ownerOf(state) ?? -1;
      const token = it.cookies.get("__Host-session");
      const hasNewToken = () => ![undefined, token].includes(it.cookies.get("__Host-session"));
      const act = async (path: string, fields?: Record<string, string>) => {
        const answer = await site.during(
          plannedFault,
          it,
          () => fields ? it.post(path, fields) : it.get(path),
        );
        if (answer && answer.status >= 400 && answer.status !== 422) fail(`${answer.status}`);
        if (hasLogin) model.use(state, plannedFault === null);
        if (!answer) state.isCertain = false;
        if (!answer && hasLogin) state.supersededOf = who;
        return answer;
      };
      await run({ model, site, state, hasLogin, who, act, hasNewToken });
    },
    toString: () =>
      `${name} in ${browser}${plannedFault ? `, ${plannedFault.fault} ${plannedFault.nth}` : ""}`,
  };
}

/** Asks the model whether somebody is logged in, and the site where the model does not know. */
async function isLoggedIn(model: Model, site: Site, browser: number): Promise<boolean> {
  const state = model.state(browser);
  const expected = model.hasLogin(state);
  if (expected === "yes") return true;
  if (expected === "no") {
    model.logOut(state);
    return false;
  }
  const answer = await site.browser(browser).get("/profile");
  await checkProfile(answer, model, state);
  return answer.status === 200;
}

/** The profile shows the expected person, or leads to the login page. */
async function checkProfile(answer: Response, model: Model, state: BrowserState): Promise<void> {
  if (answer.status === 200) {
    const name = model.accounts[model.ownerOf(state) ?? -1]?.name;
    ok((await answer.text()).includes(`Hi ${name}`), `it is not ${name}`);
    model.use(state, true);
  } else {
    equal(answer.headers.get("location"), "/login?next=%2Fprofile");
    model.logOut(state);
  }
}

const isRefused = (answer: Response) => answer.headers.get("location") === "/login";
const leadsTo = (answer: Response, path: string) => equal(answer.headers.get("location"), path);

function visit(browser: number, plannedFault: PlannedFault | null): Command {
  return inBrowser("visit", browser, plannedFault, async ({ model, state, hasLogin, act }) => {
    const answer = await act("/profile");
    if (!answer) return;
    equal(answer.status, hasLogin ? 200 : 302);
    await checkProfile(answer, model, state);
  });
}

function register(browser: number, who: number, plannedFault: PlannedFault | null): Command {
  const person = people[who] as typeof ann;
  const { email, name, password } = person;
  return inBrowser(`register ${name}`, browser, plannedFault, async (step) => {
    const { model, site, state, act, hasNewToken } = step;
    const answer = await act("/register", { ...person });
    const account = model.accounts[who] ?? null;
    const isNew = account === null;
    // Sent again soon enough, the same form logs in.
    const mayRepeat = account?.name === name && account.password === password;
    if (account?.name === name) countAttempt(model, who);
    if (!answer) {
      if (isNew && await site.stored(email)) model.register(who, name, password);
      if (hasNewToken()) await heardToken(step, { browser, who, remember: false });
      return;
    }
    if (!isNew && !mayRepeat) equal(answer.status, 422);
    if (isNew) equal(answer.status, 303);
    if (isNew) model.register(who, name, password);
    if (answer.status === 303) model.logIn(state, who, false);
  }, (model) => mayAttempt(model, who) && (model.logins[who] ?? 0) < MAX_LOGINS);
}

function logIn(
  browser: number,
  who: number,
  kind: "right" | "remember" | "wrong",
  plannedFault: PlannedFault | null,
): Command {
  const { email, name } = people[who] as typeof ann;
  return inBrowser(`log in ${name}, ${kind}`, browser, plannedFault, async (step) => {
    const { model, state, act, hasNewToken } = step;
    const account = model.accounts[who] ?? null;
    const password = kind === "wrong" || !account ? "not the password" : account.password;
    const remember = kind === "remember";
    const answer = await act("/login", { email, password, ...remember ? { remember: "on" } : {} });
    const isRight = account !== null && kind !== "wrong";
    if (!isRight || plannedFault) countAttempt(model, who);
    if (answer) equal(answer.status, isRight ? 303 : 422);
    if (answer && isRight) model.logIn(state, who, remember);
    if (!answer && hasNewToken()) await heardToken(step, { browser, who, remember });
  }, (model) => mayAttempt(model, who) && (model.logins[who] ?? 0) < MAX_LOGINS);
}

interface HeardToken {
  readonly browser: number;
  readonly who: number;
  readonly remember: boolean;
}

/** An error page brought a token: of the login that failed later, or of a remembered one before. */
async function heardToken(step: Step, { browser, who, remember }: HeardToken): Promise<void> {
  const { model, site, state, hasLogin } = step;
  const stored = await site.stored((people[who] as typeof ann).email);
  if (!stored || site.tokenOwner(browser) !== stored.id) return;
  if (hasLogin && step.who === who) model.mayLogIn(state, who, remember);
  else model.logIn(state, who, remember);
}

function logOut(browser: number, plannedFault: PlannedFault | null): Command {
  return inBrowser("log out", browser, plannedFault, async ({ model, state, act }) => {
    const answer = await act("/logout", {});
    if (!answer) return;
    leadsTo(answer, "/");
    state.isCertain = true; // the browser has no cookie any more
    model.logOut(state);
  });
}

function rename(browser: number, name: string, plannedFault: PlannedFault | null): Command {
  return inBrowser(`rename to ${name}`, browser, plannedFault, async (step) => {
    const { model, site, hasLogin, who, act } = step;
    const answer = await act("/profile", { name });
    if (!hasLogin) return void (answer && leadsTo(answer, "/login"));
    const account = model.accounts[who];
    if (!account) return;
    if (answer) leadsTo(answer, "/profile");
    const stored = await site.stored((people[who] as typeof ann).email);
    if (answer) equal(stored?.name, name);
    else ok([account.name, name].includes(String(stored?.name)));
    account.name = String(stored?.name);
  });
}

function reauthenticate(
  browser: number,
  isRight: boolean,
  plannedFault: PlannedFault | null,
): Command {
  const what = `reauthenticate, ${isRight ? "right" : "wrong"}`;
  return inBrowser(what, browser, plannedFault, async ({ model, state, hasLogin, who, act }) => {
    const owner = hasLogin ? who : state.supersededOf ?? -1;
    const account = model.accounts[owner];
    const password = isRight && account ? account.password : "not the password";
    const answer = await act("/reauthenticate", { password });
    if (!hasLogin && (!account || !answer || isRefused(answer))) {
      return void (answer && leadsTo(answer, "/login"));
    }
    if (!isRight || plannedFault) countAttempt(model, owner);
    if (!answer) return;
    equal(answer.status, isRight ? 303 : 422);
    if (isRight && hasLogin) model.reauthenticate(state);
    if (isRight && !hasLogin) model.resume(state, owner);
  }, (model) => people.every((_, who) => mayAttempt(model, who)));
}

function changePassword(
  browser: number,
  password: string,
  plannedFault: PlannedFault | null,
): Command {
  return inBrowser("change the password", browser, plannedFault, async (step) => {
    const { model, site, state, hasLogin, who, act } = step;
    const owner = hasLogin ? who : state.supersededOf ?? -1;
    const account = model.accounts[owner];
    const { email } = people[owner] ?? ann;
    const before = await site.stored(email);
    const current = account?.password ?? "nobody's password";
    const answer = await act("/account/password", { current_password: current, password });
    if (!account) return void (answer && leadsTo(answer, "/login"));
    if (plannedFault) countAttempt(model, owner);
    const isChanged = (await site.stored(email))?.password !== before?.password;
    if (isChanged) {
      ok(password !== current);
      model.endLogins(owner);
      account.password = password;
    }
    if (!answer) return;
    if (!hasLogin && isRefused(answer)) return equal(isChanged, false);
    equal(isChanged, password !== current);
    equal(answer.status, isChanged ? 303 : 422);
    if (isChanged && hasLogin) model.keep(state, owner);
    if (isChanged && !hasLogin) model.resume(state, owner);
  }, (model) => people.every((_, who) => mayAttempt(model, who)));
}

function endOthers(browser: number, plannedFault: PlannedFault | null): Command {
  return inBrowser(
    "end the others",
    browser,
    plannedFault,
    async ({ model, state, hasLogin, who, act }) => {
      const answer = await act("/account/sessions/end-others", {});
      if (!hasLogin) return void (answer && leadsTo(answer, "/login"));
      if (answer) leadsTo(answer, "/account/sessions");
      for (const other of othersOf(model, state, who)) {
        if (answer) Object.assign(other, { login: null, remembered: null });
        else other.isCertain = false;
      }
    },
  );
}

function deleteAccount(browser: number, plannedFault: PlannedFault | null): Command {
  return inBrowser("delete the account", browser, plannedFault, async (step) => {
    const { model, site, state, hasLogin, who, act } = step;
    const isFresh = model.isFresh(state);
    const { email } = people[who] ?? ann;
    const answer = await act("/account/delete", { email });
    if (!hasLogin) return void (answer && leadsTo(answer, "/"));
    const isGone = await site.stored(email) === null;
    if (isGone) {
      ok(isFresh !== "no", "it was deleted without a fresh login");
      model.accounts[who] = null;
    }
    for (const other of othersOf(model, state, who)) if (!answer) other.isCertain = false;
    if (!answer) return;
    if (isFresh !== "maybe") equal(isGone, isFresh === "yes");
    if (!isGone) return ok(answer.headers.get("location")?.startsWith("/reauthenticate"));
    leadsTo(answer, "/");
    state.isCertain = true;
    model.logOut(state);
  });
}

function othersOf(model: Model, state: BrowserState, who: number): BrowserState[] {
  return model.states.filter((it) => it !== state && model.ownerOf(it) === who);
}

function countAttempt(model: Model, who: number): void {
  model.attempts[who] = (model.attempts[who] ?? 0) + 1;
}

function mayAttempt(model: Model, who: number): boolean {
  return (model.attempts[who] ?? 0) < MAX_ATTEMPTS;
}

/** Visits every hour, for longer than any session lasts. */
function stay(browser: number): Command {
  return {
    check: () => true,
    async run(model, site) {
      for (let hour = 0; hour < 25; hour++) {
        await pass(HOUR).run(model, site);
        await visit(browser, null).run(model, site);
      }
    },
    toString: () => `stay for 25 hours in ${browser}`,
  };
}

function closeAndOpen(browser: number): Command {
  return {
    check: () => true,
    run: (model, site) => {
      site.browser(browser).restart();
      model.state(browser).login = null;
      return Promise.resolve();
    },
    toString: () => `close and open ${browser}`,
  };
}

function pass(duration: number): Command {
  return {
    check: () => true,
    run: (model, site) => {
      site.world.pass(duration);
      model.pass(duration);
      return Promise.resolve();
    },
    toString: () => `pass ${duration / MINUTE} min`,
  };
}

function restartServer(): Command {
  return {
    check: () => true,
    run: (_, site) => Promise.resolve(site.restart()),
    toString: () => "restart the server",
  };
}

export const browser = fc.nat(browsers - 1);
const who = fc.nat(people.length - 1);
const plannedFault = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.record({
      nth: fc.integer({ min: 1, max: 9 }),
      fault: fc.constantFrom(
        "fail" as const,
        "unknown" as const,
        "conflict" as const,
        "cut" as const,
      ),
    }),
  },
);
const kind = fc.constantFrom("right" as const, "remember" as const);
const shortly = fc.constantFrom(SECOND, 6 * MINUTE, 11 * MINUTE, HOUR, 3 * HOUR);
const later = fc.constantFrom(25 * HOUR, 8 * DAY, 31 * DAY);

const often = [
  fc.tuple(browser, plannedFault).map((it) => visit(...it)),
  fc.tuple(browser, who, kind, plannedFault).map((it) => logIn(...it)),
  shortly.map(pass),
];
const sometimes = [
  fc.tuple(browser, who, plannedFault).map((it) => register(...it)),
  fc.tuple(browser, fc.boolean(), plannedFault).map((it) => reauthenticate(...it)),
  fc.tuple(browser, fc.constantFrom(...passwords), plannedFault).map((it) => changePassword(...it)),
  browser.map(closeAndOpen),
];
const rarely = [
  fc.tuple(browser, who, plannedFault).map(([a, b, c]) => logIn(a, b, "wrong", c)),
  fc.tuple(browser, plannedFault).map((it) => logOut(...it)),
  fc.tuple(browser, fc.constantFrom(...names), plannedFault).map((it) => rename(...it)),
  fc.tuple(browser, plannedFault).map((it) => endOthers(...it)),
  fc.tuple(browser, plannedFault).map((it) => deleteAccount(...it)),
  browser.map(stay),
  later.map(pass),
  fc.constantFrom(-MINUTE, -HOUR).map(pass),
  fc.constant(restartServer()),
];

/** Every action, the frequent ones several times. */
export const commands = [
  ...[often, often, often, often].flat(),
  ...[sometimes, sometimes].flat(),
  ...rarely,
];
