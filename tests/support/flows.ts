import { equal, match } from "node:assert/strict";
import { makeHash } from "../../lib/credential/password_hash.ts";
import { Passwords } from "../../lib/credential/password.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import type { Browser } from "./browser.ts";
import { ann } from "./people.ts";
import type { TestWorld } from "./world.ts";

const { email, password } = ann;
const newPassword = "eleven grey herons wade";

/** A browser at the moment before, and what it does then. */
interface Step {
  readonly browser: Browser;
  readonly act: () => Promise<Response>;
}

/** One thing a person does that changes what is stored. */
export interface Flow {
  readonly name: string;
  readonly arrive: (world: TestWorld) => Promise<Step>;
  /** What a person does who got an error, and what they may be told; by default the same, once more. */
  readonly retry?: (browser: Browser) => Promise<void>;
  /** What the same, once more, may be answered with. */
  readonly again?: readonly number[];
  /** What holds once it is done. */
  readonly proof: (browser: Browser, world: TestWorld) => Promise<void>;
}

/** Everything that changes what is stored: a new flow joins by adding itself. */
export const flows: readonly Flow[] = [
  {
    name: "registering",
    arrive: (world) => step(world.browser(), (it) => it.post("/register", { ...ann })),
    // The account may be there by now, and the same form then says so: logging in is what it offers.
    retry: async (browser) => {
      const again = await browser.post("/register", { ...ann });
      if (again.status === 303) return;
      equal(again.status, 422);
      match(await again.text(), /An account with this address exists already/);
      equal((await browser.post("/login", { email, password })).status, 303);
    },
    proof: isAnn,
  },
  {
    name: "logging in",
    arrive: async (world) => {
      await world.ann();
      return step(world.browser(), (it) => it.post("/login", { email, password }));
    },
    proof: isAnn,
  },
  {
    name: "logging in, to be remembered",
    arrive: async (world) => {
      await world.ann();
      return step(world.browser(), (it) => it.post("/login", { email, password, remember: "on" }));
    },
    proof: async (browser) => {
      await isAnn(browser);
      browser.restart();
      await isAnn(browser);
    },
  },
  {
    name: "logging in with a hash of old parameters",
    arrive: async (world) => {
      await world.ann();
      const { key } = (await world.dump()).find((it) => it.key[0] === "password") as Deno.KvEntry<
        unknown
      >;
      const old = new Passwords(makeHash, { memoryKiB: 16, passes: 1 }, world.config.secretKeys);
      await world.database.set(key, await old.hash(password));
      return step(world.browser(), (it) => it.post("/login", { email, password }));
    },
    proof: isAnn,
  },
  {
    name: "trying a wrong password",
    arrive: async (world) => {
      await world.ann();
      return step(
        world.browser(),
        (it) => it.post("/login", { email, password: "nobody's password" }),
      );
    },
    again: [422],
    proof: async (browser, world) => {
      await isNobody(browser);
      const counts = (await world.dump()).filter(({ key }) => key[1] === "account")
        .map(({ value }) => (value as { count: number }).count);
      equal(counts.length === 1 && (counts[0] ?? 0) >= 1, true, "it was not counted [REL-P7]");
    },
  },
  {
    name: "coming back with a remember cookie",
    arrive: async (world) => step(await remembered(world), (it) => it.get("/profile")),
    proof: isAnn,
  },
  {
    name: "coming back with a stolen remember cookie",
    arrive: async (world) => {
      const owner = await remembered(world);
      const thief = owner.copy();
      await owner.get("/profile");
      world.pass(MINUTE);
      return step(thief, (it) => it.get("/profile"));
    },
    proof: async (browser, world) => {
      await isNobody(browser);
      equal((await world.dump()).filter((it) => it.key[0] === "remember").length, 0);
    },
  },
  {
    name: "reading a page after a while",
    arrive: async (world) => {
      const browser = await world.ann();
      world.pass(5 * MINUTE);
      return step(browser, (it) => it.get("/profile"));
    },
    proof: isAnn,
  },
  {
    name: "coming back too late",
    arrive: async (world) => {
      const browser = await world.ann();
      world.pass(3 * HOUR);
      return step(browser, (it) => it.get("/profile"));
    },
    proof: isNobody,
  },
  {
    name: "logging out",
    arrive: async (world) => {
      await world.ann();
      const browser = world.browser();
      await browser.post("/login", { email, password, remember: "on" });
      return step(browser, (it) => it.post("/logout"));
    },
    proof: async (browser, world) => {
      await isNobody(browser);
      equal((await world.dump()).filter((it) => it.key[0] === "remember").length, 0);
    },
  },
  {
    name: "changing the name",
    arrive: async (world) => step(await world.ann(), (it) => it.post("/profile", { name: "Anna" })),
    proof: async (browser) => match(await (await browser.get("/profile")).text(), /Hi Anna/),
  },
  {
    name: "reauthenticating",
    arrive: async (world) => {
      const browser = await world.ann();
      world.pass(20 * MINUTE);
      return step(browser, (it) => it.post("/reauthenticate", { password }));
    },
    // The token of a renewed session is dead at once, also where the answer with the new one was lost.
    retry: async (browser) => {
      const again = await browser.post("/reauthenticate", { password });
      if (again.headers.get("location") === "/login") {
        equal((await browser.post("/login", { email, password })).status, 303);
      }
    },
    proof: async (browser) => equal((await browser.get("/account/password")).status, 200),
  },
  {
    name: "ending another session",
    arrive: async (world) => {
      const browser = await withThree(world);
      const page = await (await browser.get("/account/sessions")).text();
      const path = /action="(\/account\/sessions\/[^"]+\/end)"/.exec(page)?.[1] ?? "nowhere";
      return step(browser, (it) => it.post(path));
    },
    // Where it is over by now, there is no such session any more.
    again: [303, 404],
    proof: async (browser, world) => {
      await isAnn(browser);
      equal(await countSessions(world), 2);
    },
  },
  {
    name: "ending all other sessions",
    arrive: async (world) =>
      step(await withThree(world), (it) => it.post("/account/sessions/end-others")),
    proof: async (browser, world) => {
      await isAnn(browser);
      equal(await countSessions(world), 1);
    },
  },
  {
    name: "changing the password",
    arrive: async (world) => step(await withThree(world), changePassword),
    // Either it is as it was, or every session is over and the new password is the one that holds.
    retry: async (browser) => {
      const again = await changePassword(browser);
      if (again.headers.get("location") !== "/login") return equal(again.status, 303);
      equal((await browser.post("/login", { email, password: newPassword })).status, 303);
    },
    proof: async (browser, world) => {
      await isAnn(browser);
      const login = (password: string) => world.browser().post("/login", { email, password });
      equal((await login(password)).status, 422);
      equal((await login(newPassword)).status, 303);
    },
  },
  {
    name: "deleting the account",
    arrive: async (world) =>
      step(await withThree(world), (it) => it.post("/account/delete", { email })),
    proof: async (browser, world) => {
      await isNobody(browser);
      equal((await world.browser().post("/login", { email, password })).status, 422);
      // The marks of replaced sessions go by themselves, after a minute; counts of tries name nobody.
      const left = (await world.dump()).filter(({ key, value }) =>
        key[0] !== "rate" && !("replacedAt" in Object(value))
      );
      equal(left.length, 0, "something is left [SEC-N10]");
    },
  },
];

