import { deepEqual, equal, match, ok } from "node:assert/strict";
import { assetPath } from "../../../views/assets.ts";
import { ann } from "../../support/people.ts";
import { routesOf } from "../../support/routes.ts";
import { test, TestWorld } from "../../support/world.ts";

const form = "application/x-www-form-urlencoded";

function send(
  world: TestWorld,
  path: string,
  headers: Record<string, string>,
  method = "POST",
  body = "",
) {
  return world.browser().request(path, { method, headers, ...(method === "GET" ? {} : { body }) });
}

const answers: [status: number, what: string, ask: (world: TestWorld) => Promise<Response>][] = [
  [200, "a page", (world) => world.browser().get("/")],
  [200, "an asset", (world) => world.browser().get(assetPath("app.css"))],
  [200, "health", (world) => world.browser().get("/health/ready")],
  [302, "a redirect", (world) => world.browser().get("/profile")],
  [303, "a form's answer", (world) => world.browser().post("/logout")],
  [403, "a cross-site form", (world) => send(world, "/logout", { "content-type": form })],
  [404, "nothing", (world) => world.browser().get("/nowhere")],
  [405, "a wrong method", (world) => world.browser().post("/")],
  [413, "a huge form", (world) => world.browser().post("/login", { email: "x".repeat(20_000) })],
  [
    415,
    "JSON",
    (world) =>
      send(world, "/login", {
        "sec-fetch-site": "same-origin",
        "content-type": "application/json",
      }),
  ],
  [422, "a refused form", (world) => world.browser().post("/login")],
];

test("every refusal is a page of the app", async (world) => {
  for (const [status, what, ask] of answers.filter(([status]) => status >= 400)) {
    const answer = await ask(world);
    match(answer.headers.get("content-type") ?? "", /^text\/html; charset=utf-8$/i, what);
    const page = await answer.text();
    match(page, /<h1>/, what);
    match(page, /href="\/login"/, what);
    equal(answer.status, status);
  }
});

test("a body of unknown length stops at the limit too [SEC-G14]", async (world) => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1000;
      controller.enqueue(new Uint8Array(1000).fill(97));
    },
  });

  const answer = await world.browser().postBody("/login", body, { "transfer-encoding": "chunked" });
  equal(answer.status, 413);
  equal(pulled < 40_000, true, `${pulled} bytes were read`);
});

test("there is no CORS [SEC-E8]", async (world) => {
  const origin = "https://evil.test";
  const preflight = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  };
  for (const { path } of routesOf(world.app)) {
    for (
      const answer of [
        await world.browser().get(path, { origin }),
        await world.browser().request(path, { method: "OPTIONS", headers: preflight }),
      ]
    ) {
      const names = [...answer.headers.keys()];
      deepEqual(names.filter((name) => name.startsWith("access-control-")), [], path);
    }
  }
});

test("pages that depend on the user are not cached and vary by cookie [FL-H08]", async (world) => {
  const browser = await world.ann();

  const answers: [answer: Response, vary: string][] = [
    [await browser.get("/profile"), "Accept-Language, Cookie"],
    [await browser.get("/nowhere"), "Accept-Language, Cookie"],
    [await browser.post("/logout"), "Cookie"],
  ];
  for (const [answer, vary] of answers) {
    equal(answer.headers.get("cache-control"), "private, no-store");
    equal(answer.headers.get("vary"), vary);
  }
});

test("assets are immutable, and their names contain a hash", async (world) => {
  const answer = await world.browser().get(assetPath("app.css"));
  match(assetPath("app.css"), /^\/assets\/app\.[0-9a-f]{16}\.css$/);
  equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  equal(answer.headers.get("content-type"), "text/css; charset=utf-8");
});

