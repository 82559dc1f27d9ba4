import { memo } from "../login/memo.ts";

/** The browser and system that a `User-Agent` header names; null when unknown. */
export interface Device {
  readonly browser: string | null;
  readonly system: string | null;
}

/** The first match counts: a browser built on another one names both. */
const browsers: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOPX\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/[\d.]+ .*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** Reads a `User-Agent` header, up to a length that real browsers stay below. */
export function readDevice(userAgent: string): Device {
  return deviceOf(userAgent.slice(0, 512));
}

const deviceOf = memo((text: string): Device => {
  const find = (table: readonly [RegExp, string][]) =>
    table.find(([pattern]) => pattern.test(text))?.[1];
  return { browser: find(browsers) ?? null, system: find(systems) ?? null };
}, 500);
