import {
  type Config,
  defaultKvPath,
  type Environment,
  opensConnections,
  readConfig,
  readEnvironment,
} from "./lib/config.ts";
import { HashPool } from "./lib/credential/hash_pool.ts";
import { checkStoredKeys, unknownKeyReport } from "./lib/credential/pepper_check.ts";
import { isPreview } from "./lib/deploy.ts";
import { developmentKey, newSecretKey } from "./lib/keys.ts";
import { isFile, OpenedFile, UnusableFile } from "./lib/kv/database_file.ts";
import { Kv } from "./lib/kv/kv.ts";
import { openDatabase, type OpenedDatabase } from "./lib/kv/open.ts";
import { errorFields, makeLog } from "./lib/log/log.ts";
import { consoleOutput, LogWriter } from "./lib/log/writer.ts";
import { logMailSettings } from "./lib/mail/start_log.ts";
import { makeSend } from "./lib/mail/transport.ts";
import { counted, hideUrls, observe, timed, withoutBaggage } from "./lib/telemetry.ts";
import { MINUTE, SECOND } from "./lib/time.ts";
import type { World } from "./lib/services.ts";
import { createApp } from "./routes/app.ts";
import { createServices } from "./routes/services.ts";

const now = () => new Date();

const environment = readEnvironment((name) => Deno.env.get(name));
const isDevelopment = environment.APP_ENV === "development";
const logFormat = isDevelopment ? "text" : "json";
const logOutput = environment.DENO_DEPLOY === undefined
  ? new LogWriter(Deno.stdout)
  : consoleOutput;
const startLog = makeLog("warn", logFormat, now, logOutput); // until LOG_LEVEL is known
if (isDevelopment) environment.SECRET_KEY ||= await readDevelopmentKey(environment);
if (isPreview(environment)) environment.SECRET_KEY ||= newPreviewKey();
const config = await readConfigOrExit(environment);

const log = counted(makeLog(config.logLevel, logFormat, now, logOutput));
if (!hideUrls()) await exitWithTraces();
const opened = await openDatabaseOrExit(config);
const kv = new Kv(opened.database, { deadline: 2 * SECOND, file: watchFile(config) });
const hashPool = new HashPool(config.argon2Workers);
const callServer = withoutBaggage(fetch);
const send = makeSend(config.mail, callServer);
const hash = timed(hashPool.hash);
const world: World = { kv, now, hash, fetch: callServer, send, log, config };
const services = createServices(world);
const { outbox, mail } = services;
observe({ kv, hashPool, outbox });
const app = createApp(world, services);
// Deno Deploy reads what it has to call when it builds, perhaps without the settings of the mail.
if (config.deployed) Deno.cron("outbox", "* * * * *", sweep);

const server = await serveOrExit(config);
// It listens already: without an address to call the process needs no network any more.
if (!opensConnections(config)) await Deno.permissions.revoke({ name: "net" });
logMailSettings(config, log);
// If the database fails here, the first request says so.
checkStoredKeys(kv, config.secretKeys, unknownKeyReport(log, now)).catch(() => {});
const crashLogging = logUncaughtErrors();
sweep(); // what an earlier process left
const sweeping = mail && !config.deployed ? setInterval(sweep, MINUTE) : undefined;
let stopping: Promise<void> | undefined;
// With a listener a signal would end the app, but not the watcher around it.
for (const signal of environment.WATCH ? [] : ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  stopOn(signal);
}

function readDevelopmentKey({ KV_PATH }: Environment): Promise<string> {
  return developmentKey(KV_PATH || defaultKvPath).catch((error) => {
    const problem =
      "The key cannot be kept beside the database: set KV_PATH to a file in a folder " +
      "that this process may read and write, or set SECRET_KEY.";
    return exitWith(problem, error);
  });
}

async function readConfigOrExit(environment: Environment): Promise<Config> {
  const result = readConfig(environment);
  if (result.ok) return result.config;
  for (const problem of result.problems) startLog("cannot_start", { problem });
  return await exit(1);
}

/** A preview and the warm-up of a build start without settings, but passwords do not last there. */
function newPreviewKey(): string {
  const problem = "SECRET_KEY is not set: passwords and logins end with this process. " +
    "Set it for the context Development.";
  startLog("preview_defaults", { problem });
  return newSecretKey();
}

