import fc from "fast-check";
import { equal, fail, ok } from "node:assert/strict";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import { ann, bob } from "../support/people.ts";
import { Model, type Place } from "./model.ts";
import { Site, type Trouble } from "./site.ts";

// What people do, each with what has to come of it by the model. Whoever is surely logged in is; whoever
// surely is not never is; nobody ever is somebody else.

const people = [ann, bob];
const browsers = 3;
/** One more than so many would make somebody wait: what that means is told elsewhere. */
const mostStrikes = 4;
const mostLogins = 15;
const passwords = [ann.password, "eleven grey herons wade", "nine brass kettles hum"];
const names = ["Ann", "Anna", "Annabel"];

export type Command = fc.AsyncCommand<Model, Site>;

/** Ann is there already, and logged in: it would be long until she came by chance. */
export async function setUp() {
  const real = await Site.create(browsers);
  const model = new Model(real.world.now, people.length, browsers);
  await register(0, 0, null).run(model, real);
  return { model, real };
}

interface Step {
  readonly model: Model;
  readonly site: Site;
  readonly place: Place;
  /** Whether somebody is logged in there at this moment. */
  readonly isIn: boolean;
  /** Who, where somebody is. */
  readonly who: number;
  /** Does it, with the trouble that was planned; null when the answer was lost. */
  readonly act: (path: string, fields?: Record<string, string>) => Promise<Response | null>;
}

/** What somebody does in a browser, while all is well or one call to the database goes wrong. */
function inBrowser(
  name: string,
  browser: number,
  trouble: Trouble | null,
  run: (step: Step) => Promise<void>,
  check: (model: Model) => boolean = () => true,
): Command {
  return {
    check,
    async run(model, site) {
      const place = model.place(browser);
      const it = site.browser(browser);
      const isIn = await look(model, site, browser);
      const who = model.ownerOf(place) ?? -1;
      const act = async (path: string, fields?: Record<string, string>) => {
        const answer = await site.during(
          trouble,
          it,
          () => fields ? it.post(path, fields) : it.get(path),
        );
        if (answer && answer.status >= 400 && answer.status !== 422) fail(`${answer.status}`);
        if (isIn) model.use(place, trouble === null);
        if (!answer) place.sure = false;
        return answer;
      };
      await run({ model, site, place, isIn, who, act });
    },
    toString: () => `${name} in ${browser}${trouble ? `, ${trouble.fault} ${trouble.nth}` : ""}`,
  };
}

/** Whether somebody is logged in there: by the model, and where it does not know, by a look. */
async function look(model: Model, site: Site, browser: number): Promise<boolean> {
  const place = model.place(browser);
  const expected = model.isIn(place);
  if (expected === "yes") return true;
  if (expected === "no") {
    model.logOut(place);
    return false;
  }
  const answer = await site.browser(browser).get("/profile");
  await judgeProfile(answer, model, place);
  return answer.status === 200;
}

/** Nobody is somebody else, and whoever is not there has to log in. */
async function judgeProfile(answer: Response, model: Model, place: Place): Promise<void> {
  if (answer.status === 200) {
    const name = model.accounts[model.ownerOf(place) ?? -1]?.name;
    ok((await answer.text()).includes(`Hi ${name}`), `it is not ${name}`);
    model.use(place, true);
  } else {
    equal(answer.headers.get("location"), "/login?next=%2Fprofile");
    model.logOut(place);
  }
}

const leadsTo = (answer: Response, path: string) => equal(answer.headers.get("location"), path);

function visit(browser: number, trouble: Trouble | null): Command {
  return inBrowser("visit", browser, trouble, async ({ model, place, isIn, act }) => {
    const answer = await act("/profile");
    if (!answer) return;
    equal(answer.status, isIn ? 200 : 302);
    await judgeProfile(answer, model, place);
  });
}

