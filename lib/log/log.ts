import { type Level, type LogEvent, type Meaning, vocabulary } from "./events.ts";
import type { Clock } from "../time.ts";

/** Facts of one line. Nothing secret: no token, no password, no cookie, no path that holds one. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one line about one thing that happened. */
export type Log = (event: LogEvent, facts?: LogFields) => void;

const weights: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3, critical: 4 };
/** In characters: nobody fills the log with one header. */
const MAX_FIELD_LENGTH = 2000;

/** A log on standard output: JSON objects for machines, plain lines for people. */
export function makeLog(
  least: Level,
  form: "json" | "plain",
  now: Clock,
  write: (line: string) => void = print,
): Log {
  return (event, facts = {}) => {
    const { level, outcome }: Meaning = vocabulary[event];
    if (weights[level] < weights[least]) return;
    const datetime = now().toISOString();
    const line = form === "json"
      ? JSON.stringify({ datetime, appid: "latchkey", event, level, outcome, ...facts }, cut)
      : `${datetime.slice(11, 19)} ${level.padEnd(8)} ${event}${plain(facts)}`;
    write(escapeControls(line));
  };
}

/** What may be said of an error: its name and message, and where it happened. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  const stack = error.stack?.split("\n").filter((line) => /^ +at /.test(line)).map((it) =>
    it.trim()
  );
  return { error: `${error.name}: ${error.message}`, cause, stack: stack?.join(" | ") };
}

/** What a person at a terminal reads; the agent is nearly always their own. */
function plain(facts: LogFields): string {
  return Object.entries(facts)
    .filter(([name, fact]) => fact !== undefined && fact !== null && name !== "userAgent")
    .map(([name, fact]) => ` ${name}=${JSON.stringify(fact, cut)}`)
    .join("");
}

function cut(_name: string, fact: unknown): unknown {
  return typeof fact === "string" && fact.length > MAX_FIELD_LENGTH
    ? `${fact.slice(0, MAX_FIELD_LENGTH)}…`
    : fact;
}

/**
 * Escapes what JSON leaves as it is and a terminal or a viewer obeys: control characters, other line
 * breaks, and characters that turn the direction of text or are not seen at all.
 */
export function escapeControls(line: string): string {
  return line.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
        .join(""),
  );
}

function print(line: string): void {
  // The logger is the one place that writes to the console.
  // deno-lint-ignore no-console
  console.log(line);
}
