import { match, ok } from "node:assert/strict";
import { Server } from "../support/server.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const form = "content-type: application/x-www-form-urlencoded";
const kilobyte = new Uint8Array(1024).fill(97);
const gigabyte = 2 ** 30;

/** Sends bytes until an answer comes: its status, null for none, and how much was sent before. */
async function send(
  server: Server,
  bytes: Iterable<Uint8Array>,
): Promise<{ status: number | null; sent: number }> {
  const { hostname, port } = new URL(server.origin);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  let answered = false;
  const buffer = new Uint8Array(64);
  const answer = connection.read(buffer).catch(() => null).then((length) => {
    answered = true;
    return new TextDecoder().decode(buffer.subarray(0, length ?? 0));
  });
  let sent = 0;
  for (const chunk of bytes) {
    if (answered) break;
    const written = connection.write(chunk).catch(() => null); // it may hang up while we send
    const length = await Promise.race([written, answer]);
    if (typeof length === "number") sent += length;
  }
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(await answer)?.[1]);
  return { status: status || null, sent };
}

function* request(line: string, headers: readonly string[], body: Iterable<Uint8Array> = []) {
  yield encode([line + " HTTP/1.1", "host: localhost", ...headers, "", ""].join("\r\n"));
  yield* body;
}

function* repeat(chunk: Uint8Array, total: number) {
  for (let sent = 0; sent < total; sent += chunk.length) yield chunk;
}

/** A form from our own page. */
function post(path: string, body: Uint8Array | string, ...headers: string[]) {
  const bytes = typeof body === "string" ? encode(body) : body;
  return (server: Server) =>
    request(`POST ${path}`, [
      `origin: ${server.origin}`,
      `content-length: ${bytes.length}`,
      ...headers.some((it) => it.startsWith("content-type")) ? headers : [form, ...headers],
    ], [bytes]);
}

const gzip = new Uint8Array([31, 139, 8, 0, 0, 0, 0, 0, 0, 3, ...new Array(100).fill(0)]);
const cookies = (count: number) =>
  "cookie: " + Array.from({ length: count }, (_, i) => `c${i}=${i}`).join("; ");

const inputs: [what: string, bytes: (server: Server) => Iterable<Uint8Array>][] = [
  [
    "a gigabyte that says so",
    (server) =>
      request(
        "POST /login",
        [`origin: ${server.origin}`, form, `content-length: ${gigabyte}`],
        repeat(kilobyte, gigabyte),
      ),
  ],
  [
    "a gigabyte in chunks",
    (server) =>
      request(
        "POST /login",
        [`origin: ${server.origin}`, form, "transfer-encoding: chunked"],
        repeat(encode(`400\r\n${"a".repeat(1024)}\r\n`), gigabyte),
      ),
  ],
  [
    "a gigabyte from another site",
    () =>
      request(
        "POST /login",
        ["origin: https://evil.example", form, "transfer-encoding: chunked"],
        repeat(encode(`400\r\n${"a".repeat(1024)}\r\n`), gigabyte),
      ),
  ],
  ["a length that is no number", () => request("POST /login", [form, "content-length: many"])],
  [
    "a chunk that is none",
    (server) =>
      request("POST /login", [`origin: ${server.origin}`, form, "transfer-encoding: chunked"], [
        encode("zz\r\n\r\n"),
      ]),
  ],
  [
    "a length and chunks at once",
    (server) =>
      request("POST /login", [
        `origin: ${server.origin}`,
        form,
        "content-length: 3",
        "transfer-encoding: chunked",
      ], [encode("3\r\na=b\r\n0\r\n\r\n")]),
  ],
  ["10,000 fields", post("/login", "field=1&".repeat(10_000))],
  ["8,000 fields within the limit", post("/login", "a&".repeat(8_000))],
  ["one field, 5,000 times", post("/login", "e=&".repeat(5_000))],
  ["a field of a megabyte", post("/register", `name=${"a".repeat(2 ** 20)}`)],
  ["a field that fills the limit", post("/register", `name=${"a".repeat(16_000)}`)],
  ["nested names", post("/login", "a[b]".repeat(3_000) + "=1")],
  ["gzip", post("/login", gzip, "content-encoding: gzip")],
  ["bytes that are not UTF-8", post("/login", new Uint8Array([101, 61, 255, 254, 192, 128]))],
  ["escapes that are not UTF-8", post("/login", "email=%ff%fe&password=%c0%80")],
  ["escapes that are none", post("/login", "email=%zz&password=%")],
  ["NUL", post("/login", "email=%00&password=%00")],
  ["NUL in every field", post("/register", "name=%00&email=a%00@b.example&password=%00&next=%00")],
  ["no content type", post("/login", "a=b", "content-type: ")],
  ["a file", post("/login", "--x--", "content-type: multipart/form-data; boundary=x")],
  ["a cookie of 60 KB", post("/login", "a=b", `cookie: __Host-session=${"A".repeat(60_000)}`)],
  ["a cookie of 600 KB", post("/login", "a=b", `cookie: session=${"A".repeat(600_000)}`)],
  ["500 cookies", post("/login", "a=b", cookies(500))],
  ["300 headers", post("/login", "a=b", ...Array.from({ length: 300 }, (_, i) => `x-${i}: 1`))],
  ["a path of 100 KB", () => request(`GET /${"a".repeat(100_000)}`, [])],
  ["a path with broken escapes", post("/account/sessions/%E0%A4%A/end", "")],
  ["a path with NUL", post("/account/sessions/%00/end", "")],
  ["a method that nobody knows", () => request("BREW /login", [])],
  ["what is not HTTP at all", () => [new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])]],
];

/** Refusals; 303 leads a stranger to the login page, 404 is a path that leads nowhere. */
const refusals = [303, 400, 403, 404, 405, 408, 411, 413, 414, 415, 422, 431, 501];

Deno.test("huge and malformed input is refused early, and the next request is answered [REL-R20] [REL-P10]", async (t) => {
  await using server = await Server.create();
  await server.start();

  for (const [what, bytes] of inputs) {
    await t.step(what, async () => {
      const { status, sent } = await send(server, bytes(server));
      // To what is not even a request the server may hang up without a word.
      ok(status === null || refusals.includes(status), `${status}`);
      ok(sent < 32 * 2 ** 20, `${sent} bytes were taken`);
      const next = await fetch(`${server.origin}/health/ready`);
      match(await next.text(), /"ok"/);
    });
  }
  const { code, text } = await server.stop();
  ok(code === 0 && !text.includes("request_failed"), text);
});

Deno.test("a client that disconnects in the middle of a form does not affect others [REL-R20]", async () => {
  await using server = await Server.create();
  await server.start();
  const { hostname, port } = new URL(server.origin);
  for (let i = 0; i < 20; i++) {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    for (
      const chunk of request("POST /login", [
        `origin: ${server.origin}`,
        form,
        "content-length: 1000",
      ], [encode("email=ann")])
    ) await connection.write(chunk);
  }
  const next = await fetch(`${server.origin}/health/ready`);
  match(await next.text(), /"ok"/);
  const { code, text } = await server.stop();
  ok(code === 0 && !text.includes("request_failed"), text);
});