function register(browser: number, who: number, trouble: Trouble | null): Command {
  const person = people[who] as typeof ann;
  const { email, name, password } = person;
  return inBrowser(`register ${name}`, browser, trouble, async (step) => {
    const { model, site, place, isIn, act } = step;
    const answer = await act("/register", { ...person });
    if (isIn) return void (answer && leadsTo(answer, "/profile"));
    const isNew = model.accounts[who] === null;
    if (!answer) {
      if (isNew && await site.stored(email)) model.register(who, name, password);
      return;
    }
    equal(answer.status, isNew ? 303 : 422);
    if (!isNew) return;
    model.register(who, name, password);
    model.logIn(place, who, false);
  }, (model) => (model.logins[who] ?? 0) < mostLogins);
}

function logIn(
  browser: number,
  who: number,
  way: "right" | "remember" | "wrong",
  trouble: Trouble | null,
): Command {
  const { email, name } = people[who] as typeof ann;
  return inBrowser(`log in ${name}, ${way}`, browser, trouble, async (step) => {
    const { model, place, isIn, act } = step;
    const account = model.accounts[who] ?? null;
    const password = way === "wrong" || !account ? "not the password" : account.password;
    const remember = way === "remember";
    const answer = await act("/login", { email, password, ...remember ? { remember: "on" } : {} });
    if (isIn) return void (answer && leadsTo(answer, "/profile"));
    const isRight = account !== null && way !== "wrong";
    if (!isRight || trouble) strike(model, who);
    if (!answer) return;
    equal(answer.status, isRight ? 303 : 422);
    if (isRight) model.logIn(place, who, remember);
  }, (model) => mayPresent(model, who) && (model.logins[who] ?? 0) < mostLogins);
}

function logOut(browser: number, trouble: Trouble | null): Command {
  return inBrowser("log out", browser, trouble, async ({ model, place, act }) => {
    const answer = await act("/logout", {});
    if (!answer) return;
    leadsTo(answer, "/");
    place.sure = true; // whatever was left of it, the browser has no cookie
    model.logOut(place);
  });
}

function rename(browser: number, name: string, trouble: Trouble | null): Command {
  return inBrowser(`rename to ${name}`, browser, trouble, async (step) => {
    const { model, site, isIn, who, act } = step;
    const answer = await act("/profile", { name });
    if (!isIn) return void (answer && leadsTo(answer, "/login"));
    const account = model.accounts[who];
    if (!account) return;
    if (answer) leadsTo(answer, "/profile");
    const stored = await site.stored((people[who] as typeof ann).email);
    if (answer) equal(stored?.name, name);
    else ok([account.name, name].includes(String(stored?.name)));
    account.name = String(stored?.name);
  });
}

function reauthenticate(browser: number, isRight: boolean, trouble: Trouble | null): Command {
  const what = `reauthenticate, ${isRight ? "right" : "wrong"}`;
  return inBrowser(what, browser, trouble, async ({ model, place, isIn, who, act }) => {
    const account = model.accounts[who];
    const password = isIn && isRight && account ? account.password : "not the password";
    const answer = await act("/reauthenticate", { password });
    if (!isIn) return void (answer && leadsTo(answer, "/login"));
    if (!isRight || trouble) strike(model, who);
    if (!answer) return;
    equal(answer.status, isRight ? 303 : 422);
    if (isRight) model.prove(place);
  }, (model) => people.every((_, who) => mayPresent(model, who)));
}

function changePassword(browser: number, password: string, trouble: Trouble | null): Command {
  return inBrowser("change the password", browser, trouble, async (step) => {
    const { model, site, place, isIn, who, act } = step;
    const account = model.accounts[who];
    const isFresh = model.isFresh(place);
    const { email } = people[who] ?? ann;
    const before = await site.stored(email);
    const current = account?.password ?? "nobody's password";
    const answer = await act("/account/password", { current_password: current, password });
    if (!isIn || !account) return void (answer && leadsTo(answer, "/login"));
    if (trouble) strike(model, who);
    const isChanged = (await site.stored(email))?.password !== before?.password;
    if (isChanged) {
      ok(isFresh !== "no", "it was changed without a proof");
      ok(password !== current);
      model.endAll(who);
      account.password = password;
    }
    if (!answer) return;
    const mustAsk = answer.headers.get("location")?.startsWith("/reauthenticate") ?? false;
    if (isFresh !== "maybe") equal(mustAsk, isFresh === "no");
    if (mustAsk) return equal(isChanged, false);
    equal(isChanged, password !== current);
    equal(answer.status, isChanged ? 303 : 422);
    if (isChanged) model.logIn(place, who, false);
  }, (model) => people.every((_, who) => mayPresent(model, who)));
}

