import {
  type Config,
  defaultKvPath,
  type Environment,
  readConfig,
  variables,
} from "./lib/config.ts";
import { PasswordHasher } from "./lib/credential/password_hasher.ts";
import { developmentKey } from "./lib/keys.ts";
import { Kv } from "./lib/kv/kv.ts";
import { openDatabase } from "./lib/kv/open.ts";
import { errorFields, makeLog } from "./lib/log/log.ts";
import { MINUTE, SECOND } from "./lib/time.ts";
import { createApp } from "./routes/app.ts";

const now = () => new Date();

const environment = readEnvironment();
const isDevelopment = environment.APP_ENV === "development";
const logFormat = isDevelopment ? "text" : "json";
const startLog = makeLog("error", logFormat, now); // for problems before LOG_LEVEL is known
if (isDevelopment) environment.SECRET_KEY ||= await readDevelopmentKey(environment);
const config = readConfigOrExit(environment);

const log = makeLog(config.logLevel, logFormat, now);
const kv = new Kv(await openDatabaseOrExit(config), { deadline: 2 * SECOND });
const hasher = new PasswordHasher();
const app = createApp({ kv, now, hash: hasher.hash, fetch, log, config });

const server = serveOrExit(config);
const crashLogging = logUncaughtErrors();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop(signal));
}

function readEnvironment(): Environment {
  const environment: Environment = {};
  for (const name of variables) {
    const value = Deno.env.get(name);
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

function readDevelopmentKey({ KV_PATH }: Environment): Promise<string> {
  return developmentKey(KV_PATH || defaultKvPath).catch((error) => {
    const problem =
      "The key cannot be kept beside the database: set KV_PATH to a file in a folder " +
      "that this process may read and write, or set SECRET_KEY.";
    return exitWith(problem, error);
  });
}

function readConfigOrExit(environment: Environment): Config {
  const result = readConfig(environment);
  if (result.ok) return result.config;
  for (const problem of result.problems) startLog("cannot_start", { problem });
  Deno.exit(1);
}

async function openDatabaseOrExit({ kvPath, deployed }: Config): Promise<Deno.Kv> {
  try {
    const database = await openDatabase(kvPath);
    // Deno Deploy can open a database that does not work: fail now, not at the first request.
    if (deployed) await database.set(["health"], "started", { expireIn: MINUTE });
    return database;
  } catch (error) {
    const problem = deployed
      ? "The database does not work: attach a Deno KV database to the app."
      : "The database cannot be opened: set KV_PATH to a file in a folder that this process may " +
        "write, or to the URL of a server that answers.";
    return exitWith(problem, error);
  }
}

function serveOrExit({ host: hostname, port, origin }: Config): Deno.HttpServer {
  try {
    const onListen = () => log("sys_startup", { origin, port });
    return Deno.serve({ hostname, port, onListen }, app.fetch);
  } catch (error) {
    return exitWith("The port cannot be listened on: set PORT to one that is free.", error);
  }
}

/** Logs errors that nothing caught and keeps the process alive for the other requests. */
function logUncaughtErrors(): AbortController {
  const listening = new AbortController();
  for (const kind of ["error", "unhandledrejection"] as const) {
    globalThis.addEventListener(kind, (event) => {
      event.preventDefault();
      log("sys_crash", errorFields(event instanceof ErrorEvent ? event.error : event.reason));
    }, { signal: listening.signal });
  }
  return listening;
}

async function stop(signal: Deno.Signal): Promise<void> {
  crashLogging.abort(); // `--watch` ends the process with an error that is no crash
  // Requests in flight are finished, except those whose client sends no more.
  await Promise.race([server.shutdown(), wait(5 * SECOND)]);
  hasher.close();
  kv.close();
  log("sys_shutdown", { signal });
  Deno.exit(0);
}

function wait(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}

function exitWith(problem: string, error: unknown): never {
  startLog("cannot_start", { problem, ...errorFields(error) });
  Deno.exit(1);
}
