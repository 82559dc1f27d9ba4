/**
 * Starts what compose.yaml starts, on one machine and without containers: instances of the app on
 * one denokv, and a balancer in front of them: `deno task cluster [INSTANCES]`.
 *
 * denokv is the program that `DENOKV` names, or the one on the PATH. `ORIGIN`, `SECRET_KEY` and the
 * other settings of the app are those of the environment; without them it is
 * `http://localhost:8000` and a key that is kept in `.data/cluster/`.
 */
import { join } from "node:path";
import { messageOf, print, printError, usageError } from "../../lib/cli/command.ts";
import { exists } from "../../lib/kv/database_file.ts";
import { Balancer } from "./balancer.ts";
import { Program } from "./program.ts";

const root = new URL("../../", import.meta.url);

/** Where denokv is; null if it is nowhere. */
export async function findDenokv(): Promise<string | null> {
  const named = Deno.env.get("DENOKV");
  if (named) return named;
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = join(folder, "denokv");
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  return null;
}

interface ClusterOptions {
  /** Where the database, the keys and the logs are kept. */
  readonly folder: string;
  readonly denokv: string;
  readonly instances: number;
  /** Settings of the app; `ORIGIN` is where the balancer listens. */
  readonly environment: Record<string, string>;
  /** More flags for the Deno of each instance. */
  readonly flags?: readonly string[];
}

/** Instances of the app with one key and one denokv, each a process of its own. */
export class Cluster implements AsyncDisposable {
  readonly origin: string;
  readonly store: Program;
  readonly instances: readonly Program[];
  readonly balancer: Balancer;
  /** How to reach the database, for the commands that read it. */
  readonly database: { readonly KV_PATH: string; readonly DENO_KV_ACCESS_TOKEN: string };

  private constructor(
    origin: string,
    store: Program,
    instances: readonly Program[],
    database: Cluster["database"],
  ) {
    this.origin = origin;
    this.store = store;
    this.instances = instances;
    this.database = database;
    const addresses = instances.map(({ address }) => address);
    try {
      this.balancer = new Balancer(Number(new URL(origin).port), addresses);
    } catch (error) {
      throw new Error(`the port of ${origin}, which is ORIGIN, is not free`, { cause: error });
    }
  }

  /** Starts the store first, because the app does not start without one. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const { folder, denokv, environment } = options;
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const token = await keptKey(`${folder}/access_token`);
    const key = environment.SECRET_KEY || await keptKey(`${folder}/secret_key`);
    const origin = environment.ORIGIN || "http://localhost:8000";

    const store = Program.onFreePort({
      log: `${folder}/denokv.log`,
      command: (port) => [
        denokv,
        ...["--sqlite-path", `${folder}/denokv.sqlite`, "serve", "--addr", `127.0.0.1:${port}`],
      ],
      // Not an argument: everybody on the machine can read those.
      environment: () => ({ DENO_KV_ACCESS_TOKEN: token }),
      readyPath: "/",
    });
    const database = { KV_PATH: store.address, DENO_KV_ACCESS_TOKEN: token };
    const start = await startCommand(options.flags ?? []);
    const instances = Array.from({ length: options.instances }, (_, i) =>
      Program.onFreePort({
        log: `${folder}/app-${i + 1}.log`,
        command: () => start,
        environment: (port) => ({
          ...environment,
          ...database,
          ORIGIN: origin,
          SECRET_KEY: key,
          HOST: "127.0.0.1",
          PORT: String(port),
          TRUSTED_PROXY: "1", // the balancer
        }),
        readyPath: "/health/live",
      }));
    const cluster = new Cluster(origin, store, instances, database);
    try {
      await store.start();
      await Promise.all(instances.map((it) => it.start()));
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** Stops the instances before the store, so that they finish what they do. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    await this.balancer[Symbol.asyncDispose]();
    await Promise.all(this.instances.map((it) => it.stop(signal)));
    await this.store.stop(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

/** The command of `deno task start`, so that a signal reaches the app and no task around it. */
async function startCommand(flags: readonly string[]): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const words = (tasks.start.command as string).split(" ").filter((it) => it !== "$WATCH");
  const [, run = "", ...args] = words;
  return [Deno.execPath(), run, ...flags, ...args];
}

/** A random key in a file, which is made at the first start. */
async function keptKey(path: string): Promise<string> {
  const kept = await Deno.readTextFile(path).catch(() => null);
  if (kept !== null) return kept;
  const key = crypto.getRandomValues(new Uint8Array(32)).toBase64();
  await Deno.writeTextFile(path, key, { mode: 0o600, createNew: true });
  return key;
}

if (import.meta.main) {
  const [count = "3"] = Deno.args;
  if (!/^[1-9]$/.test(count)) Deno.exit(usageError("cluster [1 to 9 INSTANCES]"));
  const denokv = await findDenokv();
  if (!denokv || !await exists(denokv)) {
    printError("denokv is not here: `cargo install denokv --locked`, or set DENOKV to its path");
    Deno.exit(2);
  }
  const folder = new URL(".data/cluster", root).pathname;
  const environment = Deno.env.toObject();
  const starting = Cluster.start({ folder, denokv, instances: Number(count), environment });
  const cluster = await starting.catch((error) => {
    printError(`Cannot start the instances: ${messageOf(error)}`);
    Deno.exit(2);
  });
  print(`${cluster.origin} leads to ${count} instances on one denokv. Logs: ${folder}/*.log`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => cluster.stop().then(() => Deno.exit(0)));
  }
}
