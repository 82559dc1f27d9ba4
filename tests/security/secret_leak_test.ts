import { deepEqual, equal, ok } from "node:assert/strict";
import { makeHash } from "../../lib/credential/hash_algorithms.ts";
import { MINUTE } from "../../lib/time.ts";
import { Browser } from "../support/browser.ts";
import { ann, bob } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

// Uses secrets in every flow, then looks for them everywhere else (SEC-B9, SEC-N3, SEC-H14).

const email = "canary@example.com";
const passwords = {
  first: "canary in the first mine",
  second: "canary in the second mine",
  wrong: "canary that never sang",
};

/** A world whose answers are kept, all but their cookies; and the cookies, apart. */
async function watched() {
  let bug = false;
  const world = await TestWorld.create({
    hash: (job) => bug ? Promise.reject(new Error("a bug")) : makeHash(job),
  });
  const seen: string[] = [];
  const cookies = new Set<string>();
  const statuses = new Set<number>();
  const app = {
    request: async (url: string, init?: RequestInit) => {
      const answer = await world.app.request(url, init);
      for (const line of answer.headers.getSetCookie()) {
        cookies.add(line.split(";")[0]?.split("=")[1] ?? "");
      }
      const headers = [...answer.headers].filter(([name]) => name !== "set-cookie");
      seen.push(url, headers.flat().join("\n"), await answer.clone().text());
      statuses.add(answer.status);
      return answer;
    },
  };
  const browser = () => new Browser(app, world.config.origin);
  const fail = (failing: boolean) => void (bug = failing);
  return { world, browser, seen, cookies, statuses, fail };
}

/** What of a cookie's value nobody else may know: a token's secret, or all of it. */
function secretsOf(cookies: Iterable<string>): string[] {
  return [...cookies].map((value) => value.split(".")[2] ?? value).filter(Boolean);
}

Deno.test("no password, token or cookie appears in a log line, a page, a URL or the database [SEC-B9] [SEC-H14] [SEC-N3]", async () => {
  const { world, browser, seen, cookies, statuses, fail } = await watched();
  await using _ = world;
  const everything = async (step: string) => {
    const dump = Deno.inspect(await world.dump(), {
      depth: 99,
      strAbbreviateSize: 1e6,
      iterableLimit: 1e6,
    });
    for (const secret of [...Object.values(passwords), ...secretsOf(cookies)]) {
      ok(!dump.includes(secret), `${step}: in the database`);
      const places = [...world.lines, ...seen].filter((it) => it.includes(secret));
      deepEqual(places, [], step);
    }
  };
  const desk = browser();

  await desk.post("/password-strength", { password: passwords.first });
  await desk.post("/register", { ...ann, email, password: passwords.first });
  await desk.get("/profile");
  await desk.post("/logout");
  await everything("registered and logged out");

  await desk.post("/login", { email, password: passwords.wrong });
  await desk.post("/login", { email: "nobody@example.com", password: passwords.first });
  await desk.post("/login", { email: passwords.first, password: "" });
  seen.pop(); // that page shows again what was typed as an address
  await desk.post("/login", { email, password: passwords.first, remember: "on" });
  const thief = desk.copy();
  desk.restart();
  await desk.get("/account/sessions");
  await everything("remembered");

  world.pass(11 * MINUTE);
  await desk.get("/account/password");
  await desk.post("/reauthenticate", { password: passwords.wrong });
  await desk.post("/reauthenticate", { password: passwords.first, next: "/account/password" });
  await desk.post("/account/password", {
    current_password: passwords.wrong,
    password: passwords.second,
  });
  await desk.post("/account/password", { current_password: passwords.first, password: "canary" });
  await desk.post("/account/password", {
    current_password: passwords.first,
    password: passwords.second,
  });
  await thief.get("/profile");
  await everything("changed");

  await desk.post("/profile", { name: "Ann" }, { "sec-fetch-site": "cross-site" });
  world.broken.fault = "fail";
  await desk.get("/profile");
  await desk.post("/login", { email, password: passwords.second });
  await browser().post("/login", { email, password: passwords.second });
  world.broken.fault = "none";
  fail(true);
  await desk.post("/reauthenticate", { password: passwords.second });
  await browser().post("/register", { ...bob, password: passwords.first });
  fail(false);
  await everything("failed");

  await desk.post("/account/delete", { email });
  await desk.get("/");
  await everything("deleted");

  // All of it happened: a flow that stopped early would find nothing.
  equal(world.lines.filter((line) => line.includes('"user_deleted"')).length, 1);
  for (const status of [200, 302, 303, 403, 422, 500, 503]) ok(statuses.has(status), `${status}`);
  ok(cookies.size > 8);
});
