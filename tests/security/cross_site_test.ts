import { deepEqual, equal, ok } from "node:assert/strict";
import { reportsPath } from "../../routes/middleware/headers.ts";
import type { Browser } from "../support/browser.ts";
import { exampleProvider } from "../support/example_provider.ts";
import { providerLogoutPath } from "../support/forms.ts";
import { ann } from "../support/people.ts";
import { routesOf } from "../support/routes.ts";
import { TestWorld } from "../support/world.ts";

// Every request that another site can make a browser send, to every route.

const own = "https://app.example";
const form = "application/x-www-form-urlencoded";
const types = [
  form,
  "Application/X-WWW-Form-Urlencoded;charset=UTF-8",
  "text/plain",
  "application/json",
  "multipart/form-data; boundary=x",
  null,
];
const sites = [null, "cross-site", "same-site", "none", "same-origin", "Same-Origin"];
const origins = [
  null,
  own,
  "null",
  "https://app.example.evil.test",
  "http://app.example",
  "https://app.example:8443",
];

interface Sent {
  readonly path: string;
  readonly type: string | null;
  readonly site: string | null;
  readonly origin: string | null;
}

/** The expected refusal, before the route sees the request; null when the route may see it. */
function refusal({ path, type, site, origin }: Sent): 403 | 415 | null {
  const isOurs = site === null ? origin === own : site === "same-origin";
  const isOpen = [reportsPath, providerLogoutPath].includes(path);
  const isBare = site === null && origin === null;
  if (!isOurs && !(isOpen && isBare)) return 403;
  const expected = path === reportsPath
    ? type === "application/csp-report"
    : /form-url/i.test(type ?? "");
  return expected ? null : 415;
}

function* everything(path: string): Generator<Sent> {
  const reports = path === reportsPath ? ["application/csp-report"] : [];
  for (const type of [...types, ...reports]) {
    for (const site of sites) {
      for (const origin of origins) yield { path, type, site, origin };
    }
  }
}

/** Sends a body of bytes, because `fetch` adds a content type to every other body. */
function send(
  browser: Browser,
  { path, type, site, origin }: Sent,
  method = "POST",
) {
  const headers = new Headers();
  if (type !== null) headers.set("content-type", type);
  if (site !== null) headers.set("sec-fetch-site", site);
  if (origin !== null) headers.set("origin", origin);
  const body = new TextEncoder().encode(`name=Eve&email=${ann.email}&password=${ann.password}`);
  return browser.request(path, { method, headers, body });
}

const config = { providers: [exampleProvider] };

/** A test of a site that has every route without mail. */
function test(name: string, run: (world: TestWorld) => Promise<void>): void {
  Deno.test(name, async () => {
    await using world = await TestWorld.create({ config });
    await run(world);
  });
}

await using listing = await TestWorld.create({ config });
const paths = routesOf(listing.app).filter((it) => it.method === "POST").map((it) => it.path);

Deno.test("the router has unsafe routes", () => {
  const known = ["/login", "/register", "/logout", "/profile", "/account/delete", reportsPath];
  deepEqual(known.filter((path) => !paths.includes(path)), []);
});

for (const path of paths) {
  test(`POST ${path} from another site or with another content type is refused and changes nothing [SEC-E2] [SEC-E3] [SEC-E4]`, async (world) => {
    const browser = await world.ann();
    const before = await world.dump();
    const { commits } = world.kv.count;
    const [allowed, refused] = [true, false].map((it) =>
      [...everything(path)].filter((sent) => (refusal(sent) === null) === it)
    ) as [Sent[], Sent[]];

    for (const sent of refused) {
      const answer = await send(browser, sent);
      equal(answer.status, refusal(sent), Deno.inspect(sent));
    }
    equal(world.kv.count.commits, commits);
    deepEqual(await world.dump(), before);

    ok(allowed.length >= 7, "a rule that refuses everything proves nothing");
    for (const sent of allowed) {
      const { status } = await send(world.browser(), sent);
      ok(status < 500 && ![403, 415].includes(status), `${status} for ${Deno.inspect(sent)}`);
    }
  });
}

test("other unsafe methods from another site are refused, too: no route takes them [SEC-E3]", async (world) => {
  for (const path of paths) {
    for (const method of ["PUT", "PATCH", "DELETE", "FOO"]) {
      const sent = { path, type: form, site: "cross-site", origin: "https://evil.test" };
      equal((await send(world.browser(), sent, method)).status, 405, `${method} ${path}`);
    }
  }
});

test("a refused form shows a page that links to ours [SEC-E10]", async (world) => {
  const sent = { path: "/login", type: form, site: "cross-site", origin: "https://evil.test" };
  const page = await (await send(world.browser(), sent)).text();
  ok(page.includes("open the page here and send it again"));
  ok(page.includes('href="/login"'));
});

test("GET and HEAD change nothing in the database [SEC-E5]", async (world) => {
  const fresh = await world.ann();
  const remembered = world.browser();
  await remembered.post("/login", { ...ann, remember: "on" });
  remembered.restart();
  await remembered.get("/profile"); // starts the session that the cookie stands for, once
  await remembered.get("/profile"); // and its first use is noted, once
  const paths = routesOf(world.app).filter((it) => it.method === "GET").map((it) => it.path);
  // The readiness check writes its own record, to know that the database can be written to. The
  // page that sets up an app keeps the key that it shows: it opens nothing before a right code.
  const own = ["health", "totp"];
  const dump = async () => (await world.dump()).filter(({ key }) => !own.includes(String(key[0])));

  for (const browser of [world.browser(), fresh, remembered]) {
    const before = await dump();
    for (const path of [...paths, ...paths, ...paths]) {
      const { status } = await browser.get(path);
      ok(status < 500, path);
      const head = await browser.request(path, { method: "HEAD" });
      equal(head.status, status, path);
      equal(await head.text(), "", path);
    }
    deepEqual(await dump(), before);
  }
});

test("every path answers a wrong method with 405 and lists the allowed ones [SEC-E7]", async (world) => {
  const routes = routesOf(world.app);

  for (const path of new Set(routes.map((it) => it.path))) {
    const right = routes.filter((it) => it.path === path).map((it) => it.method);
    const type = path === reportsPath ? "application/csp-report" : form;
    const headers = { "sec-fetch-site": "same-origin", "content-type": type };
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"]) {
      if (right.includes(method)) continue;
      const answer = await world.browser().request(path, { method, headers });
      equal(answer.status, 405, `${method} ${path}`);
      const allow = answer.headers.get("allow")?.split(", ").filter((it) => it !== "HEAD");
      deepEqual(allow?.sort(), right.sort(), `${method} ${path}`);
    }
  }
});
