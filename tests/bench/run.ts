/**
 * What a page, a login and a growing database cost, beside the least that they could:
 * `deno task bench [--short] [NAME…]`. Everything runs on this machine, on free ports.
 */
import { parseArgs } from "node:util";
import { print, usageError } from "../../lib/cli/command.ts";
import { measureEqualWork } from "./equal_work.ts";
import { measureGrowth } from "./growth.ts";
import { generator } from "./load.ts";
import { measureLogins } from "./logins.ts";
import { measurePackage } from "./package.ts";
import { measurePages } from "./pages.ts";
import { full, type Scale, short } from "./scale.ts";

const measures: Record<string, (scale: Scale) => Promise<void>> = {
  pages: measurePages,
  logins: measureLogins,
  growth: measureGrowth,
  package: measurePackage,
  equal_work: measureEqualWork,
};
const names = Object.keys(measures);

const args = readArguments(Deno.args);
if (!args) Deno.exit(usageError(`bench [--short] [${names.join("] [")}]`));
printMachine();
for (const name of args.names) await measures[name]?.(args.scale);

/** A busy machine spoils the figures, so they say how busy it was. */
function printMachine(): void {
  const [busy] = Deno.loadavg();
  const cores = navigator.hardwareConcurrency;
  print(
    `Deno ${Deno.version.deno}, ${generator}, ${cores} cores; ` +
      `load average at the start: ${busy?.toFixed(2)}.`,
  );
  print("");
}

/** Returns null when the arguments do not fit the usage. */
function readArguments(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { short: { type: "boolean" } },
    });
    if (!positionals.every((it) => names.includes(it))) return null;
    return {
      names: positionals.length > 0 ? positionals : names,
      scale: values.short ? short : full,
    };
  } catch {
    return null;
  }
}
