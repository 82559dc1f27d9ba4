import fc from "fast-check";
import { reportsPath } from "../../routes/middleware/headers.ts";
import { allForms, providerLogoutPath } from "../support/forms.ts";
import type { Route } from "../support/routes.ts";

type Header = readonly [name: string, value: string];
type HeaderList = readonly Header[];

/** One request, as the corpus keeps it: each character of the body is one byte. */
export interface Case {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** `{session}` is replaced by Ann's cookie, `{session~7}` by it with another character at 7. */
  readonly headers: HeaderList;
  readonly body: string | null;
}

/** No page may contain this unescaped. */
export const canary = "<fz'\">";

const odd = [
  canary,
  encodeURIComponent(canary),
  "",
  "\u0000",
  "%00",
  "%",
  "%ff%fe",
  "%c0%ae%c0%ae",
  "..",
  "%2e%2e%2f",
  "//",
  "\\",
  ";",
  "&",
  "=",
  "?",
  "#",
  "+",
  "[]",
  "__proto__",
  "constructor",
  "undefined",
  "NaN",
  "-1",
  "99999999999999999999",
  "%0d%0aSet-Cookie:%20a=b",
  "https://evil.test/",
  "//evil.test",
  "/\\evil.test",
  "javascript:alert(1)",
  "%f0%9f%94%91",
  "%e2%80%ae",
  "%ed%a0%80",
  "a@b.example",
  "{",
  "[[[[",
  "null",
  "x".repeat(300),
  "%41".repeat(2000),
];

const headerNames = [
  "accept",
  "accept-encoding",
  "accept-language",
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "expect",
  "forwarded",
  "host",
  "if-modified-since",
  "if-none-match",
  "origin",
  "purpose",
  "range",
  "referer",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "sec-purpose",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "via",
  "x-deno-client-address",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-http-method-override",
  "x-real-ip",
  "x-request-id",
];

const headerValues = [
  "application/json",
  "application/csp-report",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/html,application/json;q=0.9",
  "same-origin",
  "cross-site",
  "none",
  "iframe",
  "document",
  "null",
  "https://app.example",
  "https://evil.test",
  "bytes=0-1",
  "chunked",
  "gzip",
  "0",
  "127.0.0.1, ::1",
  "a=b",
];

/** Tokens in places where they must not count. */
const misplaced: Header[] = [
  ["authorization", "Bearer {session}"],
  ["authorization", "{remember}"],
  ["cookie", "session={session}; __Secure-session={session}"],
  ["cookie", "__Host-session={remember}; __Host-remember={session}; __Host-device={session}"],
  ["cookie", "__Host-session=x; __Host-session={session}"],
];

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"];

/** Valid requests to these routes, more or less corrupted. */
export function fuzzCases(routes: readonly Route[]): fc.Arbitrary<Case> {
  // Biased towards small numbers the requests would be too similar.
  return fc.noBias(fc.gen().map((draw) => makeCase(draw, routes)));
}

type Draw = fc.GeneratorValue;

/** A whole number from 0 up to, and without, the limit; of nothing, 0. */
function below(draw: Draw, limit: number): number {
  return limit > 0 ? draw(fc.nat, { max: limit - 1 }) : 0;
}

function pick<T>(draw: Draw, from: readonly T[]): T {
  return from[below(draw, from.length)] as T;
}

function makeCase(draw: Draw, routes: readonly Route[]): Case {
  const route = pick(draw, routes);
  const form = allForms.find(({ path }) => path === route.path);
  const cookie =
    "__Host-session={session}; __Host-remember={remember}; __Host-flash={flash}; __Host-device={device}";
  const isReport = route.path === reportsPath;
  let { method, path: target } = route;
  let body = form ? new URLSearchParams(form.fields).toString() : null;
  if (isReport) body = JSON.stringify({ "csp-report": { "document-uri": "https://app.example/" } });
  if (route.path === providerLogoutPath) body = "logout_token=eyJhbGciOiJSUzI1NiJ9.e30.AAAA";
  let headers: HeaderList = [
    ["sec-fetch-site", "same-origin"],
    ["content-type", isReport ? "application/csp-report" : "application/x-www-form-urlencoded"],
  ];
  if (form?.who === "ann" || (!form && below(draw, 2) === 0)) {
    headers = [...headers, ["cookie", cookie]];
  }

  if (below(draw, 12) === 0) method = pick(draw, methods);
  if (method === "GET") target += pick(draw, ["", "?next=/account", "?next=", "?email=x"]);
  if (below(draw, 4) === 0) target = "/" + corrupt(draw, target).replace(/^\/?/, "");
  for (let n = below(draw, 4); n > 0; n--) headers = corruptHeaders(draw, headers);
  for (let n = below(draw, 6); n > 0 && body !== null; n--) body = corrupt(draw, body);
  const hasBody = !["GET", "HEAD"].includes(method);
  return { method, target, headers, body: hasBody ? body ?? "" : null };
}

function corruptHeaders(draw: Draw, headers: HeaderList): HeaderList {
  const at = below(draw, headers.length);
  const [name, value] = headers[at] ?? ["accept", "*/*"];
  const others = headers.filter((_, i) => i !== at);
  switch (below(draw, 6)) {
    case 0:
      return others;
    case 1:
      return [...others, [name, inHeader(corrupt(draw, value))]];
    case 2:
      return [...others, [name, value.replace("}", `~${below(draw, 90)}}`)]];
    case 3:
      return [...headers, pick(draw, misplaced)];
    case 4:
      return [...headers, [pick(draw, headerNames), pick(draw, headerValues)]];
    default:
      return [...headers, [pick(draw, headerNames), inHeader(pick(draw, odd) + bytes(draw))]];
  }
}

/** Changes a few bytes, or many. */
function corrupt(draw: Draw, text: string): string {
  const at = below(draw, text.length + 1);
  const length = below(draw, 8);
  const [before, piece, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at)];
  switch (below(draw, 7)) {
    case 0:
      return before + bytes(draw) + after;
    case 1:
      return before + pick(draw, odd) + after;
    case 2:
      return before + text.slice(at + length);
    case 3:
      return before + piece.repeat(below(draw, 20)) + after;
    case 4:
      return before;
    case 5:
      return `${text}&${text}`;
    default: {
      const fields = text.split("&");
      const changed = below(draw, fields.length);
      const value = below(draw, 3) === 0 ? encodeURIComponent(canary) : pick(draw, odd);
      return fields.map((it, i) => i === changed ? it.replace(/=.*/, `=${value}`) : it).join("&");
    }
  }
}

function bytes(draw: Draw): string {
  const byte = () => String.fromCharCode(below(draw, 256));
  if (below(draw, 50) === 0) return byte().repeat(17_000);
  return Array.from({ length: below(draw, 6) }, byte).join("");
}

/** Removes what no client can put into a header. */
function inHeader(value: string): string {
  return value.replaceAll(/[\r\n\0]/g, "").slice(0, 4000).trim();
}