Deno.test("on plain-http localhost cookies have no prefix but their port, and there is no HSTS", async () => {
  await using world = await TestWorld.create({ config: { origin: "http://localhost:8000" } });
  const browser = await world.ann();

  await browser.post("/language", { lang: "it" });
  await browser.post("/login", { ...ann, remember: "on" });
  const names = ["device_8000", "flash_8000", "language_8000", "remember_8000", "session_8000"];
  deepEqual([...browser.cookies.keys()].sort(), names);
  browser.cookies.set("session", "of another app, on port 5000");
  equal((await browser.get("/profile")).status, 200);
  equal(browser.cookies.get("session"), "of another app, on port 5000");
  equal((await browser.get("/profile")).headers.get("strict-transport-security"), null);
});

test("a wrong method gets 405 with Allow before anything else is judged", async (world) => {
  const routes = routesOf(world.app);
  const headers = { "sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe" };

  for (const path of new Set(routes.map(({ path }) => path))) {
    const methods = routes.filter((it) => it.path === path).map(({ method }) => method);
    const allow = methods.flatMap((it) => it === "GET" ? ["GET", "HEAD"] : it).sort().join(", ");
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]) {
      if (methods.includes(method)) continue;
      const body = ["GET", "OPTIONS"].includes(method) ? null : "x".repeat(20_000);
      const answer = await world.browser().request(path, { method, headers, body });
      equal(answer.status, 405, `${method} ${path}`);
      equal(answer.headers.get("allow"), allow, `${method} ${path}`);
    }
  }
});

test("a request whose cookies or other headers are too long gets 431, and reads no record", async (world) => {
  const browser = await world.ann();
  const cookie = `__Host-session=${browser.cookies.get("__Host-session")}; a=`;
  const ask = (headers: Record<string, string>) => world.browser().get("/profile", headers);

  equal((await ask({ cookie: cookie.padEnd(16_384, "x") })).status, 200);
  const cost = await world.cost(async () => {
    equal((await ask({ cookie: cookie.padEnd(16_385, "x") })).status, 431);
    for (const name of ["accept-language", "referer", "x-forwarded-for", "sec-fetch-dest"]) {
      equal((await ask({ cookie, [name]: "x".repeat(8_193) })).status, 431, name);
    }
  });
  deepEqual(cost, { keys: 0, roundTrips: 0, commits: 0, hashes: 0 });
});

test("a form whose sender disconnects is refused and logs no error", async (world) => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("email=a"));
      controller.error(new Error("the connection is gone"));
    },
  });
  const answer = await world.browser().postBody("/login", body, { "content-length": "200" });
  equal(answer.status, 415);
  deepEqual(world.logged.filter(({ level }) => level === "error"), []);
});

test("no page can be a script, an image or a frame of another page [SEC-F11]", async (world) => {
  const browser = await world.ann();
  const asked = async (path: string, use: string) =>
    (await browser.get(path, { "sec-fetch-dest": use })).status;

  for (const use of ["script", "image", "style", "iframe", "frame", "embed", "object", "worker"]) {
    equal(await asked("/profile", use), 403, use);
    equal(await asked("/login", use), 403, use);
  }
  for (const use of ["document", "empty"]) equal(await asked("/profile", use), 200, use);
  equal(await asked(assetPath("app.css"), "style"), 200);
  equal(await asked(assetPath("reveal.js"), "script"), 200);
  equal(await asked(assetPath("key.svg"), "image"), 200);
});

test("a framed page shows nothing about the user and uses up no flash message [SEC-F11]", async (world) => {
  const browser = await world.ann();

  const page = await (await browser.get("/profile", { "sec-fetch-dest": "iframe" })).text();
  match(page, /can’t be opened inside another page/);
  ok(!page.includes(ann.email) && !page.includes(ann.name));
  match(await (await browser.get("/profile")).text(), /Welcome! Your account is ready/);
});

