import { type Argon2Parameters, Passwords } from "../../lib/credential/password.ts";
import { makeHash } from "../../lib/credential/hash_algorithms.ts";
import { readConfig } from "../../lib/config.ts";
import { newSecretKey } from "../../lib/keys.ts";
import { flagsOf } from "../support/task.ts";
import { ServerProcess } from "./server_process.ts";
import { password, writeUsers } from "./users.ts";

/** The origin that the configuration names; requests go to the address of the process. */
export const origin = "https://app.example";

/** The app as `deno task start` runs it for production behind a proxy, with these many users. */
export class OurServer implements AsyncDisposable {
  readonly process: ServerProcess;
  readonly kvPath: string;
  readonly #folder: string;

  private constructor(process: ServerProcess, folder: string) {
    this.process = process;
    this.#folder = folder;
    this.kvPath = kvPathIn(folder);
  }

  static async start(users: number): Promise<OurServer> {
    const folder = await Deno.makeTempDir({ prefix: "latchkey-bench-" });
    const env = {
      ORIGIN: origin,
      HOST: "127.0.0.1",
      KV_PATH: kvPathIn(folder),
      SECRET_KEY: newSecretKey(),
      TRUSTED_PROXY: "1", // the load comes from many networks
    };
    const { argon2, secretKeys } = configOf(env);
    const record = await new Passwords(makeHash, argon2, secretKeys).hash(password);
    await writeUsers(env.KV_PATH, users, record);
    return new OurServer(await ServerProcess.start(await flagsOf("start", folder), env), folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
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

function kvPathIn(folder: string): string {
  return `${folder}/latchkey.db`;
}
