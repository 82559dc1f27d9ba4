/**
 * What several instances on one denokv promise, and what they cost: `deno task bench:instances
 * [--short]`. Everything runs on this machine, so more instances share the same cores.
 */
import { Cluster, findDenokv } from "../../.github/deploy/cluster.ts";
import { print, printError, usageError } from "../../lib/cli/command.ts";
import { newSecretKey } from "../../lib/keys.ts";
import { freePort } from "../support/server.ts";
import { measureAttempts } from "./instances_attempts.ts";
import { measureRecovery } from "./instances_recovery.ts";
import { measureRevocations } from "./instances_revocations.ts";
import { measureThroughput } from "./instances_throughput.ts";
import { generator } from "./load.ts";
import { recordOf } from "./our_server.ts";
import { fullInstances, shortInstances } from "./scale.ts";
import { writeUsers } from "./users.ts";

/** More than any of the measurements needs. */
const users = 1_000;

const [flag] = Deno.args;
if (flag !== undefined && flag !== "--short") Deno.exit(usageError("bench:instances [--short]"));
const denokv = await findDenokv();
if (!denokv) {
  printError("denokv is not here: `cargo install denokv --locked`, or set DENOKV to its path");
  Deno.exit(2);
}

const folder = await Deno.makeTempDir({ prefix: "latchkey-bench-" });
try {
  const environment = { ORIGIN: `http://localhost:${freePort()}`, SECRET_KEY: newSecretKey() };
  await using cluster = await Cluster.start({ folder, denokv, instances: 3, environment });
  Deno.env.set("DENO_KV_ACCESS_TOKEN", cluster.database.DENO_KV_ACCESS_TOKEN);
  await writeUsers(cluster.database.KV_PATH, users, await recordOf(environment));

  print(
    `Deno ${Deno.version.deno}, denokv, ${generator}, ${navigator.hardwareConcurrency} cores; ` +
      `load average at the start: ${Deno.loadavg()[0]?.toFixed(2)}.`,
  );
  print("");
  const scale = flag ? shortInstances : fullInstances;
  await measureThroughput(cluster, scale);
  await measureAttempts(cluster);
  await measureRecovery(cluster, scale);
  await measureRevocations(cluster, scale);
} finally {
  await Deno.remove(folder, { recursive: true });
}
