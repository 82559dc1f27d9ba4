import { DAY, HOUR, MINUTE, SECOND } from "./login/clock.ts";

export { type Clock, DAY, HOUR, isDate, MINUTE, SECOND } from "./login/clock.ts";

const unitDurations: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Reads "90s", "10m", "2h" or "30d" as milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  return count && unit ? Number(count) * (unitDurations[unit] as number) : null;
}
