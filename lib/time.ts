/** Tells the time. Made once, in `main.ts`; tests hold it. */
export type Clock = () => Date;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const units: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Reads "90s", "10m", "2h" or "30d" as milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  return count && unit ? Number(count) * (units[unit] as number) : null;
}
