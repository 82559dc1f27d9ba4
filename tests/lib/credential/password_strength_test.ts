import { equal, ok } from "node:assert/strict";
import { estimateStrength } from "../../../lib/credential/password_strength.ts";
import { cpuTime } from "../../support/cpu_time.ts";

const plainWords = "seven quiet otters row upstream ";

// Two bounds, because without the limit on digits these cost about three times the plain words.
const costly: [kind: string, most: number, passwords: string[]][] = [
  ["digits cost no more than", 1.5, [
    "1234".repeat(8),
    "19801981198219831984198519861987",
    "01011990010119900101199001011990",
    "1234".repeat(128),
  ]],
  ["tricks cost at most three times", 3, [
    "p@$$w0rd".repeat(4),
    "4@".repeat(16),
    "|<".repeat(16),
    "aA".repeat(16),
    "1/1/19 2/2/2001.3.3.2004-5-5-200",
  ]],
];

async function cpuOf(password: string): Promise<number> {
  const before = await cpuTime();
  for (let i = 0; i < 5; i++) await estimateStrength(password, ["ann.meyer", "latchkey"]);
  return await cpuTime() - before;
}

/** The CPU time of a password by that of plain words: measured in turns, the least of each. */
async function relativeCost(password: string): Promise<number> {
  const [own, plain]: [number[], number[]] = [[], []];
  for (let round = 0; round < 10; round++) {
    own.push(await cpuOf(password));
    plain.push(await cpuOf(plainWords));
  }
  return Math.min(...own) / Math.min(...plain);
}

for (const [kind, most, passwords] of costly) {
  Deno.test(`${kind} plain words of the same length to judge`, async () => {
    for (const password of passwords) {
      const cost = await relativeCost(password);
      ok(cost <= most, `${password.slice(0, 40)} costs ${cost.toFixed(1)} times the plain words`);
    }
  });
}

Deno.test("a strong password with many digits stays strong", async () => {
  equal((await estimateStrength("quiet 83619470 otters 27 row 5 lamps", [])).score, 4);
  equal((await estimateStrength("1234567890123456", [])).score, 0);
});
