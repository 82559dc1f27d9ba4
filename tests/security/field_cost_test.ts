import { cpuUsage } from "node:process";
import { ok } from "node:assert/strict";
import type { Browser } from "../support/browser.ts";
import { forms } from "../support/forms.ts";
import { test } from "../support/world.ts";

// Unicode normalisation sorts combining marks: its time grows with the square of their number.

/** Combining marks in the worst order. */
function marks(length: number): string {
  const half = Math.floor((length - 1) / 2);
  return "a" + "\u0315".repeat(half) + "\u0300".repeat(length - 1 - half);
}

/** Nearly the whole body that a form may have, and the lengths just within the limits of fields. */
const lengths = [8000, 512, 320];

const REPEATS = 10;

/** The least CPU time that sending this form takes, in milliseconds. */
async function cost(visitors: () => Browser, path: string, body: string): Promise<number> {
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-site": "same-origin",
  };
  const send = async () => {
    await (await visitors().request(path, { method: "POST", headers, body })).text();
  };
  const costs: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const before = cpuUsage();
    await send();
    const { user, system } = cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  return Math.min(...costs);
}

for (const [path, { who, fields }] of Object.entries(forms)) {
  for (const name of Object.keys(fields)) {
    test(`${path} reads combining marks in ${name} at the cost of plain text`, async (world) => {
      const ann = await world.ann();
      const visitors = () => who === "ann" ? ann.copy() : world.browser();
      const others = new URLSearchParams({ ...fields });
      others.delete(name);

      for (const length of lengths) {
        const plain = await cost(visitors, path, `${others}&${name}=${"a".repeat(length)}`);
        const worst = await cost(visitors, path, `${others}&${name}=${marks(length)}`);
        // Other tests of this process run meanwhile; without the bounds it costs 75 ms and more.
        ok(worst < 3 * plain + 20, `${length} units: ${worst} ms instead of ${plain} ms`);
      }
    });
  }
}