function endOthers(browser: number, trouble: Trouble | null): Command {
  return inBrowser("end the others", browser, trouble, async ({ model, place, isIn, who, act }) => {
    const answer = await act("/account/sessions/end-others", {});
    if (!isIn) return void (answer && leadsTo(answer, "/login"));
    if (answer) leadsTo(answer, "/account/sessions");
    for (const other of othersOf(model, place, who)) {
      if (answer) Object.assign(other, { login: null, remembered: null });
      else other.sure = false;
    }
  });
}

function deleteAccount(browser: number, trouble: Trouble | null): Command {
  return inBrowser("delete the account", browser, trouble, async (step) => {
    const { model, site, place, isIn, who, act } = step;
    const isFresh = model.isFresh(place);
    const { email } = people[who] ?? ann;
    const answer = await act("/account/delete", { email });
    if (!isIn) return void (answer && leadsTo(answer, "/login"));
    const isGone = await site.stored(email) === null;
    if (isGone) {
      ok(isFresh !== "no", "it was deleted without a proof");
      model.accounts[who] = null;
    }
    for (const other of othersOf(model, place, who)) if (!answer) other.sure = false;
    if (!answer) return;
    if (isFresh !== "maybe") equal(isGone, isFresh === "yes");
    if (!isGone) return ok(answer.headers.get("location")?.startsWith("/reauthenticate"));
    leadsTo(answer, "/");
    place.sure = true;
    model.logOut(place);
  });
}

function othersOf(model: Model, place: Place, who: number): Place[] {
  return model.places.filter((it) => it !== place && model.ownerOf(it) === who);
}

function strike(model: Model, who: number): void {
  model.strikes[who] = (model.strikes[who] ?? 0) + 1;
}

function mayPresent(model: Model, who: number): boolean {
  return (model.strikes[who] ?? 0) < mostStrikes;
}

/** Uses it every hour, for longer than any session lasts. */
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
      model.place(browser).login = null;
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

const browser = fc.nat(browsers - 1);
const who = fc.nat(people.length - 1);
const trouble = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.record({
      nth: fc.integer({ min: 1, max: 9 }),
      fault: fc.constantFrom("fail" as const, "unknown" as const, "conflict" as const),
    }),
  },
);
const way = fc.constantFrom("right" as const, "remember" as const);
const shortly = fc.constantFrom(SECOND, 6 * MINUTE, 11 * MINUTE, HOUR, 3 * HOUR);
const later = fc.constantFrom(25 * HOUR, 8 * DAY, 31 * DAY);

const often = [
  fc.tuple(browser, trouble).map((it) => visit(...it)),
  fc.tuple(browser, who, way, trouble).map((it) => logIn(...it)),
  shortly.map(pass),
];
const sometimes = [
  fc.tuple(browser, who, trouble).map((it) => register(...it)),
  fc.tuple(browser, fc.boolean(), trouble).map((it) => reauthenticate(...it)),
  fc.tuple(browser, fc.constantFrom(...passwords), trouble).map((it) => changePassword(...it)),
  browser.map(closeAndOpen),
];
const rarely = [
  fc.tuple(browser, who, trouble).map(([a, b, c]) => logIn(a, b, "wrong", c)),
  fc.tuple(browser, trouble).map((it) => logOut(...it)),
  fc.tuple(browser, fc.constantFrom(...names), trouble).map((it) => rename(...it)),
  fc.tuple(browser, trouble).map((it) => endOthers(...it)),
  fc.tuple(browser, trouble).map((it) => deleteAccount(...it)),
  browser.map(stay),
  later.map(pass),
  fc.constantFrom(-MINUTE, -HOUR).map(pass),
  fc.constant(restartServer()),
];

/** Everything that people do, and what happens to them. */
export const commands = [
  ...[often, often, often, often].flat(),
  ...[sometimes, sometimes].flat(),
  ...rarely,
];
