import { deepEqual, equal, match, ok } from "node:assert/strict";
import { newSecretKey } from "../lib/keys.ts";
import { HalfSentForm } from "./support/half_sent_form.ts";
import { ann } from "./support/people.ts";
import { Server } from "./support/server.ts";
import { runTask } from "./support/task.ts";
import { eventually } from "./support/timeouts.ts";

Deno.test("without a key and an origin production does not start [FL-D3] [SEC-M4]", async () => {
  await using server = await Server.create();

  const { code, text } = await server.runToEnd({ KV_PATH: `${server.folder}/latchkey.db` });
  equal(code, 1);
  match(text, /ORIGIN is not set: set it to/);
  match(text, /SECRET_KEY is not set: set it to/);
  deepEqual(await Array.fromAsync(Deno.readDir(server.folder)), []);
});

Deno.test("with a weak key production does not start, and does not print the key", async () => {
  await using server = await Server.create();
  const weak = btoa("latchkeylatchkeylatchkeylatchkeylatchkey");

  const { code, text } = await server.runToEnd({ ORIGIN: "https://app.example", SECRET_KEY: weak });
  equal(code, 1);
  match(text, /SECRET_KEY is weak: set it to/);
  ok(!text.includes(weak));
});

Deno.test("the log says at the start what is off without mail, and what a login by mail is not", async () => {
  const start = async (environment: Record<string, string>) => {
    await using server = await Server.create(environment);
    await server.start();
    return (await server.stop()).text;
  };

  const without = await start({});
  match(
    without,
    /"event":"mail_off","level":"warn","problem":"MAIL_FROM is not set: addresses are/,
  );
  ok(!without.includes("login_by_mail_on"));
  const smtp = { MAIL_FROM: "no-reply@app.example", SMTP_URL: "smtp://a:secret@smtp.example" };
  const withIt = await start({ ...smtp, LOGIN_BY_MAIL: "on" });
  match(
    withIt,
    /"event":"login_by_mail_on","level":"warn","problem":"[^"]* no authenticator by NIST/,
  );
  ok(!/mail_off|secret/.test(withIt), withIt);
});

Deno.test("half a mail configuration ends the start with what to set", async () => {
  await using server = await Server.create();
  const environment = {
    ORIGIN: "https://app.example",
    SECRET_KEY: newSecretKey(),
    KV_PATH: `${server.folder}/latchkey.db`,
    SMTP_URL: "smtp://a:secret@smtp.example",
  };

  const { code, text } = await server.runToEnd(environment);
  equal(code, 1);
  match(text, /SMTP_URL is set without MAIL_FROM: set MAIL_FROM to/);
  ok(!text.includes("secret"));
});

Deno.test("a port in use or an unwritable folder ends the start with what to set", async () => {
  await using server = await Server.create();
  await server.start();
  await using second = await Server.create();
  const environment = {
    ORIGIN: "https://app.example",
    SECRET_KEY: newSecretKey(),
    KV_PATH: `${second.folder}/latchkey.db`,
    PORT: new URL(server.origin).port,
  };

  const taken = await second.runToEnd(environment);
  equal(taken.code, 1);
  match(taken.text, /set PORT to one that is free/);
  const closed = await second.runToEnd({ ...environment, KV_PATH: "/nowhere/latchkey.db" });
  equal(closed.code, 1);
  match(closed.text, /set KV_PATH to a file in a folder/);
});

Deno.test("development without a place for its key ends with what to set", async () => {
  await using server = await Server.create();
  await Deno.writeTextFile(`${server.folder}/file`, "");
  await Deno.mkdir(`${server.folder}/odd/secret_key`, { recursive: true });

  const folders = ["/nowhere", `${server.folder}/file`, `${server.folder}/odd`];
  for (const folder of folders) {
    const environment = { APP_ENV: "development", KV_PATH: `${folder}/latchkey.db` };
    const { code, text } = await server.runToEnd(environment);
    equal(code, 1, folder);
    match(text, /cannot_start problem="[^"]*set KV_PATH to a file in a folder/, folder);
    ok(!text.includes("Uncaught"), text);
  }
});

