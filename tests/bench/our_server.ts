import {
  type Argon2Parameters,
  type PasswordRecord,
  Passwords,
} from "../../lib/credential/password.ts";
import { type HashPassword, makeHash } from "../../lib/credential/hash_algorithms.ts";
import { readConfig } from "../../lib/config.ts";
import { newSecretKey } from "../../lib/keys.ts";
import { flagsOf } from "../support/task.ts";
import { cheapHash } from "./cheap_hash.ts";
import { ServerProcess } from "./server_process.ts";
import { password, writeUsers } from "./users.ts";

/** The origin that the configuration names; requests go to the address of the process. */
export const origin = "https://app.example";

/** The app, configured for production behind a proxy, in a process and a database of its own. */
export class OurServer implements AsyncDisposable {
  readonly process: ServerProcess;
  readonly kvPath: string;
  readonly #folder: string;

  private constructor(process: ServerProcess, kvPath: string, folder: string) {
    this.process = process;
    this.kvPath = kvPath;
    this.#folder = folder;
  }

  /** As `deno task start` runs it, with this many users. */
  static start(users: number): Promise<OurServer> {
    return this.#start(users, makeHash, (folder) => flagsOf("start", folder));
  }

  static startWithCheapHash(users: number): Promise<OurServer> {
    return this.#start(users, cheapHash, () => ["run", "-A", "tests/bench/cheap_server.ts"]);
  }

  static async #start(
    users: number,
    hash: HashPassword,
    args: (folder: string) => string[] | Promise<string[]>,
  ): Promise<OurServer> {
    const folder = await Deno.makeTempDir({ prefix: "latchkey-bench-" });
    const kvPath = `${folder}/latchkey.db`;
    const env = {
      ORIGIN: origin,
      HOST: "127.0.0.1",
      KV_PATH: kvPath,
      SECRET_KEY: newSecretKey(),
      TRUSTED_PROXY: "1", // the load comes from many networks
    };
    await writeUsers(kvPath, users, await recordOf(env, hash));
    return new OurServer(await ServerProcess.start(await args(folder), env), kvPath, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** What an app with these settings would store of everybody's password. */
export function recordOf(env: Record<string, string>, hash = makeHash): Promise<PasswordRecord> {
  const { argon2, secretKeys } = configOf(env);
  return new Passwords(hash, argon2, secretKeys).hash(password);
}

/** What one hash costs where nothing else is configured. */
export function defaultArgon2(): Argon2Parameters {
  return configOf({ ORIGIN: origin, SECRET_KEY: newSecretKey() }).argon2;
}

function configOf(env: Record<string, string>) {
  const result = readConfig(env);
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return result.config;
}
