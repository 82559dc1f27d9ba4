import { equal, match, ok } from "node:assert/strict";
import { MINUTE, SECOND } from "../../lib/time.ts";
import type { Browser } from "../support/browser.ts";
import { ann } from "../support/people.ts";
import { test, type TestWorld } from "../support/world.ts";

// A double click or a reload sends a form twice.

const chosen = "a heron stands in the reeds";
const logsIn = async (world: TestWorld, password: string) =>
  (await world.browser().post("/login", { email: ann.email, password })).status === 303;
const count = async (world: TestWorld, kind: string) =>
  (await world.dump()).filter((entry) => entry.key[0] === kind).length;

interface Form {
  readonly path: string;
  readonly leadsTo: string;
  readonly fields: Record<string, string>;
  readonly visitor: (world: TestWorld) => Promise<Browser>;
  readonly holds: (world: TestWorld, browser: Browser) => Promise<boolean>;
}

const forms: readonly Form[] = [
  {
    path: "/register",
    leadsTo: "/profile",
    fields: { ...ann },
    visitor: (world) => Promise.resolve(world.browser()),
    holds: async (world, browser) =>
      await count(world, "user") === 1 && (await browser.get("/profile")).status === 200,
  },
  {
    path: "/login",
    leadsTo: "/profile",
    fields: { ...ann, remember: "on" },
    visitor: async (world) => {
      await world.ann();
      return world.browser();
    },
    holds: async (_, browser) => (await browser.get("/profile")).status === 200,
  },
  {
    path: "/profile",
    leadsTo: "/profile",
    fields: { name: "Ann Meyer" },
    visitor: (world) => world.ann(),
    holds: async (_, browser) =>
      (await (await browser.get("/profile")).text()).includes("Hi Ann Meyer"),
  },
  {
    path: "/account/password",
    leadsTo: "/account",
    fields: { current_password: ann.password, password: chosen },
    visitor: (world) => world.ann(),
    holds: async (world, browser) =>
      (await browser.get("/account/delete")).status === 200 &&
      await logsIn(world, chosen) && !await logsIn(world, ann.password),
  },
  {
    path: "/reauthenticate",
    leadsTo: "/profile",
    fields: { password: ann.password },
    visitor: async (world) => {
      const browser = await world.ann();
      world.pass(11 * MINUTE);
      return browser;
    },
    holds: async (_, browser) => (await browser.get("/account/delete")).status === 200,
  },
  {
    path: "/account/sessions/end-others",
    leadsTo: "/account/sessions",
    fields: {},
    visitor: (world) => world.ann(),
    holds: async (_, browser) => (await browser.get("/profile")).status === 200,
  },
  {
    path: "/account/delete",
    leadsTo: "/",
    fields: { email: ann.email },
    visitor: (world) => world.ann(),
    holds: async (world) => await count(world, "user") === 0 && await count(world, "session") === 0,
  },
  {
    path: "/logout",
    leadsTo: "/",
    fields: {},
    visitor: (world) => world.ann(),
    holds: async (world) => await count(world, "session") === 0,
  },
];

for (const { path, fields, visitor, holds } of forms) {
  test(`${path} sent twice in parallel, and once more, takes effect once`, async (world) => {
    const browser = await visitor(world);

    const posts = [browser, browser.copy()].map((tab) => tab.post(path, fields));
    const answers = await Promise.all(posts);
    // One browser receives both answers.
    for (const line of answers.flatMap(({ headers }) => headers.getSetCookie())) browser.keep(line);
    answers.push(await browser.post(path, fields));

    for (const { status } of answers) ok([303, 422].includes(status), `${status}`);
    ok(answers.slice(0, 2).some(({ status }) => status === 303));
    ok(await holds(world, browser));
  });
}

for (const { path, fields, visitor, holds, leadsTo } of forms) {
  test(`${path} ends as if sent once, in a browser that hears only the last answer`, async (world) => {
    const browser = await visitor(world);
    await browser.copy().post(path, fields);
    world.pass(10 * SECOND);

    const answer = await browser.post(path, fields);
    equal(answer.status, 303);
    equal(answer.headers.get("location"), leadsTo);
    world.pass(2 * MINUTE);
    ok(await holds(world, browser));
  });
}

test("a deletion sent without a login deletes nothing and says so, whether or not there was an account", async (world) => {
  const owner = await world.ann();
  const stale = owner.copy();
  await owner.post("/logout");
  const told = async (browser: Browser) => {
    const answer = await browser.post("/account/delete", { email: ann.email });
    equal(answer.headers.get("location"), "/");
    const page = await (await browser.follow(answer)).text();
    ok(!page.includes("has been deleted"));
    return /You were no longer logged in when you sent that\. [^<]+/.exec(page)?.[0];
  };

  const sentence = await told(stale);
  match(sentence ?? "", /If your account still exists, log in to delete it\./);
  ok(await logsIn(world, ann.password));
  const again = world.browser();
  await again.post("/login", { ...ann });
  await again.post("/account/delete", { email: ann.email });
  equal(await told(world.browser()), sentence);
});

test("a form sent after the session ended is not saved, and the login page says so", async (world) => {
  const browser = await world.ann();
  const stale = browser.copy();
  await browser.post("/logout");

  const answer = await stale.post("/profile", { name: "Ann Meyer" });
  equal(answer.status, 303);
  const page = await (await stale.follow(answer)).text();
  match(page, /You were no longer logged in when you sent that, so it wasn’t saved\./);
  ok(!page.includes("Please log in to see this page."));
});

test("a form sent with a login that is no longer fresh waits, and the next page says so", async (world) => {
  const browser = await world.ann();
  world.pass(11 * MINUTE);

  const answer = await browser.post("/account/delete", { email: ann.email });
  match(
    await (await browser.follow(answer)).text(),
    /It’s been a while since you logged in\. Please confirm it’s you: then you can finish/,
  );
  equal((await browser.get("/profile")).status, 200);
});
