import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import type { KvLike } from "@latchkey/login/kv";
import type { RedisLike } from "@latchkey/login/redis";
import type { SqliteLike } from "@latchkey/login/sqlite";
import { npx } from "./npx.ts";

interface BetterSqlite extends SqliteLike {
  prepare(sql: string): {
    run(...parameters: (string | number)[]): { changes: number };
    all(...parameters: (string | number)[]): unknown[];
    get(...parameters: (string | number)[]): unknown;
  };
  close(): void;
}

interface Drivers {
  "@deno/kv": { openKv(path: string): Promise<KvLike & { close(): void }> };
  "better-sqlite3": new (path: string) => BetterSqlite;
  miniflare: {
    Miniflare: new (options: object) => {
      dispatchFetch(url: string, init: object): Promise<Response>;
      dispose(): Promise<void>;
    };
  };
  redis: {
    createClient(options: object): RedisLike & { connect(): Promise<unknown>; destroy(): void };
  };
}

const versions: Record<keyof Drivers, string> = {
  "@deno/kv": "0.14.0",
  "better-sqlite3": "13.2.0",
  miniflare: "4.20260730.0",
  redis: "6.3.1",
};

/**
 * Loads what a store of the package stands on, from npm. It is not in our lock file, because
 * everybody who starts the app downloads all that is in there, and these are some 200 MB.
 */
export async function loadDriver<Name extends keyof Drivers>(name: Name): Promise<Drivers[Name]> {
  const packages = Object.entries(versions).map((it) => `--package=${it.join("@")}`);
  const path = await npx(...packages, "node", "-p", "process.env.PATH");
  const [programs = ""] = path.split(delimiter); // node_modules/.bin of what npx installed
  return createRequire(join(programs, "..", "..", "index.js"))(name);
}
