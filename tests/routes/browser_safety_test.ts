import { deepEqual, equal, match } from "node:assert/strict";
import { assetPath } from "../../views/assets.ts";
import type { TestWorld as World } from "../support/world.ts";
import { TestWorld } from "../support/world.ts";

const form = "application/x-www-form-urlencoded";

const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy":
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)",
  "referrer-policy": "same-origin",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

function send(
  world: World,
  path: string,
  headers: Record<string, string>,
  method = "POST",
  body = "",
) {
  return world.browser().request(path, { method, headers, ...(method === "GET" ? {} : { body }) });
}

const answers: [status: number, what: string, ask: (world: World) => Promise<Response>][] = [
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

for (const [status, what, ask] of answers) {
  Deno.test(`F13 the security headers are on ${status}, ${what}`, async () => {
    await using world = await TestWorld.create();

    const answer = await ask(world);
    equal(answer.status, status);
    for (const [name, value] of Object.entries(headers)) {
      equal(answer.headers.get(name), value, name);
    }
    equal(answer.headers.get("server"), null);
    equal(answer.headers.get("x-powered-by"), null);
  });
}

Deno.test("every refusal is a page of the app", async () => {
  await using world = await TestWorld.create();

  for (const [status, what, ask] of answers.filter(([status]) => status >= 400)) {
    const answer = await ask(world);
    match(answer.headers.get("content-type") ?? "", /^text\/html; charset=utf-8$/i, what);
    const page = await answer.text();
    match(page, /<h1>/, what);
    match(page, /href="\/login"/, what);
    equal(answer.status, status);
  }
});

Deno.test("E7 a wrong method is answered with the right ones", async () => {
  await using world = await TestWorld.create();
  const allowed: Record<string, string> = {
    "/": "GET, HEAD",
    "/login": "GET, HEAD, POST",
    "/logout": "GET, HEAD, POST",
    "/profile": "GET, HEAD, POST",
    "/health/live": "GET, HEAD",
  };

  for (const [path, allow] of Object.entries(allowed)) {
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const answer = await send(world, path, {
        "sec-fetch-site": "same-origin",
        "content-type": form,
      }, method);
      equal(answer.status, 405, `${method} ${path}`);
      equal(answer.headers.get("allow"), allow, `${method} ${path}`);
    }
    const options = await world.browser().request(path, { method: "OPTIONS" });
    equal(options.status, 405, `OPTIONS ${path}`);
  }
});

const origins: [site: string | null, origin: string | null, status: number][] = [
  ["same-origin", "https://app.example", 303],
  ["same-origin", null, 303],
  ["same-origin", "null", 303],
  [null, "https://app.example", 303],
  [null, null, 403],
  [null, "null", 403],
  [null, "https://evil.test", 403],
  [null, "http://app.example", 403],
  [null, "https://app.example:8443", 403],
  [null, "https://sub.app.example", 403],
  [null, "https://app.example.evil.test", 403],
  ["same-site", "https://sub.app.example", 403],
  ["cross-site", "https://evil.test", 403],
  ["cross-site", "https://app.example", 403],
  ["none", null, 403],
  ["none", "https://app.example", 403],
  ["Same-Origin", "https://app.example", 403],
];

for (const [site, origin, status] of origins) {
  Deno.test(`E2 a form from site ${site} and origin ${origin} gets ${status}`, async () => {
    await using world = await TestWorld.create();

    const answer = await send(world, "/logout", {
      "content-type": form,
      ...(site === null ? {} : { "sec-fetch-site": site }),
      ...(origin === null ? {} : { origin }),
    });
    equal(answer.status, status);
  });
}

for (const type of [form, "text/plain", "application/json", "multipart/form-data", ""]) {
  Deno.test(`E3 a foreign request of type "${type}" is refused on every unsafe route`, async () => {
    await using world = await TestWorld.create();
    const browser = await world.ann();
    const before = await world.dump();

    for (const path of ["/login", "/register", "/logout", "/profile"]) {
      for (const method of ["POST", "PUT", "DELETE"]) {
        const answer = await browser.request(path, {
          method,
          body: "name=Eve&email=eve@evil.test&password=seven+quiet+otters",
          headers: {
            "sec-fetch-site": "cross-site",
            origin: "https://evil.test",
            "content-type": type,
          },
        });
        equal(answer.status, 403, `${method} ${path}`);
      }
    }
    deepEqual(await world.dump(), before);
  });
}

for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "x"]) {
  Deno.test(`forms do not answer to "${type}"`, async () => {
    await using world = await TestWorld.create();

    const answer = await send(world, "/login", {
      "sec-fetch-site": "same-origin",
      "content-type": type,
    });
    equal(answer.status, 415);
  });
}

Deno.test("forms answer to their type in any spelling", async () => {
  await using world = await TestWorld.create();

  const type = "Application/X-WWW-Form-urlencoded;charset=UTF-8";
  const answer = await send(world, "/login", {
    "sec-fetch-site": "same-origin",
    "content-type": type,
  });
  equal(answer.status, 422);
});

Deno.test("G14 a body of unknown length is stopped at the limit as well", async () => {
  await using world = await TestWorld.create();
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1000;
      controller.enqueue(new Uint8Array(1000).fill(97));
    },
  });

  const answer = await world.browser().request("/login", {
    method: "POST",
    body,
    headers: {
      "sec-fetch-site": "same-origin",
      "content-type": form,
      "transfer-encoding": "chunked",
    },
  });
  equal(answer.status, 413);
  equal(pulled < 40_000, true, `${pulled} bytes were read`);
});

Deno.test("E8 there is no CORS", async () => {
  await using world = await TestWorld.create();

  const answer = await world.browser().get("/", { origin: "https://evil.test" });
  deepEqual([...answer.headers.keys()].filter((name) => name.startsWith("access-control-")), []);
});

Deno.test("H08 pages that looked at the visitor are kept out of caches and vary by cookie", async () => {
  await using world = await TestWorld.create();
  const browser = await world.ann();

  for (
    const answer of [
      await browser.get("/profile"),
      await browser.get("/nowhere"),
      await browser.post("/logout"),
    ]
  ) {
    equal(answer.headers.get("cache-control"), "private, no-store");
    equal(answer.headers.get("vary"), "Cookie");
  }
});

Deno.test("assets are immutable under names that hold their hash", async () => {
  await using world = await TestWorld.create();

  const answer = await world.browser().get(assetPath("app.css"));
  match(assetPath("app.css"), /^\/assets\/app\.[0-9a-f]{16}\.css$/);
  equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  equal(answer.headers.get("content-type"), "text/css; charset=utf-8");
});

Deno.test("on plain-http localhost cookies have no prefix and there is no HSTS", async () => {
  await using world = await TestWorld.create({ config: { origin: "http://localhost:8000" } });
  const browser = await world.ann();

  deepEqual([...browser.cookies.keys()].sort(), ["device", "flash", "session"]);
  equal((await browser.get("/profile")).headers.get("strict-transport-security"), null);
});

Deno.test("a form whose sender hangs up is refused, and is no error of ours", async () => {
  await using world = await TestWorld.create();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("email=a"));
      controller.error(new Error("the connection is gone"));
    },
  });
  const answer = await world.browser().request("/login", {
    method: "POST",
    body,
    headers: { "sec-fetch-site": "same-origin", "content-type": form, "content-length": "200" },
  });
  equal(answer.status, 415);
  deepEqual(world.logged.filter(({ level }) => level === "error"), []);
});