Deno.test("a remote database that hangs gives 503, not a hanging site [REL-R9]", async () => {
  const closing = new AbortController();
  const hangs = () => new Promise<Response>(() => {});
  const port = Promise.withResolvers<number>();
  const database = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: closing.signal,
    onListen: (address) => port.resolve(address.port),
  }, async (request) => {
    await request.body?.cancel();
    if (new URL(request.url).pathname !== "/") return await hangs();
    // KV Connect's metadata exchange; everything after it hangs.
    const endpoints = [{ url: "/v2", consistency: "strong" }];
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    return Response.json({
      version: 3,
      databaseId: crypto.randomUUID(),
      endpoints,
      token: "t",
      expiresAt,
    });
  });
  await using server = await Server.create();
  server.preload = null; // with the app's own deadline
  const environment = {
    ORIGIN: server.origin,
    PORT: new URL(server.origin).port,
    SECRET_KEY: newSecretKey(),
    KV_PATH: `http://127.0.0.1:${await port.promise}`,
    DENO_KV_ACCESS_TOKEN: "a token of some length",
  };

  await server.start(environment, "/health/live");
  const ready = await fetch(`${server.origin}/health/ready`);
  equal(ready.status, 503);
  await ready.body?.cancel();
  const login = await server.post("/login", { ...ann });
  equal(login.status, 503);
  equal(login.headers.get("retry-after"), "5");
  await server.stop("SIGKILL");
  closing.abort();
  await database.finished;
});

Deno.test("in development a newcomer confirms an address from the mailbox, and a restart logs nobody out", async () => {
  await using server = await Server.create();
  const environment = {
    APP_ENV: "development",
    PORT: new URL(server.origin).port,
    KV_PATH: `${server.folder}/latchkey.db`,
  };
  const browser = server.browser();
  const page = async (path: string) => await (await browser.get(path)).text();
  const post = async (path: string, fields = {}) => {
    const answer = await browser.post(path, fields);
    await answer.body?.cancel();
    return answer.headers.get("location");
  };

  await server.start(environment);
  equal(await post("/register", { ...ann }), "/verify-email");
  const first = /href="(\/dev\/mailbox\/[^"]+)"/;
  let mail: string | undefined;
  while (!mail) mail = first.exec(await page("/dev/mailbox"))?.[1]; // it is sent after the answer
  await page(/href="[^"]*(\/verify-email\/[^"]+)"/.exec(await page(mail))?.[1] ?? "/nowhere");
  equal(await post("/verify-email/confirm"), "/profile");
  equal((await server.stop()).code, 0);
  const key = await Deno.readTextFile(`${server.folder}/secret_key`);

  await server.start(environment);
  equal(await Deno.readTextFile(`${server.folder}/secret_key`), key);
  match(await page("/profile"), /Hi Ann/);
  equal(await post("/login", { ...ann }), "/profile");

  const mode = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;
  equal(await mode(`${server.folder}/secret_key`), 0o600);
  equal(await mode(`${server.folder}/latchkey.db`), 0o600);
});

async function modes(paths: readonly string[]): Promise<string[]> {
  const stats = await Promise.all(paths.map((path) => Deno.stat(path)));
  return stats.map(({ mode }) => ((mode ?? 0) & 0o777).toString(8));
}

Deno.test("a start closes the files of the database to others, new ones and old ones", async () => {
  await using server = await Server.create();
  const path = `${server.folder}/latchkey.db`;
  const files = [path, `${path}-wal`, `${path}-shm`];
  await Deno.chmod(server.folder, 0o755); // the folder was there before
  await server.start();
  deepEqual(await modes(files), ["600", "600", "600"]);
  await server.stop("SIGKILL"); // leaves all three

  for (const file of files) await Deno.chmod(file, 0o644);
  await server.start();
  deepEqual(await modes(files), ["600", "600", "600"]);
});

