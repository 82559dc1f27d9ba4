import { deepEqual } from "node:assert/strict";
import { readDevice } from "../../../lib/http/user_agent.ts";

const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)";
const iPad = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)";
const galaxy = "Mozilla/5.0 (Linux; Android 14; SM-S921B)";
const blink = "AppleWebKit/537.36 (KHTML, like Gecko)";
const webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const chrome = `${blink} Chrome/142.0.0.0`;

const cases: [userAgent: string, browser: string | null, system: string | null][] = [
  ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox", "Linux"],
  [`${windows} ${chrome} Safari/537.36`, "Chrome", "Windows"],
  [`${windows} ${chrome} Safari/537.36 Edg/142.0.0.0`, "Edge", "Windows"],
  [`${mac} ${chrome} Safari/537.36 OPR/125.0.0.0`, "Opera", "macOS"],
  [`${mac} ${webkit} Version/18.1 Safari/605.1.15`, "Safari", "macOS"],
  [`${iPhone} ${webkit} Version/18.1 Mobile/15E148 Safari/604.1`, "Safari", "iPhone"],
  [`${iPhone} ${webkit} CriOS/142.0.0.0 Mobile/15E148 Safari/604.1`, "Chrome", "iPhone"],
  [
    `${iPad} ${webkit} FxiOS/145.0 Mobile/15E148 Safari/605.1.15`,
    "Firefox",
    "iPad",
  ],
  [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, "Chrome", "Android"],
  [
    `${galaxy} ${blink} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
    "Samsung Internet",
    "Android",
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`,
    "Chrome",
    "ChromeOS",
  ],
  ["curl/8.5.0", "curl", null],
  ["", null, null],
  ["x".repeat(10_000) + " Firefox/1", null, null],
  ["<script>alert(1)</script>", null, null],
];

for (const [userAgent, browser, system] of cases) {
  const name = userAgent.replace(/^Mozilla.5.0 /, "").slice(0, 80);
  Deno.test(`"${name}" is ${browser ?? "no browser"} on ${system ?? "no system"}`, () => {
    deepEqual(readDevice(userAgent), { browser, system });
  });
}
