/**
 * Runs random actions of people on the site and compares the outcome with the model:
 * `deno task model [--runs N] [--seed S]`.
 */

import fc from "fast-check";
import { deepEqual } from "node:assert/strict";
import { parseArgs } from "node:util";
import { print, usageError } from "../../lib/cli/command.ts";
import { SECOND } from "../../lib/time.ts";
import { Regions } from "../support/regions.ts";
import { commands, setUp } from "./commands.ts";
import { factorCommands, setUpFactors } from "./factor_commands.ts";
import { regionCommands } from "./region_commands.ts";
import type { Site } from "./site.ts";

export async function runModel(runs: number, seed: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: "max" }), async (plan) => {
      const { model, real } = await setUp();
      await using site = real;
      await fc.asyncModelRun(() => ({ model, real: site }), plan);
      deepEqual(await site.violations(), []);
    }),
    { numRuns: runs, seed },
  );
}

interface RegionRuns {
  readonly runs: number;
  readonly seed: number;
  /** Kinds of records that the far region reads late, in a test of the model itself. */
  readonly stale?: readonly string[];
}

/** The same with a process in each of two regions. */
export async function runRegionModel({ runs, seed, stale = [] }: RegionRuns) {
  const spread = async (site: Site) => {
    const { world } = site;
    const now = () => world.now;
    site.spread(await Regions.create(world.database, { now, delay: 5 * SECOND, stale }));
  };
  const plans = fc.commands(regionCommands, { maxCommands: 40, size: "max" });
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { model, real } = await setUp(spread);
      await using site = real;
      await fc.asyncModelRun(() => ({ model, real: site }), plan);
      deepEqual(await site.violations(), []);
    }),
    // A model that is expected to fail shows its first failure, not its shortest.
    { numRuns: runs, seed, endOnFailure: stale.length > 0 },
  );
}

/** The same for what one person does with a second factor. */
export async function runFactorModel(runs: number, seed: number): Promise<void> {
  const plans = fc.commands(factorCommands, { maxCommands: 40, size: "max" });
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { model, real } = await setUpFactors();
      await using site = real;
      await fc.asyncModelRun(() => ({ model, real: site }), plan);
      deepEqual(await site.site.violations(), []);
    }),
    { numRuns: runs, seed },
  );
}

async function main(args: string[]): Promise<number> {
  const parsed = readArguments(args);
  if (!parsed) return usageError("model [--runs N] [--seed S]");
  const { runs, seed } = parsed;
  print(`seed ${seed}`);
  await runModel(runs, seed);
  await runFactorModel(runs, seed);
  await runRegionModel({ runs, seed });
  print(`${runs} runs of each model, all as the model has it`);
  return 0;
}

/** Returns null when the arguments do not fit the usage. */
function readArguments(args: string[]) {
  const options = {
    runs: { type: "string", default: "2000" },
    seed: { type: "string", default: String(crypto.getRandomValues(new Uint16Array(1))[0]) },
  } as const;
  try {
    const { runs, seed } = parseArgs({ args, options }).values;
    if (!/^[1-9]\d*$/.test(runs) || !/^\d+$/.test(seed)) return null;
    return { runs: Number(runs), seed: Number(seed) };
  } catch {
    return null;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
