import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { errorFields, type LogFields, makeLog } from "../../../lib/log/log.ts";
import { type LogEvent, vocabulary } from "../../../lib/log/events.ts";

const now = () => new Date("2026-11-22T12:00:00Z");

function written(form: "json" | "text", event: LogEvent, facts: LogFields = {}): string[] {
  const lines: string[] = [];
  makeLog("debug", form, now, (line) => lines.push(line))(event, facts);
  return lines;
}

Deno.test("a line for machines is one JSON object, dated with an offset [SEC-N2]", () => {
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

Deno.test("a line for people says what they need, and leaves out what is empty", () => {
  const facts = { userId: null, status: 303, route: "/login", userAgent: "Mozilla" };
  deepEqual(written("text", "request", facts), [
    '12:00:00 info     request status=303 route="/login"',
  ]);
});

const nasty = [
  'a"b\r\n12:00:00 critical sys_crash',
  "\u001b[31mred\u009b2J",
  "\u2028\u2029\u0085\u000b\u000c",
  "\u202eevil\u2066\u200b\ufeff\u{e0041}",
];

for (const form of ["json", "text"] as const) {
  Deno.test(`whatever text a fact holds, a ${form} line is one line of visible characters [SEC-N4]`, () => {
    const isOneLine = (text: string) => {
      const lines = written(form, "request", { text });
      equal(lines.length, 1);
      ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(lines[0] ?? ""), lines[0]);
    };
    nasty.forEach(isOneLine);
    fc.assert(fc.property(fc.string({ unit: "binary" }), isOneLine));
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...nasty.join("")) }), isOneLine));
  });
}

Deno.test("what was escaped can be read back [SEC-N4]", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    equal(JSON.parse(written("json", "request", { text })[0] ?? "").text, text);
  }));
});

Deno.test("nobody fills the log with one long text [SEC-N4]", () => {
  for (const form of ["json", "text"] as const) {
    ok((written(form, "request", { text: "x".repeat(1e6) })[0] ?? "").length < 3000);
  }
});

Deno.test("LOG_LEVEL keeps back what weighs less, and never what is critical", () => {
  const events = (least: "debug" | "warn" | "error") => {
    const lines: string[] = [];
    const log = makeLog(least, "json", now, (line) => lines.push(JSON.parse(line).event));
    for (const event of Object.keys(vocabulary) as LogEvent[]) log(event);
    return lines;
  };
  deepEqual(events("debug"), Object.keys(vocabulary));
  ok(!events("warn").includes("session_created") && events("warn").includes("authn_login_fail"));
  ok(!events("error").includes("authn_login_fail") && events("error").includes("malicious_csrf"));
});

Deno.test("an error is described with its cause and its place, without a line break", () => {
  const error = new TypeError("It broke", { cause: new Error("the disk is full") });
  const { error: said, cause, stack } = errorFields(error);
  deepEqual([said, cause], ["TypeError: It broke", "the disk is full"]);
  match(String(stack), /^at .*log_test\.ts.*\|/);
  ok(!String(stack).includes("\n"));
});

Deno.test("what was thrown and is no error may be anything, so only its type is told [SEC-N3]", () => {
  deepEqual(errorFields("a password"), { error: "string" });
});

Deno.test("the documented vocabulary is the one in the code, with its levels [SEC-M9]", async () => {
  const page = await Deno.readTextFile(new URL("../../../.github/SECURITY.md", import.meta.url));
  const documented = [...page.matchAll(/^\| `([a-z_]+)` +\| ([a-z]+) /gm)]
    .map(([, event, level]) => [event, level]);
  deepEqual(
    documented.sort(),
    Object.entries(vocabulary).map(([event, { level }]) => [event, level]).sort(),
  );
});
