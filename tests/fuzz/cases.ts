import { reportsPath } from "../../routes/middleware/headers.ts";
import { forms } from "../support/forms.ts";
import type { Route } from "../support/routes.ts";
import type { Dice } from "./dice.ts";

/** One request, as it stands in the corpus: text holds one byte a character. */
export interface Case {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** `{session}` stands for Ann's cookie, `{session~7}` for it with another character at 7. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
}

/** No answer may hold it as it is. */
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

/** Tokens where they do not count. */
const misplaced: [string, string][] = [
  ["authorization", "Bearer {session}"],
  ["authorization", "{remember}"],
  ["cookie", "session={session}; __Secure-session={session}"],
  ["cookie", "__Host-session={remember}; __Host-remember={session}; __Host-device={session}"],
  ["cookie", "__Host-session=x; __Host-session={session}"],
];

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"];

/** A request that means it, more or less spoiled. */
export function throwCase(dice: Dice, routes: readonly Route[]): Case {
  const route = dice.pick(routes);
  const form = forms[route.path];
  const cookie =
    "__Host-session={session}; __Host-remember={remember}; __Host-flash={flash}; __Host-device={device}";
  const isReport = route.path === reportsPath;
  let { method, path: target } = route;
  let body = form ? new URLSearchParams(form.fields).toString() : null;
  if (isReport) body = JSON.stringify({ "csp-report": { "document-uri": "https://app.example/" } });
  let headers: [string, string][] = [
    ["sec-fetch-site", "same-origin"],
    ["content-type", isReport ? "application/csp-report" : "application/x-www-form-urlencoded"],
  ];
  if (form?.who === "ann" || (!form && dice.onceIn(2))) headers.push(["cookie", cookie]);

  if (dice.onceIn(12)) method = dice.pick(methods);
  if (method === "GET") target += dice.pick(["", "?next=/account", "?next=", "?email=x"]);
  if (dice.onceIn(4)) target = "/" + spoil(dice, target).replace(/^\/?/, "");
  for (let n = dice.below(4); n > 0; n--) headers = spoilHeaders(dice, headers);
  for (let n = dice.below(6); n > 0 && body !== null; n--) body = spoil(dice, body);
  const hasBody = !["GET", "HEAD"].includes(method);
  return { method, target, headers, body: hasBody ? body ?? "" : null };
}

function spoilHeaders(dice: Dice, headers: [string, string][]): [string, string][] {
  const at = dice.below(headers.length);
  const [name, value] = headers[at] ?? ["accept", "*/*"];
  const others = headers.filter((_, i) => i !== at);
  switch (dice.below(6)) {
    case 0:
      return others;
    case 1:
      return [...others, [name, inHeader(spoil(dice, value))]];
    case 2:
      return [...others, [name, value.replace("}", `~${dice.below(90)}}`)]];
    case 3:
      return [...headers, dice.pick(misplaced)];
    case 4:
      return [...headers, [dice.pick(headerNames), dice.pick(headerValues)]];
    default:
      return [...headers, [dice.pick(headerNames), inHeader(dice.pick(odd) + bytes(dice))]];
  }
}

/** Changes a few bytes, or many. */
function spoil(dice: Dice, text: string): string {
  const at = dice.below(text.length + 1);
  const length = dice.below(8);
  const [before, piece, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at)];
  switch (dice.below(7)) {
    case 0:
      return before + bytes(dice) + after;
    case 1:
      return before + dice.pick(odd) + after;
    case 2:
      return before + text.slice(at + length);
    case 3:
      return before + piece.repeat(dice.below(20)) + after;
    case 4:
      return before;
    case 5:
      return `${text}&${text}`;
    default: {
      const fields = text.split("&");
      const changed = dice.below(fields.length);
      const value = dice.onceIn(3) ? encodeURIComponent(canary) : dice.pick(odd);
      return fields.map((it, i) => i === changed ? it.replace(/=.*/, `=${value}`) : it).join("&");
    }
  }
}

function bytes(dice: Dice): string {
  const length = dice.onceIn(50) ? 17_000 : dice.below(6);
  return Array.from({ length }, () => String.fromCharCode(dice.below(256))).join("");
}

/** Less what no client can put into a header. */
function inHeader(value: string): string {
  return value.replaceAll(/[\r\n\0]/g, "").slice(0, 4000).trim();
}
