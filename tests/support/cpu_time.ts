import { cpuUsage } from "node:process";

/** CPU time of this thread so far, in milliseconds: other tests run beside it. */
export async function cpuTime(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1)); // the figure is updated in a pause
  return readCpuTime();
}

/** Where there is no `/proc`, the threads of other tests in the same process count as well. */
function readCpuTime(): number {
  try {
    return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e6;
  } catch {
    const { user, system } = cpuUsage();
    return (user + system) / 1000;
  }
}

const ROUNDS = 12;
/** In milliseconds. A smaller difference is noise, and harms nobody. */
const FLOOR = 5;

/**
 * Whether one action costs at most three times as much as another; null, or their costs in words.
 * The least of several rounds counts, so that a collection of garbage does not.
 */
export async function costsTooMuch(
  act: () => Promise<unknown>,
  usual: () => Promise<unknown>,
): Promise<string | null> {
  let [cost, usualCost] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    usualCost = Math.min(usualCost, await costOf(usual));
    cost = Math.min(cost, await costOf(act));
    if (cost <= 3 * usualCost + FLOOR) return null;
  }
  return `${cost.toFixed(1)} ms instead of ${usualCost.toFixed(1)} ms`;
}

async function costOf(act: () => Promise<unknown>): Promise<number> {
  const before = await cpuTime();
  await act();
  return await cpuTime() - before;
}
