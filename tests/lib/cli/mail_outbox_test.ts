import { equal, match } from "node:assert/strict";
import { newSecretKey, parseSecretKey } from "../../../lib/keys.ts";
import { Kv } from "../../../lib/kv/kv.ts";
import { addWrites } from "../../../lib/kv/write.ts";
import { Outbox } from "../../../lib/mail/outbox.ts";
import { Seal } from "../../../lib/seal.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/time.ts";
import { damageRecord } from "../../support/damage.ts";
import { runTask, TaskFiles } from "../../support/task.ts";
import { TIMEOUT } from "../../support/timeouts.ts";

const secretKey = newSecretKey();

/** Writes a mail to Ann that was tried once, two hours ago, and gives its id. */
async function writeMail(path: string): Promise<string> {
  using kv = new Kv(await Deno.openKv(path), { deadline: TIMEOUT });
  const written = new Date(Date.now() - 2 * HOUR - MINUTE);
  const outbox = new Outbox({
    kv,
    seal: new Seal([parseSecretKey(secretKey) as Uint8Array<ArrayBuffer>]),
    send: () => Promise.reject(new Error("down")),
    now: () => written,
    log: () => {},
    host: "app.example",
  });
  const to = { name: "Ann", address: "ann@example.com" };
  const mail = { to, subject: "Confirm it", text: "token", html: "token" };
  const { id, write } = outbox.prepare(mail, new Date(written.getTime() + DAY));
  const operation = kv.atomic();
  addWrites(operation, [write]);
  await operation.commit();
  await outbox.sweep();
  return id;
}

async function recordOf(path: string, id: string): Promise<Record<string, unknown> | null> {
  using kv = await Deno.openKv(path);
  return (await kv.get<Record<string, unknown>>(["outbox", id])).value;
}

Deno.test("mail:outbox lists the mails that wait, without their addresses", async () => {
  await using files = await TaskFiles.create();
  const id = await writeMail(files.path);
  const { code, out } = await files.run("mail:outbox");

  equal(code, 0);
  equal(out, `${id}  written 2h ago, 1 attempt, due\nMails that wait: 1.\n`);
});

Deno.test("mail:outbox shows address and subject to who has the secret key", async () => {
  await using files = await TaskFiles.create();
  const id = await writeMail(files.path);
  const listWith = (SECRET_KEY: string) =>
    runTask("mail:outbox", files.folder, [], files.path, { SECRET_KEY });

  const { out } = await listWith(secretKey);
  match(out, new RegExp(`^${id}  written .*, due: ann@example\\.com, Confirm it\n`));
  match((await listWith(newSecretKey())).out, /: its secret key is not among these\n/);
});

Deno.test("mail:outbox --retry makes a mail due, and --drop deletes it", async () => {
  await using files = await TaskFiles.create();
  const id = await writeMail(files.path);
  const before = await recordOf(files.path, id);

  equal((await files.run("mail:outbox", "--retry", id)).code, 0);
  const after = await recordOf(files.path, id);
  equal((after?.dueAt as Date) > (before?.dueAt as Date), true);
  equal((after?.dueAt as Date) <= new Date(), true);

  equal((await files.run("mail:outbox", "--drop", id)).code, 0);
  equal(await recordOf(files.path, id), null);
  match((await files.run("mail:outbox")).out, /^No mail waits\.\n$/);
});

Deno.test("mail:outbox says when there is no such mail, or a wrong argument", async () => {
  await using files = await TaskFiles.create();
  await writeMail(files.path);
  for (const option of ["--retry", "--drop"]) {
    const { code, errors } = await files.run("mail:outbox", option, "nothing");
    equal(code, 1);
    match(errors, /^There is no mail nothing that can be (sent|dropped)\n$/);
  }
  for (const args of [["--retry"], ["--all"], ["--drop", "a", "b"], ["id"]]) {
    const { code, errors } = await files.run("mail:outbox", ...args);
    equal(code, 2);
    match(errors, /^Usage: deno task mail:outbox \[--retry ID \| --drop ID\]\n$/);
  }
});

Deno.test("mail:outbox lists a damaged mail, and drops it", async () => {
  await using files = await TaskFiles.create();
  const id = await writeMail(files.path);
  damageRecord(files.path, ["outbox", id]);

  match((await files.run("mail:outbox")).out, new RegExp(`^${id}  cannot be read\n`));
  equal((await files.run("mail:outbox", "--retry", id)).code, 1);
  equal((await files.run("mail:outbox", "--drop", id)).code, 0);
  equal(await recordOf(files.path, id), null);
});
