import { deepEqual, match } from "node:assert/strict";
import { Server } from "../support/server.ts";
import { flagsOf } from "../support/task.ts";
import { eventually, TIMEOUT } from "../support/timeouts.ts";

/** The local provider in a process of its own, beside a site on this port. */
async function startProvider(port: number): Promise<Deno.ChildProcess> {
  const provider = new Deno.Command(Deno.execPath(), {
    args: await flagsOf("dev:provider", "."),
    env: { OIDC_PROVIDERS: "dev", PORT: String(port) },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const metadata = `http://localhost:${port + 1000}/.well-known/openid-configuration`;
  await eventually(() =>
    fetch(metadata).then(async (it) => (await it.body?.cancel(), it.ok), () => false)
  );
  return provider;
}

Deno.test("a provider whose process is stopped holds up its own page only, and not for ever [SEC-K10]", async () => {
  await using server = await Server.create({ APP_ENV: "development", OIDC_PROVIDERS: "dev" });
  await server.start();
  const provider = await startProvider(Number(new URL(server.origin).port));
  try {
    provider.kill("SIGSTOP");
    const answered: [path: string, status: number][] = [];
    const get = async (path: string) => {
      const signal = AbortSignal.timeout(TIMEOUT);
      const answer = await fetch(server.origin + path, { signal });
      answered.push([path, answer.status]);
      return await answer.text();
    };

    const [problem] = await Promise.all([get("/login/with/dev"), get("/login")]);
    deepEqual(answered, [["/login", 200], ["/login/with/dev", 504]]);
    match(problem, /href="\/login"/);
    match((await server.stop()).text, /provider_failed.*too_slow/);
  } finally {
    provider.kill("SIGKILL");
    await provider.status;
  }
});
