import { TIMEOUT } from "./timeouts.ts";

/** Where Debian's package `redis-server` is not installed, its tests are skipped; in CI they fail. */
export const hasRedis = find();

function find(): boolean {
  try {
    return new Deno.Command("redis-server", { args: ["--version"] }).outputSync().success;
  } catch {
    if (Deno.env.get("CI")) {
      throw new Error("There is no redis-server, and in CI its tests must run");
    }
    // deno-lint-ignore no-console
    console.warn("Redis tests skipped: apt-get install --no-install-recommends redis-server");
    return false;
  }
}

/** A real Redis, which listens on a socket in a folder of its own and writes no file. */
export async function startRedis() {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/redis.sock`;
  const args = ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder];
  const server = new Deno.Command("redis-server", { args, stdout: "null" }).spawn();
  const late = AbortSignal.timeout(TIMEOUT);
  while (!await Deno.stat(path).then(() => true, () => false)) {
    late.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      server.kill();
      await server.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