async function openDatabaseOrExit({ kvPath, deployed }: Config): Promise<OpenedDatabase> {
  // Without an attached database the platform may give a temporary one, unless it is told not to.
  if (kvPath === null) Deno.env.set("DENO_KV_REQUIRES_DISTRIBUTED_DATABASE", "error");
  try {
    const opened = await openDatabase(kvPath);
    // A full disk, a read-only file, a Deploy without a database: fail now, not at the first form.
    // A server that hangs may come back, and `/health/ready` says so.
    const canHang = opened.source === "remote" && !deployed;
    if (!canHang) await opened.database.set(["health"], "started", { expireIn: MINUTE });
    return opened;
  } catch (error) {
    const problem = deployed
      ? "The database does not work: attach a Deno KV database to the app."
      : error instanceof UnusableFile
      ? `The file of KV_PATH cannot be the database: ${error.message}.`
      : "The database cannot be opened or written: free space on its disk, or set KV_PATH to a " +
        "file in a folder that this process may write, or to the URL of a server that answers.";
    return await exitWith(problem, error);
  }
}

/** Writes the mails that are due by the calendar, and sends all that wait. */
async function sweep(): Promise<void> {
  await mail?.apiTokenReminders.sweep();
  await outbox?.sweep();
}

/** Looks every two seconds whether the file is still there: without it nothing is kept. */
function watchFile({ kvPath }: Config): OpenedFile | null {
  if (kvPath === null || !isFile(kvPath)) return null;
  const file = new OpenedFile(kvPath, () => log("database_gone", { file: kvPath }));
  setInterval(() => file.look(), 2 * SECOND);
  return file;
}

async function serveOrExit({ host: hostname, port, origin }: Config): Promise<Deno.HttpServer> {
  try {
    const mailbox = services.mailbox ? `${origin}/dev/mailbox` : undefined;
    const onListen = () => log("sys_startup", { origin, port, database: opened.source, mailbox });
    return Deno.serve({ hostname, port, onListen }, app.fetch);
  } catch (error) {
    const remedy = isDevelopment
      ? `PORT=${port + 1} deno task dev`
      : "set PORT to one that is free";
    return await exitWith(`The port ${port} cannot be listened on: ${remedy}.`, error);
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

/** A platform without signals ends the process in another way. */
function stopOn(signal: Deno.Signal): void {
  try {
    // A second one, such as Ctrl-C pressed twice, does not interrupt what the first one began.
    Deno.addSignalListener(signal, () => stopping ??= stop(signal));
  } catch {
    // The database keeps what it acknowledged, whenever the process ends.
  }
}

async function stop(signal: Deno.Signal): Promise<void> {
  crashLogging.abort(); // `--watch` ends the process with an error that is no crash
  clearInterval(sweeping);
  // Requests in flight are finished, except those whose client sends no more. Those that still wait
  // for a hash are refused in time, so that their answers arrive.
  setTimeout(() => hashPool.refuse(), 3 * SECOND);
  const finished = server.shutdown()
    .then(() => mail?.apiTokenReminders.idle())
    .then(() => outbox?.close()); // the mails of those requests
  await Promise.race([finished, wait(5 * SECOND)]);
  hashPool.close();
  kv.close();
  await logOutput.flush(SECOND); // makes room for the last line, where somebody reads
  log("sys_shutdown", { signal });
  await exit(0);
}

function wait(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}

async function exitWith(problem: string, error: unknown): Promise<never> {
  const { error: reason, cause } = errorFields(error);
  startLog("cannot_start", { problem, error: reason, cause });
  return await exit(1);
}

/** With this Deno traces would hold the tokens of mailed links. */
async function exitWithTraces(): Promise<never> {
  const problem = "This version of Deno would write whole addresses into traces: " +
    "set OTEL_DENO_TRACING=false. Metrics are not concerned.";
  startLog("cannot_start", { problem });
  return await exit(1);
}

/** Ends the process once the log is out; a log that nobody reads does not keep it. */
async function exit(code: number): Promise<never> {
  await logOutput.flush(SECOND);
  Deno.exit(code);
}