const losses: Record<string, (path: string) => Promise<void>> = {
  "the file is removed": (path) => Deno.remove(path),
  "the file is replaced": (path) => Deno.rename(`${path}.copy`, path),
  "its -wal is removed": (path) => Deno.remove(`${path}-wal`),
};

for (const [what, lose] of Object.entries(losses)) {
  Deno.test(`the database is unavailable when ${what}, and the log says so`, async () => {
    await using server = await Server.create();
    await server.start();
    equal((await server.post("/register", { ...ann })).status, 303);
    const path = `${server.folder}/latchkey.db`;
    await Deno.copyFile(path, `${path}.copy`);
    await lose(path);

    equal((await server.post("/login", { ...ann })).status, 503);
    const ready = await fetch(`${server.origin}/health/ready`);
    equal(ready.status, 503);
    await ready.body?.cancel();
    const { text } = await server.stop();
    match(text, /"event":"sys_startup".*"database":"made"/);
    equal(text.split('"event":"database_gone","level":"critical"').length, 2, text);
    await Deno.remove(path).catch(() => {}); // half of a database, without its `-wal`
  });
}

Deno.test("an empty or a damaged file is not taken for the database", async () => {
  await using server = await Server.create();
  const path = `${server.folder}/latchkey.db`;
  const environment = {
    ORIGIN: "https://app.example",
    SECRET_KEY: newSecretKey(),
    KV_PATH: path,
    PORT: new URL(server.origin).port,
  };

  await Deno.writeFile(path, new Uint8Array());
  const empty = await server.runToEnd(environment);
  equal(empty.code, 1);
  match(empty.text, /The file of KV_PATH cannot be the database: it is empty/);

  await Deno.remove(path);
  await server.start();
  for (let i = 0; i < 3; i++) await server.post("/register", { ...ann, email: `a${i}@b.example` });
  await server.stop();
  using file = await Deno.open(path, { write: true });
  await file.seek(4096, Deno.SeekMode.Start); // the first page holds the tables' names
  await file.write(new Uint8Array(6 * 4096).fill(0xaa));
  const damaged = await server.runToEnd(environment);
  equal(damaged.code, 1);
  match(damaged.text, /its file is damaged: restore a backup, or repair it with \.recover/);
  ok(!damaged.text.includes("panicked"), damaged.text);
  const check = await runTask("kv:check", server.folder, []);
  equal(check.code, 2);
  match(check.errors, /its file is damaged: restore a backup/);
  await Deno.remove(path);
});