function step(browser: Browser, act: (browser: Browser) => Promise<Response>): Promise<Step> {
  return Promise.resolve({ browser, act: () => act(browser) });
}

async function isAnn(browser: Browser): Promise<void> {
  equal((await browser.get("/profile")).status, 200);
}

async function isNobody(browser: Browser): Promise<void> {
  equal((await browser.get("/profile")).status, 302);
}

/** What replaced sessions leave for a minute is none. */
async function countSessions(world: TestWorld): Promise<number> {
  return (await world.dump()).filter(({ value }) => "seenAt" in Object(value)).length;
}

/** Ann's browser, restarted: of what it had only the remember cookie is left. */
async function remembered(world: TestWorld): Promise<Browser> {
  await world.ann();
  const browser = world.browser();
  await browser.post("/login", { email, password, remember: "on" });
  browser.restart();
  world.pass(DAY);
  return browser;
}

/** Ann's browser, and two others of hers, one of them remembered. */
async function withThree(world: TestWorld): Promise<Browser> {
  await world.ann();
  await world.browser().post("/login", { email, password, remember: "on" });
  world.pass(SECOND);
  const browser = world.browser();
  await browser.post("/login", { email, password, remember: "on" });
  return browser;
}

function changePassword(browser: Browser): Promise<Response> {
  return browser.post("/account/password", { current_password: password, password: newPassword });
}
