import { equal, match, ok } from "node:assert/strict";
import { BrowserServer } from "../support/browser_server.ts";
import { exchange } from "../support/exchange.ts";

// Two readers of one connection must not disagree about where a request ends (SEC-G16).

const head =
  "Host: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

const broken: [what: string, request: string][] = [
  [
    "length and chunks",
    `POST /login HTTP/1.1\r\n${head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  [
    "two lengths",
    `POST /login HTTP/1.1\r\n${head}Content-Length: 0\r\nContent-Length: 60\r\n\r\n${smuggled}`,
  ],
  ["a length that is none", `POST /login HTTP/1.1\r\n${head}Content-Length: +0\r\n\r\n${smuggled}`],
  [
    "an unknown encoding",
    `POST /login HTTP/1.1\r\n${head}Transfer-Encoding: xchunked\r\n\r\n${smuggled}`,
  ],
  ["a folded header", `GET /login HTTP/1.1\r\n${head}X-A: b\r\n c\r\n\r\n`],
  ["NUL in a header", `GET /login HTTP/1.1\r\n${head}X-A: b\0c\r\n\r\n`],
  ["a space before the colon", `GET /login HTTP/1.1\r\n${head}X-A : b\r\n\r\n`],
  ["a header without a name", `GET /login HTTP/1.1\r\n${head}: b\r\n\r\n`],
  ["no version", `GET /login\r\n${head}\r\n`],
  ["another protocol", `GET /login HTTP/9.9\r\n${head}\r\n`],
  ["nonsense", "\x16\x03\x01 hello\r\n\r\n"],
];

for (const [what, request] of broken) {
  Deno.test(`a request with ${what} is refused, and the connection closed [SEC-G16]`, async () => {
    await using served = await BrowserServer.create();

    const answer = await exchange(served.origin, request);
    match(answer, /^HTTP\/1\.1 400 /);
    equal(answer.split("HTTP/1.1 ").length, 2, "there is a second answer");
    ok(!answer.includes("Page not found"), "what was smuggled has been answered");
  });
}

Deno.test("a body with a broken chunk is not accepted [SEC-G16]", async () => {
  await using served = await BrowserServer.create();

  const chunk =
    `POST /login HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nemail=a\r\n0\r\n\r\n`;
  const answer = await exchange(served.origin, chunk);
  ok(!/^HTTP\/1\.1 (200|303|5)/.test(answer), answer.slice(0, 100));
});

Deno.test("a request line with another site's URL gets an answer without that URL [SEC-G5]", async () => {
  await using served = await BrowserServer.create();

  for (const target of ["http://evil.test/profile", "//evil.test/profile", "/profile"]) {
    const lines = ["Host: evil.test", "X-Forwarded-Host: evil.test", "Connection: close"];
    const answer = await exchange(
      served.origin,
      `GET ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`,
    );
    match(answer, /^HTTP\/1\.1 (302|404) /, target);
    ok(!answer.includes("evil.test"), answer);
  }
});
