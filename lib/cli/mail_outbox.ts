/** Lists the mails that wait, and retries or drops one: `deno task mail:outbox`. */
import type { Kv } from "../kv/kv.ts";
import { read, scan, type ScannedEntry } from "../kv/record_scan.ts";
import { keepFor, outboxKey, type OutboxRecord, readOutboxRecord } from "../mail/outbox_record.ts";
import { openMail } from "../mail/sealed_mail.ts";
import { Seal } from "../seal.ts";
import { type Clock, DAY, HOUR, MINUTE, SECOND } from "../time.ts";
import { onDatabase, print, printError, readSecretKeys, usageError } from "./command.ts";

const usage = "mail:outbox [--retry ID | --drop ID]";

/** Returns the exit code: 1 when there is no such mail. */
async function main(args: readonly string[], now: Clock): Promise<number> {
  const [option, id, ...rest] = args;
  const isKnown = option === undefined || (id && (option === "--retry" || option === "--drop"));
  if (!isKnown || rest.length > 0) return usageError(usage);
  return await onDatabase("stop", async (kv) => {
    if (!id) return await list(kv, now());
    const isDone = option === "--retry" ? await retry(kv, id, now()) : await drop(kv, id);
    if (!isDone) {
      printError(`There is no mail ${id} that can be ${option === "--retry" ? "sent" : "dropped"}`);
      return 1;
    }
    print(option === "--retry" ? "The app sends it within a minute." : "Dropped.");
    return 0;
  });
}

/** Prints a line for each mail, the oldest first; whom it is to only with the secret key. */
async function list(kv: Kv, now: Date): Promise<number> {
  const keys = readSecretKeys();
  const seal = keys && new Seal(keys);
  let count = 0;
  for await (const entry of scan(kv, ["outbox"])) {
    print(describe(entry, seal, now));
    count++;
  }
  print(count === 0 ? "No mail waits." : `Mails that wait: ${count}.`);
  return 0;
}

function describe({ key, value }: ScannedEntry, seal: Seal | null, now: Date): string {
  const id = String(key[1]);
  const record = readOutboxRecord(value);
  if (!record) return `${id}  cannot be read`;
  const { createdAt, attempts, sealed } = record;
  const facts = [
    `written ${inWords(now.getTime() - createdAt.getTime())} ago`,
    attempts === 1 ? "1 attempt" : `${attempts} attempts`,
    nextTry(record, now),
  ];
  if (!seal) return `${id}  ${facts.join(", ")}`;
  return `${id}  ${facts.join(", ")}: ${addressee(seal, id, sealed)}`;
}

function nextTry({ dueAt, leasedUntil, expiresAt }: OutboxRecord, now: Date): string {
  if (leasedUntil && leasedUntil > now) return "being sent";
  if (expiresAt <= now) return "its link has expired";
  return dueAt <= now ? "due" : `next in ${inWords(dueAt.getTime() - now.getTime())}`;
}

function addressee(seal: Seal, id: string, sealed: Uint8Array): string {
  const mail = openMail(seal, id, sealed);
  if (mail === undefined) return "its secret key is not among these";
  return mail ? `${mail.to.address}, ${mail.subject}` : "to nobody";
}

/** Makes a mail due; false when it is gone, unreadable or being changed. */
async function retry(kv: Kv, id: string, now: Date): Promise<boolean> {
  const entry = await read(kv, outboxKey(id));
  const record = readOutboxRecord(entry.value);
  if (!record) return false;
  const { ok } = await kv.atomic()
    .check(entry)
    .set(entry.key, { v: 1, ...record, dueAt: now }, { expireIn: keepFor(record, now) })
    .commit();
  return ok;
}

/** False when there is none. A damaged one can be dropped too. */
async function drop(kv: Kv, id: string): Promise<boolean> {
  const entry = await read(kv, outboxKey(id));
  if (entry.versionstamp === null && !entry.isDamaged) return false;
  await kv.atomic().delete(entry.key).commit();
  return true;
}

const units = [["d", DAY], ["h", HOUR], ["m", MINUTE]] as const;

/** As lengths of time are written in the configuration: "2h". */
function inWords(duration: number): string {
  const [unit, length] = units.find(([, length]) => duration >= length) ?? ["s", SECOND];
  return `${Math.floor(duration / length)}${unit}`;
}

if (import.meta.main) Deno.exit(await main(Deno.args, () => new Date()));
