import fc from "fast-check";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { connect } from "node:http2";
import { assetPath } from "../../views/assets.ts";
import { BrowserServer } from "../support/browser_server.ts";
import { exchange } from "../support/exchange.ts";

const paths = ["/", "/login", "/profile", "/nowhere", "/health/live", assetPath("app.css")];

const nonsense = [
  "app.example:99999",
  "app.example:80:80",
  "app.example:port",
  ":80",
  "",
  "[::1",
  "::1",
  "1.2.3.4.5",
  "a b",
  "a,b",
  "user@app.example",
  "a%2fb",
  "xn--a",
  "..",
  "-",
  "-a.example",
  "ä.example",
  "<b>",
  "a\\b",
  "localhost/login?",
  "localhost?",
  "localhost#",
  "localhost/health/live?",
  `${"a".repeat(300)}.example`,
];

/** Sends a form, or a request without a body, with this `Host`. */
function send({ origin }: BrowserServer, host: string, method: string, path: string) {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: close",
    "Sec-Fetch-Site: same-origin",
    "Content-Type: application/x-www-form-urlencoded",
    "Content-Length: 0",
  ];
  return exchange(origin, `${lines.join("\r\n")}\r\n\r\n`);
}

Deno.test("a Host that is no host gets 400 with our headers on every path", async () => {
  await using served = await BrowserServer.create();

  for (const host of nonsense) {
    for (const path of paths) {
      const answer = await send(served, host, "GET", path);
      match(answer, /^HTTP\/1\.1 400 /, `${host} ${path}`);
      match(answer, /\r\nContent-Security-Policy: default-src 'none'/i, `${host} ${path}`);
      match(answer, /<h1>Invalid address<\/h1>/, `${host} ${path}`);
    }
  }
  deepEqual(served.world.logged.filter(({ level }) => level === "error"), []);
});

Deno.test("no Host decides the route of a form", async () => {
  await using served = await BrowserServer.create();

  for (const host of ["localhost/login?", "localhost/login#", "localhost/logout?x="]) {
    match(await send(served, host, "POST", assetPath("app.css")), /^HTTP\/1\.1 400 /, host);
  }
  match(await send(served, "localhost", "POST", assetPath("app.css")), /^HTTP\/1\.1 405 /);
});

Deno.test("a valid Host of another site is served", async () => {
  await using served = await BrowserServer.create();

  const hosts = ["evil.test", "EVIL.test:8080", "evil.test:", "127.0.0.1", "[::1]:80", "a_b.local"];
  for (const host of hosts) {
    match(await send(served, host, "GET", "/login"), /^HTTP\/1\.1 200 /, host);
  }
  const withoutHost = await exchange(served.origin, "GET /login HTTP/1.0\r\n\r\n");
  match(withoutHost, /^HTTP\/1\.\d 200 /);
});

Deno.test("a request line with a URL that cannot be is refused", async () => {
  await using served = await BrowserServer.create();

  for (const url of ["http://app.example:99999/login", "http://user@app.example/login"]) {
    const lines = [`GET ${url} HTTP/1.1`, "Host: localhost", "Connection: close"];
    const answer = await exchange(served.origin, `${lines.join("\r\n")}\r\n\r\n`);
    match(answer, /^HTTP\/1\.1 400 .*content-security-policy/si, url);
  }
});

/** The status and headers of one request over HTTP/2; null when the stream is refused. */
async function sendHttp2({ origin }: BrowserServer, headers: Record<string, string>) {
  const session = connect(origin);
  try {
    return await new Promise<Record<string, unknown> | null>((resolve) => {
      const stream = session.request({ ":path": "/login", ...headers });
      let answer: Record<string, unknown> | null = null;
      stream.on("response", (it) => answer = it);
      stream.on("error", () => resolve(null));
      stream.on("end", () => resolve(answer));
      stream.resume();
      stream.end();
    });
  } finally {
    await new Promise<void>((resolve) => session.close(resolve));
  }
}

Deno.test("over HTTP/2, too, an authority or Host that is no host gets 400 with our headers", async () => {
  await using served = await BrowserServer.create();

  equal((await sendHttp2(served, { ":authority": "evil.test" }))?.[":status"], 200);
  const wrong: Record<string, string>[] = [
    { ":authority": "app.example:99999" },
    { ":authority": "user@app.example" },
    { ":authority": "app.example", host: "localhost/login?" },
  ];
  for (const headers of wrong) {
    const answer = await sendHttp2(served, headers);
    equal(answer?.[":status"], 400, headers[":authority"]);
    match(String(answer?.["content-security-policy"]), /default-src 'none'/);
  }
});

Deno.test("random Hosts get 400 or the page that the path names", async () => {
  await using served = await BrowserServer.create();
  const characters = [
    ..."ab1.-_:/?#@[]%\\\"<>|^{}* \t,;=&'~$!+()é€",
    "localhost",
    "login",
    "80",
    "99999",
  ];
  const hosts = fc.array(fc.constantFrom(...characters), { maxLength: 8 }).map((it) => it.join(""));

  let refused = 0;
  await fc.assert(
    fc.asyncProperty(hosts, fc.constantFrom("GET", "POST"), async (host, method) => {
      const answer = await send(served, host, method, "/health/live");
      const expected = method === "GET" ? 200 : 405;
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
      ok([400, expected].includes(status), `${status} for ${host}`);
      match(answer, /\r\ncontent-security-policy: /i, host);
      if (status === 400) refused++;
    }),
    { numRuns: 150, seed: 20261126 },
  );
  ok(refused > 50 && refused < 150, `${refused} were refused`);
  deepEqual(served.world.logged.filter(({ level }) => level === "error"), []);
});