test("the Host and forwarding headers of a request appear in no answer [SEC-G5] [SEC-F19]", async (world) => {
  const headers = {
    host: "evil.test",
    forwarded: "host=evil.test;proto=http",
    "x-forwarded-host": "evil.test",
    "x-forwarded-proto": "http",
    "x-original-url": "/evil.test",
  };

  for (const { method, path } of routesOf(world.app)) {
    for (
      const from of ["https://evil.test", "http://app.example", "https://evil.test:81//evil.test"]
    ) {
      const answer = await world.app.request(from + path, { method, headers });
      ok(answer.status < 500, `${method} ${from}${path}`);
      const all = [...answer.headers].join("\n") + await answer.text();
      ok(!/evil\.test|http:\/\/app/.test(all), `${method} ${from}${path}`);
    }
  }
});

test("a session token is accepted in its cookie only [SEC-D26]", async (world) => {
  const name = "__Host-session";
  const token = (await world.ann()).cookies.get(name);

  const elsewhere: [string, Record<string, string>][] = [
    [`/profile?${name}=${token}&session=${token}&sid=${token}`, {}],
    ["/profile", { authorization: `Bearer ${token}` }],
    ["/profile", { cookie: `session=${token}; sid=${token}; ${name}x=${token}` }],
    ["/profile", { cookie: `__Secure-session=${token}; ${name.toUpperCase()}=${token}` }],
    ["/profile", { "x-session": `${token}`, [name]: `${token}` }],
  ];
  for (const [path, headers] of elsewhere) {
    equal((await world.browser().get(path, headers)).status, 302, path);
  }
});

const oddCookies = [
  "%",
  "%ff",
  "=",
  ";;;",
  "__Host-session",
  "__Host-session=",
  '__Host-session="',
  '__Host-session="a.b.c"',
  "__Host-session=%E0%A4%A",
  "__Host-session=a.b.c; __Host-session=d.e.f",
  `__Host-session=${"x".repeat(8192)}`,
  `${"a=b; ".repeat(2000)}`,
  "__Host-session=constructor.prototype.__proto__",
  "__proto__=1; constructor=2",
  "__Host-flash=x; __Host-next=//evil.test; __Host-remember=..",
];

for (const cookie of oddCookies) {
  test(`malformed cookies log nobody in and cause no error: ${cookie.slice(0, 40)} [SEC-D27]`, async (world) => {
    const ask = (path: string) =>
      world.app.request(`https://app.example${path}`, { headers: { cookie } });

    equal((await ask("/")).status, 200);
    equal((await ask("/profile")).status, 302);
    equal((await ask("/login")).status, 200);
  });
}

test("of two cookies of one name the first counts [SEC-D27]", async (world) => {
  const name = "__Host-session";
  const token = (await world.ann()).cookies.get(name);
  const ask = (cookie: string) =>
    world.app.request("https://app.example/profile", { headers: { cookie } });

  equal((await ask(`${name}=${token}; ${name}=x.y.z`)).status, 200);
  equal((await ask(`${name}=x.y.z; ${name}=${token}`)).status, 302);
});

test("every URL in a page is quoted and a path of this site [SEC-G2] [SEC-F15]", async (world) => {
  const browser = await world.register({ ...ann, name: "javascript:alert(1)" });
  const query = "next=javascript:alert(1)&email=javascript:alert(1)";
  let addresses = 0;

  for (const { method, path } of routesOf(world.app)) {
    for (const visitor of [browser.copy(), world.browser()]) {
      const answer = await (method === "GET"
        ? visitor.get(`${path}?${query}`)
        : visitor.post(path, { next: "javascript:alert(1)", name: "javascript:alert(1)" }));
      if (!answer.headers.get("content-type")?.startsWith("text/html")) {
        continue;
      }
      const page = await answer.text();
      for (
        const [, value = ""] of page.matchAll(
          /\s(?:href|src|action|formaction|content|data)=(\S+)/g,
        )
      ) {
        if (/^"(width|light|utf|Accounts)/.test(value)) {
          continue; // what a meta element says
        }
        match(value, /^"(\/(?!\/)[^"]*|#\w+)"/, `${method} ${path}`);
        addresses++;
      }
    }
  }
  ok(addresses > 100);
});
