import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Cluster, findDenokv } from "../.github/deploy/cluster.ts";
import { Deployment, ofOwner, refusesTemporaryDatabase } from "./support/deployment.ts";
import { ann } from "./support/people.ts";
import { freePort } from "./support/server.ts";
import { TaskFiles } from "./support/task.ts";

// What Deno Deploy promises to an app, and asks of it, by its documentation of October 2026.

const attached = ["deploy_runtime.ts", "deploy_database.ts"];
const { email, password } = ann;

async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

Deno.test("on Deno Deploy people register and log in, without workers, signals and files", async () => {
  await using deployment = new Deployment({ environment: ofOwner, preloads: attached });
  await deployment.start();
  const browser = deployment.browser("203.0.113.9");

  equal(await statusOf(browser.post("/register", { ...ann })), 303);
  equal(await statusOf(browser.post("/logout")), 303);
  const forged = { "x-forwarded-for": "198.51.100.1" };
  equal(await statusOf(browser.post("/login", { email, password: "wrong" }, forged)), 422);
  equal(await statusOf(browser.post("/login", { email, password })), 303);
  match(await (await browser.get("/profile")).text(), /Hi Ann/);

  const { text } = await deployment.stop("SIGKILL");
  match(text, /"event":"sys_startup".*"database":"remote"/);
  match(text, /"event":"authn_login_fail".*"sourceAddress":"203\.0\.113\.9"/);
  ok(!/sys_crash|Uncaught|NotCapable/.test(text), text);
});

Deno.test("on Deno Deploy the cron job is registered before the server listens", async () => {
  await using deployment = new Deployment({ environment: ofOwner, preloads: attached });
  await deployment.start();

  const { text } = await deployment.stop("SIGKILL");
  const calls = text.split("\n").filter((line) => line.startsWith("platform: "));
  deepEqual(calls, ["platform: cron outbox * * * * *", "platform: serve"]);
});

Deno.test("on Deno Deploy SIGINT ends the app within its five seconds, gracefully", async () => {
  await using deployment = new Deployment({
    environment: ofOwner,
    preloads: ["deploy_database.ts"],
  });
  await deployment.start();

  const { code, text } = await deployment.stop("SIGINT");
  equal(code, 0, text);
  match(text, /"event":"sys_shutdown"/);
});

Deno.test({
  name: "on Deno Deploy without a database the app does not start, and says what to do",
  ignore: !refusesTemporaryDatabase,
  async fn() {
    await using deployment = new Deployment({
      environment: ofOwner,
      preloads: ["deploy_runtime.ts"],
    });

    const { code, text } = await deployment.end();
    equal(code, 1, text);
    match(text, /"event":"cannot_start".*attach a Deno KV database to the app/);
  },
});

const denokv = await findDenokv();

Deno.test({
  name: "on Deno Deploy one instance goes on where another one was killed" +
    (denokv ? "" : " (skipped: denokv is neither on the PATH nor in DENOKV)"),
  ignore: denokv === null,
  async fn() {
    await using files = await TaskFiles.create();
    const ORIGIN = `http://localhost:${freePort()}`;
    await using attached = await Cluster.start({
      folder: files.folder,
      denokv: denokv ?? "",
      instances: 0,
      environment: { ORIGIN },
    });
    const { KV_PATH: DENO_KV_DEFAULT_PATH, DENO_KV_ACCESS_TOKEN } = attached.database;
    const environment = { ...ofOwner, DENO_KV_DEFAULT_PATH, DENO_KV_ACCESS_TOKEN };
    const start = async () => {
      const deployment = new Deployment({ environment, preloads: ["deploy_runtime.ts"] });
      await deployment.start();
      return deployment;
    };

    const first = await start();
    const before = first.browser("203.0.113.9");
    equal(await statusOf(before.post("/register", { ...ann })), 303);
    await first.stop("SIGKILL");
    await using second = await start();
    const after = second.browser("203.0.113.9");
    for (const [name, value] of before.cookies) after.cookies.set(name, value);
    match(await (await after.get("/profile")).text(), /Hi Ann/);
  },
});

Deno.test("the deploy section of deno.json has only what is documented, and names the entry point", async () => {
  const { deploy, unstable } = JSON.parse(
    await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
  );

  // With one of them in the file, all of the console's own settings are ignored.
  const documented = ["framework", "install", "build", "predeploy", "buildTimeout", "runtime"];
  deepEqual(Object.keys(deploy).filter((key) => !documented.includes(key)), []);
  const ofRuntime = ["type", "entrypoint", "args", "cwd", "memoryLimit"];
  deepEqual(Object.keys(deploy.runtime).filter((key) => !ofRuntime.includes(key)), []);
  equal(deploy.runtime.entrypoint, "main.ts");
  ok(unstable.includes("kv") && unstable.includes("cron"));
});