Deno.test("a preview on Deno Deploy starts without an origin and a key, and warns", async () => {
  await using server = await Server.create();
  await server.start({
    DENO_DEPLOY: "1",
    DENO_TIMELINE: "preview/abc123",
    DENO_DEPLOY_APP_SLUG: "app",
    DENO_DEPLOY_ORG_SLUG: "org",
    KV_PATH: `${server.folder}/latchkey.db`,
    PORT: new URL(server.origin).port,
  });
  const { text } = await server.stop();
  match(text, /"event":"preview_defaults","level":"warn","problem":"SECRET_KEY is not set/);
  match(text, /"origin":"https:\/\/app-abc123\.org\.deno\.net"/);
});

Deno.test("SIGTERM ends the watcher of development, too", async () => {
  await using server = await Server.create();
  const dev = new Deno.Command(Deno.execPath(), {
    args: ["task", "dev"],
    env: {
      KV_PATH: ":memory:",
      SECRET_KEY: newSecretKey(),
      PORT: new URL(server.origin).port,
      NO_COLOR: "1",
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [echo, log] = [dev.stderr, dev.stdout].map((it) => it.pipeThrough(new TextDecoderStream()));
  const [started] = await Array.fromAsync(take(log as ReadableStream<string>, 1));
  match(started ?? "", /localhost/);

  dev.kill("SIGTERM");
  let printed = "";
  for await (const text of echo as ReadableStream<string>) {
    printed += text;
    if (text.includes("Process finished")) dev.kill("SIGTERM"); // the watcher is left: end it
  }
  await dev.status;
  ok(!printed.includes("Process finished"), printed);
  ok(printed.split("\n").every((line) => line.length < 100), printed);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`deno task dev with OIDC_PROVIDERS=dev has a local provider, and ${signal} ends both`, async () => {
    await using server = await Server.create();
    const port = Number(new URL(server.origin).port);
    const issuer = `http://localhost:${port + 1000}`;
    const dev = new Deno.Command(Deno.execPath(), {
      args: ["task", "dev"],
      env: {
        OIDC_PROVIDERS: "dev",
        KV_PATH: ":memory:",
        SECRET_KEY: newSecretKey(),
        PORT: String(port),
        NO_COLOR: "1",
      },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const answers = (url: string) =>
      fetch(url).then(async (it) => (await it.body?.cancel(), it.ok), () => false);
    await eventually(() => answers(`${server.origin}/health/live`));
    await eventually(() => answers(`${issuer}/.well-known/openid-configuration`));

    dev.kill(signal);
    await dev.status;
    await eventually(async () => !await answers(`${server.origin}/health/live`));
    await eventually(async () => !await answers(`${issuer}/.well-known/openid-configuration`));
  });
}

Deno.test("a local provider without a free port says what to set", async () => {
  using listener = Deno.listen({ hostname: "localhost", port: 0 });
  const OIDC_DEV_ISSUER = `http://localhost:${listener.addr.port}`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "dev:provider"],
    env: { OIDC_PROVIDERS: "dev", OIDC_DEV_ISSUER },
  }).output();
  equal(code, 1);
  match(
    new TextDecoder().decode(stderr),
    /^The local provider cannot listen on the port \d+: set OIDC_DEV_ISSUER to http:\/\/localhost/,
  );
});

Deno.test("the site goes on when the local provider ends", async () => {
  await using server = await Server.create();
  using listener = Deno.listen({ hostname: "localhost", port: 0 }); // it ends without its port
  const dev = new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "dev"],
    env: {
      OIDC_PROVIDERS: "dev",
      OIDC_DEV_ISSUER: `http://localhost:${listener.addr.port}`,
      KV_PATH: ":memory:",
      SECRET_KEY: newSecretKey(),
      PORT: new URL(server.origin).port,
      NO_COLOR: "1",
    },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let printed = "";
  const printing = dev.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (text) => void (printed += text) }),
  );
  const ended = dev.status.then(({ code }) => `it ended with ${code}`);

  await eventually(() => printed.includes("The local provider cannot listen"));
  const isLive = () => fetch(`${server.origin}/health/live`).then((it) => it.text(), () => null);
  const live = eventually(async () => await isLive() !== null).then(() => "it is live");
  equal(await Promise.race([live, ended]), "it is live");
  dev.kill("SIGTERM");
  equal(await ended, "it ended with 143");
  await printing;
  await eventually(async () => await isLive() === null);
});

