import { deepEqual, equal, ok } from "node:assert/strict";
import { safeNext } from "@latchkey/login";
import { canonicalEmail } from "../../../lib/account/email_address.ts";
import { readDevice } from "../../../lib/http/user_agent.ts";
import { reportsPath } from "../../../routes/middleware/headers.ts";
import type { Browser } from "../../support/browser.ts";
import { allForms, everyForm, forms, providerLogoutPath, senderOf } from "../../support/forms.ts";
import { ann } from "../../support/people.ts";
import { routesOf } from "../../support/routes.ts";
import { test, testWithMail, TestWorld } from "../../support/world.ts";

const register = forms["/register"]?.fields ?? {};

/** A test on a site that has every form. */
function everyFormTest(name: string, run: (world: TestWorld) => Promise<void>): void {
  testWithMail(name, run, everyForm);
}

/** Every user except Ann. */
async function otherUsers(world: TestWorld): Promise<unknown[]> {
  const users = (await world.dump()).filter(({ key }) => key[0] === "user");
  return users.map(({ value }) => value).filter((it) => (it as { name: string }).name !== ann.name);
}

Deno.test("the tests know every form of the router", async () => {
  await using world = await TestWorld.create({ config: everyForm });
  const posts = routesOf(world.app).filter(({ method }) => method === "POST");
  const ofPrograms = [reportsPath, providerLogoutPath];
  const paths = posts.map(({ path }) => path).filter((path) => !ofPrograms.includes(path));
  deepEqual(paths.sort(), allForms.map(({ path }) => path).sort());
});

for (const form of allForms) {
  const { path, config, fields, optional } = form;
  for (const name of Object.keys(fields)) {
    Deno.test(`${path} refuses ${name} when it is repeated, nested or a list [SEC-E9] [SEC-G11]`, async () => {
      await using world = await TestWorld.create({ config });
      const anns = await world.ann();
      await world.delivered();
      const sender = await senderOf(form, world, anns);
      const before = await world.dump();
      const filled = new URLSearchParams(fields).toString();
      const value = encodeURIComponent(fields[name] ?? "");
      const without = new URLSearchParams({ ...fields });
      without.delete(name);

      const tries: [string, string][] = [
        [path, `${filled}&${name}=${value}`],
        [path, `${filled}&${name}=`],
        [`${path}?${name}=${value}`, filled],
      ];
      for (const [target, body] of tries) {
        equal((await sender.postBody(target, body)).status, 422, `${target} ${body}`);
      }
      deepEqual(await world.dump(), before);

      if (optional?.includes(name)) return;
      for (const body of [`${name}[]=${value}`, `${name}[0]=${value}`, `${name}.x=${value}`, ""]) {
        equal((await sender.postBody(path, `${without}&${body}`)).status, 422, body);
      }
      deepEqual(await world.dump(), before);
    });
  }
}

everyFormTest("field names such as __proto__ have no special effect [SEC-G12]", async (world) => {
  const browser = await world.ann();
  const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then"];
  const odd = names.flatMap((
    it,
  ) => [it, `${it}[x]`, `${it}.x`, `__proto__[${it}]`, `constructor[${it}]`]);

  for (const form of allForms) {
    const { path, fields } = form;
    const body = new URLSearchParams([...Object.entries(fields), ...odd.map((it) => [it, "1"])]);
    const sender = await senderOf(form, world, browser);
    const { status } = await sender.postBody(path, String(body));
    ok([200, 303, 404, 410, 422].includes(status), `${status} ${path}`);
    ok((await browser.get(`/login?${body}`)).status < 500);
    const cookie = odd.map((it) => `${it.replace(/[[\]]/g, "")}=1`).join("; ");
    ok((await world.browser().get("/", { cookie })).status < 500);
  }
  equal(({} as { x?: unknown }).x, undefined);
  deepEqual(Object.keys(Object.prototype), []);
});

test("unknown fields are ignored and never stored [SEC-G13]", async (world) => {
  const more = {
    id: "me",
    role: "admin",
    active: "",
    epoch: "9",
    emailVerified: "1",
    passwordHash: "x",
  };

  const browser = world.browser();
  equal((await browser.post("/register", { ...register, ...more })).status, 303);
  const [before] = await otherUsers(world);
  equal(
    (await browser.post("/profile", { name: "Eve", email: "else@example.com", ...more })).status,
    303,
  );
  deepEqual(await otherUsers(world), [before]);
});

