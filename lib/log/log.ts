import { type Level, type LogEvent, type Meaning, vocabulary } from "./events.ts";
import type { Clock } from "../time.ts";

/** The fields of one line. They hold no secret: no token, password or cookie, no path with one. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one line about one event. */
export type Log = (event: LogEvent, fields?: LogFields) => void;

const weights: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3, critical: 4 };
/** In characters, so that nobody fills the log with one header. */
const MAX_FIELD_LENGTH = 2000;

/** Makes a log on standard output, as JSON for machines or as text for people. */
export function makeLog(
  minLevel: Level,
  format: "json" | "text",
  now: Clock,
  write: (line: string) => void = writeToConsole,
): Log {
  return (event, fields = {}) => {
    const { level, outcome }: Meaning = vocabulary[event];
    if (weights[level] < weights[minLevel]) return;
    const datetime = now().toISOString();
    const line = format === "json"
      ? JSON.stringify({ datetime, appid: "latchkey", event, level, outcome, ...fields }, truncate)
      : `${datetime.slice(11, 19)} ${level.padEnd(8)} ${event}${textFields(fields)}`;
    write(escapeControls(line));
  };
}

/** The fields of an error. Of a thrown value that is no error only the type: it can be a secret. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  const frames = error.stack?.split("\n").filter((line) => /^ +at /.test(line));
  const stack = frames?.map((frame) => frame.trim()).join(" | ");
  return { error: `${error.name}: ${error.message}`, cause, stack };
}

/** The fields for people in a terminal. The user agent is left out: it is nearly always theirs. */
function textFields(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([name, value]) => value !== undefined && value !== null && name !== "userAgent")
    .map(([name, value]) => ` ${name}=${JSON.stringify(value, truncate)}`)
    .join("");
}

/** A replacer for `JSON.stringify`. */
function truncate(_name: string, value: unknown): unknown {
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

function writeToConsole(line: string): void {
  // deno-lint-ignore no-console
  console.log(line);
}