Deno.test("a connection that somebody closes is no event of the local provider", async () => {
  await using server = await Server.create();
  const port = Number(new URL(server.origin).port);
  const provider = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tests/support/local_provider.ts"],
    env: { OIDC_PROVIDERS: "dev", OIDC_DEV_ISSUER: `http://localhost:${port}`, NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const ask = () => fetch(`http://localhost:${port}/jwks`).then((it) => it.text(), () => null);
  await eventually(async () => await ask() !== null);

  const half = await Deno.connect({ hostname: "localhost", port });
  const head = "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n" +
    "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n";
  await half.write(new TextEncoder().encode(head));
  await half.read(new Uint8Array(100)); // it waits for the form now
  half.close();
  await ask();
  provider.kill("SIGTERM");
  equal(new TextDecoder().decode((await provider.output()).stderr), "");
});

async function* take<T>(stream: ReadableStream<T>, count: number): AsyncGenerator<T> {
  for await (const value of stream) {
    yield value;
    if (--count === 0) return; // cancels the rest
  }
}

Deno.test("SIGTERM answers every registration under way, with 303 or 503", async () => {
  await using server = await Server.create();
  await server.start();
  const bodies = Array.from({ length: 90 }, (_, i) => {
    return new URLSearchParams({ ...ann, email: `ann${i}@example.com` }).toString();
  });
  const posts = await Promise.all(
    bodies.map((body) => HalfSentForm.open(server, "/register", body)),
  );

  const statuses = posts.map((post) => post.finish());
  await statuses[0];
  const { code, text } = await server.stop();
  equal(code, 0, text);
  deepEqual((await Promise.all(statuses)).filter((it) => it !== 303 && it !== 503), []);
});

Deno.test("a form that is half sent when the process ends gets 503", async () => {
  await using server = await Server.create();
  await server.start();
  using form = await HalfSentForm.open(server, "/login", "email=ann%40example.com&password=x");
  await form.send(9);

  const stopping = server.stop();
  equal(await form.status(), 503);
  equal((await stopping).code, 0);
});

Deno.test("a second signal does not interrupt the stop that the first one began", async () => {
  await using server = await Server.create();
  await server.start();

  const registering = server.post("/register", { ...ann });
  await new Promise((resolve) => setTimeout(resolve, 150));
  server.signal("SIGINT");
  const [answer, { code, text }] = await Promise.all([registering, server.stop("SIGTERM")]);

  equal(answer.status, 303);
  equal(code, 0, text);
  equal(text.match(/"event":"sys_shutdown"/g)?.length, 1, text);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  Deno.test(`${signal} finishes requests in flight and exits 0`, async () => {
    await using server = await Server.create();
    await server.start();

    // Hashing takes long enough to be interrupted.
    const registering = server.post("/register", { ...ann });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const [answer, { code, text }] = await Promise.all([registering, server.stop(signal)]);

    equal(answer.status, 303);
    equal(code, 0, text);
    match(text, /"event":"sys_shutdown"/);
  });
}

Deno.test("an unfinished request does not keep the process from ending", async () => {
  await using server = await Server.create();
  await server.start();
  using _form = await HalfSentForm.open(server, "/login", "email=ann%40example.com&password=x");

  const { code, text } = await server.stop();
  equal(code, 0, text);
  match(text, /"event":"sys_shutdown"/);
});

Deno.test("an uncaught error is logged, and the next request is answered [SEC-N6]", async () => {
  await using server = await Server.create();
  server.preload = "tests/support/crash.ts";
  await server.start();

  server.signal("SIGUSR1");
  const crashed = () => Deno.stat(`${server.folder}/latchkey.db.crashed`).catch(() => null);
  do {
    const answer = await fetch(`${server.origin}/login`);
    equal(answer.status, 200);
    await answer.body?.cancel();
  } while (!await crashed());
  equal((await server.post("/login", { ...ann })).status, 422);
  const { code, text } = await server.stop();
  equal(code, 0, text);
  const crashes = text.split("\n").filter((line) => line.includes('"event":"sys_crash"'));
  deepEqual(
    crashes.map((line) => JSON.parse(line).error).sort(),
    ["Error: nobody catches this", "Error: nobody waited for this"],
  );
});

Deno.test("every line of a process is one JSON object [SEC-N2]", async () => {
  await using server = await Server.create();
  await server.start();
  await server.post("/login", { email: ann.email, password: ann.password });

  const { text } = await server.stop();
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  deepEqual(lines.map(({ event, level }) => [event, level]), [
    ["sys_startup", "warn"],
    ["mail_off", "warn"],
    ["authn_login_fail", "warn"],
    ["request", "info"],
    ["sys_shutdown", "warn"],
  ]);
  for (const { datetime, appid } of lines) {
    ok(new Date(datetime).toISOString() === datetime, datetime);
    equal(appid, "latchkey");
  }
  match(lines[2].sourceAddress, /^(127\.0\.0\.1|::1)$/);
});
