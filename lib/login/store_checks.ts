import { type Clock, isDate } from "./clock.ts";

/**
 * Throws when a value is not a database, such as a missing binding, or a database that was not
 * awaited: otherwise the site would start, and the first login would fail.
 *
 * @throws {TypeError} With a sentence that says what to give.
 */
export function checkDatabase(database: unknown, methods: string[], demand: string): void {
  const found = Object(database) as Record<string, unknown>;
  if (methods.every((method) => typeof found[method] === "function")) return;
  throw new TypeError(`Cannot make a store: it needs ${demand}`);
}

/** Refuses what does not tell the time, as {@link checkDatabase} does. */
export function checkClock(now: Clock): void {
  if (typeof now === "function" && isDate(now())) return;
  throw new TypeError(
    "Cannot make a store: now has to be a function that returns the time as a Date",
  );
}
