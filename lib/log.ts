import type { Clock } from "./time.ts";

export type Level = "debug" | "info" | "warn" | "error";

/** Facts of one line. Nothing secret: no token, no password, no cookie. */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one line about one thing that happened. */
export type Log = (level: Level, event: string, facts?: Facts) => void;

const weights: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A log on standard output: JSON objects for machines, plain lines for people. */
export function makeLog(least: Level, form: "json" | "plain", now: Clock): Log {
  return (level, event, facts = {}) => {
    if (weights[level] < weights[least]) return;
    const time = now().toISOString();
    const line = form === "json"
      ? JSON.stringify({ time, level, event, ...facts })
      : `${time.slice(11, 19)} ${level.padEnd(5)} ${event}${plain(facts)}`;
    // The logger is the one place that writes to the console.
    // deno-lint-ignore no-console
    console.log(line);
  };
}

/** What may be said of an error: its name and message, and where it happened. */
export function describe(error: unknown): Facts {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return { error: `${error.name}: ${error.message}`, cause, stack: error.stack };
}

function plain(facts: Facts): string {
  return Object.entries(facts)
    .filter(([, fact]) => fact !== undefined)
    // JSON keeps line breaks and control characters of user text on this line.
    .map(([name, fact]) => ` ${name}=${name === "stack" ? `\n${fact}` : JSON.stringify(fact)}`)
    .join("");
}
