import { dirname } from "node:path";
import { PasswordHasher } from "./lib/account/password_hasher.ts";
import { defaultKvPath, type Environment, readConfig, variables } from "./lib/config.ts";
import { developmentKey, isFile } from "./lib/keys.ts";
import { Kv } from "./lib/kv.ts";
import { makeLog } from "./lib/log.ts";
import { createApp } from "./routes/app.ts";

const now = () => new Date();
const env: Environment = {};
for (const name of variables) {
  const value = Deno.env.get(name);
  if (value !== undefined) env[name] = value;
}
if (env.APP_ENV === "development") {
  env.SECRET_KEY ||= await developmentKey(env.KV_PATH || defaultKvPath);
}

const result = readConfig(env);
const log = makeLog(
  result.ok ? result.config.logLevel : "info",
  env.APP_ENV === "development" ? "plain" : "json",
  now,
);
if (!result.ok) {
  for (const problem of result.problems) log("error", "cannot_start", { problem });
  Deno.exit(1);
}
const { config } = result;

const kv = new Kv(await openDatabase(config.kvPath));
const hasher = new PasswordHasher();
const app = createApp({ kv, now, hash: hasher.hash, log, config });
const server = Deno.serve({
  hostname: config.host,
  port: config.port,
  onListen: ({ port }) => log("info", "started", { origin: config.origin, port }),
}, app.fetch);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await server.shutdown(); // waits for what is in flight
    hasher.close();
    kv.close();
    log("info", "stopped", { signal });
    Deno.exit(0);
  });
}

/** Opens the database; a file of this machine is for its owner only. */
async function openDatabase(path: string | null): Promise<Deno.Kv> {
  if (path === null || !isFile(path)) return await Deno.openKv(path ?? undefined);
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const database = await Deno.openKv(path);
  if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
  return database;
}
