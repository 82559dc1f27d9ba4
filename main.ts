import { PasswordHasher } from "./lib/credential/password_hasher.ts";
import {
  type Config,
  defaultKvPath,
  type Environment,
  readConfig,
  variables,
} from "./lib/config.ts";
import { openDatabase } from "./lib/kv/open.ts";
import { developmentKey } from "./lib/keys.ts";
import { Kv } from "./lib/kv/kv.ts";
import { errorFields, type Log, makeLog } from "./lib/log/log.ts";
import { MINUTE, SECOND } from "./lib/time.ts";
import { createApp } from "./routes/app.ts";

const now = () => new Date();
const env: Environment = {};
for (const name of variables) {
  const value = Deno.env.get(name);
  if (value !== undefined) env[name] = value;
}
const development = env.APP_ENV === "development";
const form = development ? "plain" : "json";
const startLog = makeLog("error", form, now);
if (development) env.SECRET_KEY ||= await keptKey(env.KV_PATH || defaultKvPath);

const result = readConfig(env);
if (!result.ok) {
  for (const problem of result.problems) startLog("cannot_start", { problem });
  Deno.exit(1);
}
await start(result.config, makeLog(result.config.logLevel, form, now));

function keptKey(kvPath: string): Promise<string> {
  return developmentKey(kvPath).catch((error) => {
    const problem =
      "The key cannot be kept beside the database: set KV_PATH to a file in a folder that this process may read and write, or set SECRET_KEY.";
    return stop(problem, error);
  });
}

async function start(config: Config, log: Log): Promise<void> {
  const database = await open(config).catch((error) => {
    const problem = config.deployed
      ? "The database does not work: attach a Deno KV database to the app."
      : "The database cannot be opened: set KV_PATH to a file in a folder that this process may write, or to the URL of a server that answers.";
    return stop(problem, error);
  });
  const kv = new Kv(database);
  const hasher = new PasswordHasher();
  const app = createApp({ kv, now, hash: hasher.hash, fetch, log, config });
  const { host: hostname, port } = config;
  const server = (() => {
    try {
      const onListen = () => log("sys_startup", { origin: config.origin, port });
      return Deno.serve({ hostname, port, onListen }, app.fetch);
    } catch (error) {
      return stop("The port cannot be listened on: set PORT to one that is free.", error);
    }
  })();

  const watch = liveOn(log);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      watch.abort(); // under --watch, the end of the process looks like a failure
      // What is in flight is waited for, but for somebody who never sends the rest.
      await Promise.race([server.shutdown(), after(5 * SECOND)]);
      hasher.close();
      kv.close();
      log("sys_shutdown", { signal });
      Deno.exit(0);
    });
  }
}

/** The last resort: what nobody awaited or caught goes into the log, and the process serves everybody else. */
function liveOn(log: Log): AbortController {
  const watch = new AbortController();
  for (const kind of ["error", "unhandledrejection"] as const) {
    globalThis.addEventListener(kind, (event) => {
      event.preventDefault();
      log("sys_crash", errorFields(event instanceof ErrorEvent ? event.error : event.reason));
    }, { signal: watch.signal });
  }
  return watch;
}

/** Opens the database; where none is attached, a runtime may give one that forgets: a write would show it. */
async function open({ kvPath, deployed }: Config): Promise<Deno.Kv> {
  const database = await openDatabase(kvPath);
  if (deployed) await database.set(["health"], "started", { expireIn: MINUTE });
  return database;
}

function after(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}

function stop(problem: string, error: unknown): never {
  startLog("cannot_start", { problem, ...errorFields(error) });
  Deno.exit(1);
}
