import { deepEqual, equal, ok } from "node:assert/strict";
import { makeHash } from "../../lib/credential/hash_algorithms.ts";
import { MINUTE } from "../../lib/time.ts";
import { Browser } from "../support/browser.ts";
import { ann, bob } from "../support/people.ts";
import type { Mail } from "../../lib/mail/mail.ts";
import type { Config } from "../../lib/config.ts";
import { TestWorld, withMail } from "../support/world.ts";

// Uses secrets in every flow, then looks for them everywhere else (SEC-B9, SEC-N3, SEC-H14).

const email = "canary@example.com";
const passwords = {
  first: "canary in the first mine",
  second: "canary in the second mine",
  wrong: "canary that never sang",
};

/** A world whose answers are kept, all but their cookies; and the cookies, apart. */
async function watched(config: Partial<Config> = {}) {
  let bug = false;
  const world = await TestWorld.create({
    config,
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
      // The address of a mailed link has its token, and leads to one without.
      seen.push(url.replace(mailedToken, "…"), headers.flat().join("\n"));
      seen.push(await answer.clone().text());
      statuses.add(answer.status);
      return answer;
    },
  };
  const browser = () => new Browser(app, world.config.origin);
  const fail = (failing: boolean) => void (bug = failing);
  return { world, browser, seen, cookies, statuses, fail };
}

/** The last part of a path that was mailed. */
const mailedToken = /[\w-]{22}\.[\w-]+\.[\w-]{43}$/;

/** The whole database as text, and its bytes as characters. */
async function dumpOf(world: TestWorld): Promise<string> {
  const limits = { depth: 99, strAbbreviateSize: 1e6, iterableLimit: 1e6 };
  const dump = await world.dump();
  const bytes = dump.flatMap(({ value }) => Object.values(Object(value)))
    .filter((it) => it instanceof Uint8Array)
    .map((it) => new TextDecoder("latin1").decode(it));
  return Deno.inspect(dump, limits) + bytes.join("");
}

/** What of a cookie's value nobody else may know: a token's secret, or all of it. */
function secretsOf(cookies: Iterable<string>): string[] {
  return [...cookies].map((value) => value.split(".")[2] ?? value).filter(Boolean);
}

Deno.test("no password, token or cookie appears in a log line, a page, a URL or the database [SEC-B9] [SEC-H14] [SEC-N3]", async () => {
  const { world, browser, seen, cookies, statuses, fail } = await watched();
  await using _ = world;
  const everything = async (step: string) => {
    const dump = await dumpOf(world);
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

Deno.test("no token of a mailed link, and no code, appears in a log line, a page, a URL or the database [SEC-H14] [SEC-H1]", async () => {
  const { world, browser, seen, cookies } = await watched({ ...withMail, loginByMail: true });
  await using _ = world;
  const secrets = new Set<string>();
  const codes = new Set<string>();
  const open = async (visitor: Browser, address = email) => {
    const path = await world.linkTo(address);
    secrets.add(path.split(".")[2] ?? "");
    equal((await visitor.get(path)).status, 303);
  };
  const nothing = async (step: string) => {
    const dump = await dumpOf(world);
    for (const secret of [...secrets, ...secretsOf(cookies)]) {
      ok(secret.length > 20 && !dump.includes(secret), `${step}: in the database`);
      deepEqual([...world.lines, ...seen].filter((it) => it.includes(secret)), [], step);
    }
    for (const code of codes) deepEqual(world.lines.filter((it) => it.includes(code)), [], step);
  };
  const desk = browser();

  await desk.post("/register", { ...ann, email, password: passwords.first });
  await open(desk);
  await desk.get("/verify-email/confirm");
  await desk.post("/verify-email/confirm");
  await desk.post("/verify-email/confirm");
  await nothing("registered");

  const phone = browser();
  await phone.post("/password-reset", { email });
  await open(phone);
  await phone.get("/password-reset/new");
  await phone.post("/password-reset/new", { password: "short" });
  await phone.post("/password-reset/new", { password: passwords.second });
  await open(phone); // the notice
  await phone.get("/undo");
  await nothing("reset");

  await phone.post("/login", { email, password: passwords.second });
  await phone.post("/account/email", { email: "second@example.com" });
  await open(phone, "second@example.com");
  await phone.get("/account/email/confirm");
  await phone.post("/account/email/confirm");
  await world.delivered();
  await open(browser());
  await nothing("moved");

  const tablet = browser();
  await tablet.post("/login/link", { email: "second@example.com" });
  const page = await (await tablet.get("/login/link/confirm")).text();
  codes.add((/\d{4} \d{4}/.exec(page)?.[0] ?? "no code").replace(" ", ""));
  await open(phone, "second@example.com");
  await phone.post("/login/link/confirm", { code: "00000000" });
  await phone.post("/login/link/confirm", { code: [...codes][0] ?? "" });
  await tablet.post("/login/link/confirm");
  await nothing("logged in by a link");

  // All of it happened: a flow that stopped early would find nothing.
  equal((await tablet.get("/profile")).status, 200);
  equal(secrets.size, 6);
});

Deno.test("a copy of the outbox logs nobody in: the mails that wait are sealed", async () => {
  const links: string[] = [];
  const send = ({ text }: Mail) => {
    links.push(...text.match(/https:\S+/g) ?? []);
    return Promise.reject(new Error("The mail server is down"));
  };
  await using world = await TestWorld.create({ config: withMail, send });
  await world.browser().post("/register", { ...ann, email });
  await world.delivered();

  equal(links.length, 1);
  equal((await world.dump()).filter(({ key }) => key[0] === "outbox").length, 1, "it waits");
  const dump = await dumpOf(world);
  for (const text of [...links, "https://", "verify-email"]) ok(!dump.includes(text), text);
});
