import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { errorFields, type LogFields, makeLog } from "../../../lib/log/log.ts";
import { type LogEvent, vocabulary } from "../../../lib/log/events.ts";

const now = () => new Date("2026-11-22T12:00:00Z");

function written(format: "json" | "text", event: LogEvent, fields: LogFields = {}): string[] {
  const lines: string[] = [];
  makeLog("debug", format, now, (line) => lines.push(line))(event, fields);
  return lines;
}

Deno.test("a json line is one object with an ISO date [SEC-N2]", () => {
  const [line = ""] = written("json", "authn_login_fail", { userId: null, reason: "wrong" });
  deepEqual(JSON.parse(line), {
    datetime: "2026-11-22T12:00:00.000Z",
    appid: "latchkey",
    event: "authn_login_fail",
    level: "warn",
    outcome: "failure",
    userId: null,
    reason: "wrong",
  });
});

Deno.test("a text line leaves out empty fields and the user agent", () => {
  const fields = { userId: null, status: 303, route: "/login", userAgent: "Mozilla" };
  deepEqual(written("text", "request", fields), [
    '12:00:00 info     request status=303 route="/login"',
  ]);
});

const nasty = [
  'a"b\r\n12:00:00 critical sys_crash',
  "\u001b[31mred\u009b2J",
  "\u2028\u2029\u0085\u000b\u000c",
  "\u202eevil\u2066\u200b\ufeff\u{e0041}",
];

for (const format of ["json", "text"] as const) {
  Deno.test(`any text in a field stays on one visible ${format} line [SEC-N4]`, () => {
    const isOneLine = (text: string) => {
      const lines = written(format, "request", { text });
      equal(lines.length, 1);
      ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(lines[0] ?? ""), lines[0]);
    };
    nasty.forEach(isOneLine);
    fc.assert(fc.property(fc.string({ unit: "binary" }), isOneLine));
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...nasty.join("")) }), isOneLine));
  });
}

Deno.test("an escaped text can be read back [SEC-N4]", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    equal(JSON.parse(written("json", "request", { text })[0] ?? "").text, text);
  }));
});

Deno.test("a long text is truncated [SEC-N4]", () => {
  for (const format of ["json", "text"] as const) {
    ok((written(format, "request", { text: "x".repeat(1e6) })[0] ?? "").length < 3000);
  }
});

Deno.test("LOG_LEVEL drops lower levels, and never critical events", () => {
  const events = (minLevel: "debug" | "warn" | "error") => {
    const lines: string[] = [];
    const log = makeLog(minLevel, "json", now, (line) => lines.push(JSON.parse(line).event));
    for (const event of Object.keys(vocabulary) as LogEvent[]) log(event);
    return lines;
  };
  deepEqual(events("debug"), Object.keys(vocabulary));
  ok(!events("warn").includes("session_created") && events("warn").includes("authn_login_fail"));
  ok(!events("error").includes("authn_login_fail") && events("error").includes("malicious_csrf"));
});

Deno.test("the fields of an error are its message, cause and stack, without line breaks", () => {
  const error = new TypeError("It broke", { cause: new Error("the disk is full") });
  const { error: message, cause, stack } = errorFields(error);
  deepEqual([message, cause], ["TypeError: It broke", "the disk is full"]);
  match(String(stack), /^at .*log_test\.ts.*\|/);
  ok(!String(stack).includes("\n"));
});

Deno.test("of a thrown value that is no error only the type is logged [SEC-N3]", () => {
  deepEqual(errorFields("a password"), { error: "string" });
});

Deno.test("SECURITY.md documents every log event with its level [SEC-M9]", async () => {
  const page = await Deno.readTextFile(new URL("../../../.github/SECURITY.md", import.meta.url));
  const documented = [...page.matchAll(/^\| `([a-z_]+)` +\| ([a-z]+) /gm)]
    .map(([, event, level]) => [event, level]);
  deepEqual(
    documented.sort(),
    Object.entries(vocabulary).map(([event, { level }]) => [event, level]).sort(),
  );
});