test("input cannot inject a header [SEC-G3]", async (world) => {
  await world.ann();

  for (
    const text of [
      "/x\r\nSet-Cookie: a=b",
      "/x%0d%0aSet-Cookie:%20a=b",
      "/\u560d\u560aSet-Cookie:a=b",
    ]
  ) {
    const browser = world.browser();
    const answer = await browser.post("/login", { ...ann, next: text });
    equal(answer.status, 303);
    ok(!/[\r\n]/.test(answer.headers.get("location") ?? ""));
    ok(answer.headers.getSetCookie().every((line) => line.startsWith("__Host-")), text);
    ok(![...browser.cookies.keys()].includes("a"));
    equal((await browser.post("/profile", { name: text })).headers.get("a"), null);
  }
});

everyFormTest("a form for users changes nothing when a guest sends it [SEC-G17]", async (world) => {
  await world.ann();
  await world.delivered();
  const before = await world.dump();

  for (const { path, who, fields } of allForms) {
    if (who === "stranger" || path === "/logout") continue;
    const answer = await world.browser().post(path, { ...fields });
    equal(answer.status, 303, path);
    equal(answer.headers.get("location"), path === "/account/delete" ? "/" : "/login", path);
  }
  deepEqual(await world.dump(), before);
});

Deno.test("parsers do not read input over their length limit [SEC-G6]", () => {
  const endless = (longest: number) =>
    new Proxy({}, {
      get: (_, name) => {
        if (name === "length") return 100_000;
        if (name === "slice") return () => "Firefox/1".padEnd(longest, " Version/1 ");
        throw new Error(`Looked at ${String(name)} of 100,000 characters`);
      },
    }) as string;

  equal(canonicalEmail(endless(0)), null);
  equal(safeNext(endless(0)), null);
  equal(readDevice(endless(512)).browser, "Firefox");
});

everyFormTest(
  "100 KB in any field, header or URL is refused or harmless [SEC-G6] [SEC-G14]",
  async (world) => {
    await world.ann();
    const long = [
      "a".repeat(100_000),
      "a.".repeat(50_000),
      "@a".repeat(50_000),
      " ".repeat(100_000),
    ];

    for (const { path, who, fields, isSigningIn } of allForms) {
      for (const name of Object.keys(fields)) {
        for (const value of long) {
          const answer = await world.browser().post(path, { ...fields, [name]: value });
          equal(answer.status, 413, `${path} ${name}`);
          const fitting = { ...fields, [name]: value.slice(0, 5000) };
          const expected = who === "ann" ? [303] : isSigningIn ? [400] : [200, 303, 410, 422];
          ok(
            expected.includes((await world.browser().post(path, fitting)).status),
            `${path} ${name}`,
          );
        }
      }
    }
    for (const value of long.map((it) => it.trim() || "x".repeat(100_000))) {
      for (const name of ["user-agent", "accept", "origin", "cookie", "authorization", "referer"]) {
        const headers = { [name]: value };
        const answer = await world.app.request("https://app.example/login", { headers });
        equal(answer.status, 431, name);
      }
      equal((await world.browser().get(`/login?next=${value}`)).status, 200);
      equal((await world.browser().get(`/${value}`)).status, 404);
    }
  },
);

everyFormTest("our pages send exactly the fields that the routes read [SEC-G13]", async (world) => {
  await world.ann();
  let sent = 0;

  for (const { method, path } of routesOf(world.app)) {
    for (const visitor of [world.browser(), await loggedIn(world)]) {
      if (method !== "GET" || path.startsWith("/assets")) continue;
      const page = await (await visitor.get(`${path}?next=/account`)).text();
      for (
        const [, action = "", inside = ""] of page.matchAll(
          /<form [^>]*action="([^"]+)"[^>]*>(.*?)<\/form>/gs,
        )
      ) {
        const names = [...inside.matchAll(/<(?:input|button) [^>]*name="([^"]+)"/g)].map((
          [, name = ""],
        ) => name);
        await visitor.copy().post(action, Object.fromEntries(names.map((name) => [name, "x"])));
        sent += names.length;
      }
    }
  }
  ok(sent > 12, `${sent} fields`);
  const odd = ["malicious_extraneous", "input_validation_fail"];
  deepEqual(world.logged.filter(({ event }) => odd.includes(event)), []);
});

async function loggedIn(world: TestWorld): Promise<Browser> {
  const browser = world.browser();
  const { email, password } = ann;
  equal((await browser.post("/login", { email, password })).status, 303);
  return browser;
}
