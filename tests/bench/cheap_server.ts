/** The app as `main.ts` makes it, but with a cheap hash. Its environment is that of `main.ts`. */
import { readConfig } from "../../lib/config.ts";
import { Kv } from "../../lib/kv/kv.ts";
import { openDatabase } from "../../lib/kv/open.ts";
import { makeLog } from "../../lib/log/log.ts";
import { LogWriter } from "../../lib/log/writer.ts";
import { SECOND } from "../../lib/time.ts";
import { createApp } from "../../routes/app.ts";
import { cheapHash } from "./cheap_hash.ts";

const result = readConfig(Deno.env.toObject());
if (!result.ok) throw new Error(result.problems.join("\n"));
const { config } = result;
const { database } = await openDatabase(config.kvPath);
const now = () => new Date();
const app = createApp({
  kv: new Kv(database, { deadline: 2 * SECOND }),
  now,
  hash: cheapHash,
  fetch,
  send: () => Promise.reject(new Error("Cannot send a mail: a bench sends none")),
  log: makeLog(config.logLevel, "json", now, new LogWriter(Deno.stdout)),
  config,
});
Deno.serve({ hostname: config.host, port: config.port, onListen: () => {} }, app.fetch);
