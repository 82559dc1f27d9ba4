import { deepEqual, equal, match } from "node:assert/strict";
import type { OutboxRecord } from "../../lib/mail/outbox_record.ts";
import { MailServer } from "../support/mail_server.ts";
import { ann } from "../support/people.ts";
import { Server } from "../support/server.ts";

// The real app, a real mail server, and `kill -9`.

/** The app with Ann's registration, killed while the mail server does not answer. */
async function killedWhileSending(mailServer: MailServer): Promise<Server> {
  const server = await Server.create({
    MAIL_FROM: "Latchkey <no-reply@app.example>",
    SMTP_URL: mailServer.url,
  });
  mailServer.fault = { at: "data", answer: "hang" };
  await server.start();
  equal((await server.post("/register", { ...ann })).status, 303);
  while (mailServer.connections === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await server.stop("SIGKILL");
  mailServer.fault = null;
  return server;
}

const starts = [
  ["the next start sends it", "tests/support/later_start.ts"],
  ["a sweep of the next process sends it", "tests/support/fast_minutes.ts"],
] as const;

for (const [what, preload] of starts) {
  Deno.test(`kill -9 while a mail is sent: ${what}, once`, async () => {
    await using mailServer = await MailServer.start();
    await using server = await killedWhileSending(mailServer);
    equal(mailServer.received.length, 0);

    server.preload = preload;
    await server.start();
    match((await mailServer.waitFor(ann.email)).text, /\/verify-email\//);
    await server.stop();
    await server.start();
    await server.stop();

    equal(mailServer.received.length, 1);
    deepEqual(await waiting(server), []);
  });
}

Deno.test("kill -9 after the commit, before the mail is claimed: the next start sends it at once", async () => {
  await using mailServer = await MailServer.start();
  await using server = await Server.create({
    MAIL_FROM: "Latchkey <no-reply@app.example>",
    SMTP_URL: mailServer.url,
  });
  const { preload } = server;
  server.preload = "tests/support/no_later_turn.ts";
  await server.start();
  equal((await server.post("/register", { ...ann })).status, 303);
  await server.stop("SIGKILL");
  deepEqual(await waiting(server), [{ attempts: 0, leasedUntil: null }]);
  equal(mailServer.connections, 0);

  server.preload = preload;
  await server.start();
  match((await mailServer.waitFor(ann.email)).text, /\/verify-email\//);
  await server.stop();

  equal(mailServer.received.length, 1);
  deepEqual(await waiting(server), []);
});

Deno.test("an app that is stopped finishes the mail that it sends", async () => {
  const data = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  await using mailServer = await MailServer.start({
    more: {
      onRcptTo: (_address, _session, done) => {
        data.resolve();
        answer.promise.then(() => done());
      },
    },
  });
  await using server = await Server.create({
    MAIL_FROM: "Latchkey <no-reply@app.example>",
    SMTP_URL: mailServer.url,
  });
  await server.start();
  equal((await server.post("/register", { ...ann })).status, 303);
  await data.promise;
  const stopped = server.stop("SIGTERM");
  answer.resolve();
  equal((await stopped).code, 0);

  equal(mailServer.received.length, 1);
  deepEqual(await waiting(server), []);
});

/** How far the mails are that wait in the database of a server that is stopped. */
async function waiting(server: Server) {
  using kv = await Deno.openKv(`${server.folder}/latchkey.db`);
  const records = await Array.fromAsync(kv.list<OutboxRecord>({ prefix: ["outbox"] }));
  return records.map(({ value: { attempts, leasedUntil } }) => ({ attempts, leasedUntil }));
}
