import { deepEqual, equal, match } from "node:assert/strict";
import { ann, bob } from "../../support/people.ts";
import { Server } from "../../support/server.ts";
import { runTask } from "../../support/task.ts";

const mail = { MAIL_FROM: "Latchkey <no-reply@app.example>", SMTP_URL: "smtp://localhost:9" };

Deno.test("an operator invites, looks at, suspends, reactivates, promotes, logs out and deletes people", async () => {
  await using server = await Server.create();
  await server.start();
  await server.post("/register", { ...ann });
  await server.post("/register", { ...bob });
  await server.stop();
  const run = (task: string, ...args: string[]) =>
    runTask(task, server.folder, args, undefined, server.environment);
  const reason = "asked by mail";

  const invited = await run("admin:invite", ann.email);
  match(invited.out, /becomes an administrator[^]*\/admin\/invite\/[\w-]{43}\n/);
  const steps: [args: string[], code: number, said: RegExp][] = [
    [["users:suspend", ann.email, reason], 0, /suspended, and logged out everywhere/],
    [["users:suspend", ann.email, reason], 1, /is in this state already/],
    [["users:show", ann.email], 0, /state: +suspended: asked by mail[^]*suspended \(by command\)/],
    [["users:reactivate", ann.email, reason], 0, /active again/],
    [["users:end-sessions", ann.email, reason], 0, /logged out everywhere/],
    [["users:role", ann.email, reason, "admin"], 0, /has these roles now: admin/],
    [["users:role", ann.email, reason], 1, /is the only administrator/],
    [["users:delete", ann.email, reason], 1, /is the only administrator/],
    [["users:role", ann.email, reason, "root"], 2, /^Usage: .*ROLE is one of admin, /],
    [["users:suspend", ann.email], 2, /^Usage: deno task users:suspend ADDRESS REASON/],
    [["users:delete", bob.email, reason], 0, /deleted/],
    [["users:delete", bob.email, reason], 1, /has no account/],
    [["users:show", "nobody@example.com"], 1, /has no account/],
  ];
  for (const [[task = "", ...args], code, said] of steps) {
    const result = await run(task, ...args);
    equal(result.code, code, `${task} ${args}: ${result.errors}`);
    match(result.out + result.errors, said);
  }
  const checked = await run("events:check");
  deepEqual([checked.code, checked.out], [0, "Every line is as it was written.\n"]);
  equal((await run("kv:check")).out, "No problems found.\n");
});

Deno.test("a command writes the mail about it in the same commit", async () => {
  await using server = await Server.create();
  await server.start();
  await server.post("/register", { ...ann });
  await server.stop();
  const kv = await Deno.openKv(`${server.folder}/latchkey.db`);
  const [user] = await Array.fromAsync(kv.list<object>({ prefix: ["user"] }));
  await kv.set(user?.key ?? [], { ...user?.value, emailVerified: true });
  kv.close();
  const environment = { ...server.environment, ...mail };
  const args = [ann.email, "asked by mail"];
  const { code } = await runTask("users:suspend", server.folder, args, undefined, environment);
  equal(code, 0);

  const after = await Deno.openKv(`${server.folder}/latchkey.db`);
  equal((await Array.fromAsync(after.list({ prefix: ["outbox"] }))).length, 1);
  after.close();
});
