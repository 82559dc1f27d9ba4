import { type Level, type LogEvent, type Meaning, vocabulary } from "./events.ts";
import { LineLimit } from "./line_limit.ts";
import type { LogOutput } from "./writer.ts";
import type { Clock } from "../time.ts";

/**
 * The fields of one line. They hold no secret: no token, password or cookie. `path` may hold a
 * token: only a developer's terminal shows it.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one line about one event. It never throws and never waits. */
export type Log = (event: LogEvent, fields?: LogFields) => void;

const weights: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3, critical: 4 };
/** In characters, so that nobody fills the log with one header. */
const MAX_FIELD_LENGTH = 2000;
/** Between the frames of a stack. */
const frameSeparator = " | ";

/** Makes a log of JSON lines for machines, or of text for a developer's terminal. */
export function makeLog(
  minLevel: Level,
  format: keyof typeof formats,
  now: Clock,
  output: Pick<LogOutput, "write">,
): Log {
  const limit = new LineLimit(now);
  let unwritten = 0;

  return (event, fields = {}) => {
    if (weights[vocabulary[event].level] < weights[minLevel]) return;
    if (unwritten > 0 && put("log_lines_dropped", { reason: "not_written", count: unwritten })) {
      unwritten = 0;
    }
    for (const [droppedEvent, count] of limit.takeExcess(event)) {
      if (!put("log_lines_dropped", { reason: "too_many", droppedEvent, count })) unwritten++;
    }
    if (limit.admits(event) && !put(event, fields)) unwritten++;
  };

  /** Whether the line could be written. A line that cannot be never fails what it is about. */
  function put(event: LogEvent, fields: LogFields): boolean {
    try {
      return output.write(formats[format](event, fields, now()), vocabulary[event].level);
    } catch {
      return false;
    }
  }
}

const formats = { json: jsonLine, text: textLine };

/** Without `path`, which may hold a token. */
function jsonLine(event: LogEvent, fields: LogFields, time: Date): string {
  const { level, outcome }: Meaning = vocabulary[event];
  const line: Record<string, LogFields[string]> = {
    datetime: time.toISOString(),
    appid: "latchkey",
    event,
    level,
    outcome,
  };
  for (const name in fields) if (name !== "path") line[name] = truncate(fields[name]);
  return escapeControls(JSON.stringify(line));
}

/** Of a request, only its last line says which one it was. */
const leftOutOfText = ["requestId", "sourceAddress", "userAgent", "method", "route", "stack"];

function textLine(event: LogEvent, fields: LogFields): string {
  if (event === "sys_startup") return startLines(fields).map(escapeControls).join("\n");
  if (event === "request") {
    const { method, path, status, durationMs } = fields;
    return escapeControls(`${method} ${truncate(path)} ${status} ${durationMs} ms`);
  }
  const shown = Object.entries(fields)
    .filter(([name, value]) =>
      value !== undefined && value !== null && !leftOutOfText.includes(name)
    )
    .map(([name, value]) => ` ${name}=${JSON.stringify(truncate(value))}`);
  const line = `${vocabulary[event].level.padEnd(8)} ${event}${shown.join("")}`;
  const frames = fields.stack ? String(truncate(fields.stack)).split(frameSeparator) : [];
  return [line, ...frames.map((frame) => `    ${frame}`)].map(escapeControls).join("\n");
}

/** The addresses that a developer opens. */
function startLines({ origin, mailbox }: LogFields): string[] {
  return [`→ ${origin}`, ...mailbox ? [`→ ${mailbox} has the mails`] : []];
}

/** The fields of an error. Of a thrown value that is no error only the type: it can be a secret. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  const frames = error.stack?.split("\n").filter((line) => /^ +at /.test(line));
  const stack = frames?.map((frame) => frame.trim()).join(frameSeparator);
  return { error: `${error.name}: ${error.message}`, cause, stack };
}

function truncate(value: LogFields[string]): LogFields[string] {
  return typeof value === "string" && value.length > MAX_FIELD_LENGTH
    ? `${value.slice(0, MAX_FIELD_LENGTH)}…`
    : value;
}

/**
 * Escapes the characters that JSON keeps but a terminal or viewer obeys: control characters,
 * Unicode line breaks, and bidirectional and invisible characters.
 */
export function escapeControls(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = character.split("").map((unit) => unit.charCodeAt(0));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
