/** The app for the benchmark, hashing in a worker or, for contrast, on the main thread: `server.ts worker|main`. */
import { makeHash } from "../../lib/credential/password_hash.ts";
import { PasswordHasher } from "../../lib/credential/password_hasher.ts";
import { readConfig } from "../../lib/config.ts";
import { newSecretKey } from "../../lib/keys.ts";
import { Kv } from "../../lib/kv/kv.ts";
import { SECOND } from "../../lib/time.ts";
import { createApp } from "../../routes/app.ts";

const result = readConfig({
  ORIGIN: "http://localhost:8000",
  SECRET_KEY: newSecretKey(),
  TRUSTED_PROXY: "1", // the load comes from as many networks as it likes
});
if (!result.ok) throw new Error(result.problems.join("\n"));
const app = createApp({
  kv: new Kv(await Deno.openKv(await Deno.makeTempFile()), { deadline: 2 * SECOND }),
  now: () => new Date(),
  hash: Deno.args[0] === "main" ? makeHash : new PasswordHasher().hash,
  fetch,
  log: () => {},
  config: result.config,
});
const onListen = ({ port }: Deno.NetAddr) =>
  Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`));
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, app.fetch);
