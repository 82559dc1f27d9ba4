import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { errorFields, type LogFields, makeLog } from "../../../lib/log/log.ts";
import { type LogEvent, type Meaning, vocabulary } from "../../../lib/log/events.ts";
import { MINUTE } from "../../../lib/time.ts";

const now = () => new Date("2026-11-22T12:00:00Z");

function written(format: "json" | "text", event: LogEvent, fields: LogFields = {}): string[] {
  const lines: string[] = [];
  makeLog("debug", format, now, { write: (line) => lines.push(line) > 0 })(event, fields);
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

Deno.test("a developer's terminal shows where to look, then each request with its path", () => {
  deepEqual(written("text", "sys_startup", { origin: "http://localhost:8000", port: 8000 }), [
    "→ http://localhost:8000",
  ]);
  const [origin, mailbox] = ["http://localhost:8000", "http://localhost:8000/dev/mailbox"];
  deepEqual(written("text", "sys_startup", { origin, mailbox }), [
    "→ http://localhost:8000\n→ http://localhost:8000/dev/mailbox has the mails",
  ]);
  const request = { requestId: "r", userAgent: "Mozilla", method: "GET", route: "/account/:id" };
  const outcome = { path: "/account/7", status: 200, durationMs: 12 };
  deepEqual(written("text", "request", { ...request, ...outcome }), ["GET /account/7 200 12 ms"]);
  deepEqual(written("text", "authn_login_fail", { ...request, userId: null, reason: "wrong" }), [
    'warn     authn_login_fail reason="wrong"',
  ]);
});

Deno.test("a developer's terminal shows a stack on one line for each frame", () => {
  const [line = ""] = written("text", "request_failed", errorFields(new TypeError("It broke")));
  const [first, ...frames] = line.split("\n");
  equal(first, 'error    request_failed error="TypeError: It broke"');
  match(frames[0] ?? "", /^ {4}at .*log_test\.ts/);
  ok(frames.length > 1 && frames.every((frame) => /^ {4}at /.test(frame)), line);
});

Deno.test("a json line never has the path of a request, which may hold a token", () => {
  const line = written("json", "request", { path: "/undo/token", status: 200 }).join();
  ok(line.includes('"status":200') && !line.includes("token"), line);
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
    const write = (line: string) => lines.push(JSON.parse(line).event) > 0;
    const log = makeLog(minLevel, "json", now, { write });
    for (const event of Object.keys(vocabulary) as LogEvent[]) log(event);
    return lines;
  };
  deepEqual(events("debug"), Object.keys(vocabulary));
  ok(!events("warn").includes("session_created") && events("warn").includes("authn_login_fail"));
  ok(
    !events("error").includes("authn_login_fail") && events("error").includes("authn_token_reuse"),
  );
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

Deno.test("an event that anybody can cause has 20 lines a minute, then a count of the others", () => {
  const lines: string[] = [];
  let time = now().getTime();
  const write = (line: string) => lines.push(line) > 0;
  const log = makeLog("info", "json", () => new Date(time), { write });
  const perMinute = (event: LogEvent) => {
    lines.length = 0;
    for (let i = 0; i < 50; i++) log(event);
    time += MINUTE;
    log("request");
    return lines.map((line) => JSON.parse(line)).slice(0, -1);
  };

  for (const event of Object.keys(vocabulary) as LogEvent[]) {
    const { byGuests }: Meaning = vocabulary[event];
    const found = perMinute(event);
    equal(found.filter((line) => line.event === event).length, byGuests ? 20 : 50, event);
    const excess = found.filter((line) => line.event === "log_lines_dropped");
    if (event === "log_lines_dropped") continue;
    deepEqual(
      excess.map(({ reason, droppedEvent, count }) => [reason, droppedEvent, count]),
      byGuests ? [["too_many", event, 30]] : [],
    );
  }
});

Deno.test("the count of left out lines is written before the app stops", () => {
  const lines: string[] = [];
  const log = makeLog("info", "json", now, { write: (line) => lines.push(line) > 0 });
  for (let i = 0; i < 21; i++) log("malicious_csrf");

  log("sys_shutdown");
  const [dropped, last] = lines.slice(20).map((line) => JSON.parse(line));
  deepEqual([dropped.event, dropped.droppedEvent, dropped.count, last.event], [
    "log_lines_dropped",
    "malicious_csrf",
    1,
    "sys_shutdown",
  ]);
});

Deno.test("lines that cannot be written throw nothing, and are counted once writing works", () => {
  const lines: string[] = [];
  let write: (line: string) => boolean = () => {
    throw new Error("No space left on device");
  };
  const log = makeLog("error", "json", now, { write: (line) => write(line) });
  log("sys_crash");
  write = () => false;
  log("sys_crash");
  log("request");

  write = (line) => lines.push(line) > 0;
  log("sys_crash");
  log("sys_crash");
  deepEqual(lines.map((line) => JSON.parse(line)).map(({ event, count }) => [event, count]), [
    ["log_lines_dropped", 2],
    ["sys_crash", undefined],
    ["sys_crash", undefined],
  ]);
});

Deno.test("SECURITY.md documents every log event with its level and its bound [SEC-M9]", async () => {
  const page = await Deno.readTextFile(new URL("../../../.github/SECURITY.md", import.meta.url));
  const documented = [...page.matchAll(/^\| `([a-z_]+)`( \\\*)? +\| ([a-z]+) /gm)]
    .map(([, event, star, level]) => [event, level, star !== undefined]);
  const meanings: [string, Meaning][] = Object.entries(vocabulary);
  deepEqual(
    documented.sort(),
    meanings.map(([event, { level, byGuests }]) => [event, level, byGuests ?? false]).sort(),
  );
});
