import { newId } from "../keys.ts";
import { type Kv, StoreUnavailable } from "../kv/kv.ts";
import { read, scan, type ScannedEntry } from "../kv/record_scan.ts";
import type { Write } from "../kv/write.ts";
import { errorFields, type Log } from "../log/log.ts";
import type { Seal } from "../seal.ts";
import type { Clock } from "../time.ts";
import { type Mail, MailNotSent, MailRefused, type SendMail, type WaitingMail } from "./mail.ts";
import {
  endOfTrying,
  isOverdue,
  judgeMail,
  keepFor,
  leaseDuration,
  newMailId,
  outboxKey,
  type OutboxRecord,
  readOutboxRecord,
  waitAfter,
} from "./outbox_record.ts";
import { openMail, sealMail } from "./sealed_mail.ts";
import { WorkQueue } from "./work_queue.ts";

const MAX_SENT_AT_ONCE = 5;
/** With a mail server that hangs, the mails beyond this are left to the sweep. */
const MAX_WAITING = 100;
/** Of how many of the oldest mails `isStuck` looks at most. */
const MAX_LOOKED_AT = 100;

/** A mail that joins somebody's commit. */
export interface PreparedMail {
  readonly id: string;
  readonly write: Write;
}

/** A mail that this process is working on. */
interface Waiting {
  readonly id: string;
  readonly record: OutboxRecord;
  readonly versionstamp: string;
}

interface OutboxParts {
  readonly kv: Kv;
  readonly seal: Seal;
  readonly send: SendMail;
  readonly now: Clock;
  readonly log: Log;
  /** The domain of the `Message-ID`. */
  readonly host: string;
}

/**
 * Mails that wait to be sent, kept under `["outbox", id]`. A mail is committed with its cause and
 * sent after the answer: at once by the process that wrote it, or else by the sweep. A lease keeps
 * two processes from sending the same one. A process that dies after the server took a mail, and
 * before it is deleted here, leaves it to be sent again, with the same `Message-ID`.
 */
export class Outbox {
  readonly #kv: Kv;
  readonly #seal: Seal;
  readonly #send: SendMail;
  readonly #now: Clock;
  readonly #log: Log;
  readonly #host: string;
  readonly #queue = new WorkQueue(MAX_SENT_AT_ONCE);
  readonly #underWay = new Set<Promise<void>>();
  /** Mails that were sent, until they are deleted: a database that fails sends none twice. */
  readonly #sent = new Set<string>();
  /** Mails that cannot be read, so that the log tells of each once. */
  readonly #unreadable = new Set<string>();
  /** How many mails the last sweep saw. */
  waiting = 0;
  #sweep: Promise<void> | null = null;
  #isClosed = false;

  constructor({ kv, seal, send, now, log, host }: OutboxParts) {
    this.#kv = kv;
    this.#seal = seal;
    this.#send = send;
    this.#now = now;
    this.#log = log;
    this.#host = host;
  }

  /**
   * Makes the record of a mail, for a commit.
   *
   * @param mail One to nobody costs the same, and is deleted unsent.
   * @param expiresAt When the token in it expires.
   */
  prepare(mail: Omit<WaitingMail, "messageId">, expiresAt: Date): PreparedMail {
    const createdAt = this.#now();
    const id = newMailId(createdAt);
    const record: OutboxRecord = {
      sealed: sealMail(this.#seal, id, {
        ...mail,
        messageId: `<${newId()}@${this.#host}>`,
      }),
      createdAt,
      dueAt: createdAt,
      attempts: 0,
      leasedUntil: null,
      expiresAt,
    };
    return { id, write: this.#writeOf(id, record) };
  }

  /** Sends a mail in a later turn, after its commit. It never throws: the sweep tries again. */
  sendSoon(id: string): void {
    if (this.#isClosed || this.#queue.waiting >= MAX_WAITING) return;
    const laterTurn = new Promise<void>((resolve) => setTimeout(resolve));
    const sending = laterTurn.then(() => this.#deliver(id));
    this.#underWay.add(sending);
    sending.finally(() => this.#underWay.delete(sending));
  }

  /** Sends everything that is due. While a sweep is under way, no other one begins. */
  sweep(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return this.#sweep ??= this.#sweepOnce().finally(() => this.#sweep = null);
  }

  /** Whether mails are so late that nobody seems to send any. It looks at the oldest ones only. */
  async isStuck(): Promise<boolean> {
    let count = 0;
    for await (const { value } of scan(this.#kv, ["outbox"])) {
      const record = readOutboxRecord(value);
      if (record && isOverdue(record, this.#now())) return true;
      if (++count === MAX_LOOKED_AT) return false;
    }
    return false;
  }

  /** Resolves when no mail is under way. */
  async idle(): Promise<void> {
    while (this.#sweep || this.#underWay.size > 0) {
      await Promise.all([this.#sweep, ...this.#underWay]);
    }
  }

  /** Begins nothing any more; resolves when the mails under way are sent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.idle();
  }

  async #sweepOnce(): Promise<void> {
    const ids: string[] = [];
    await this.#logFailure(async () => {
      let waitingMails = 0;
      for await (const entry of scan(this.#kv, ["outbox"])) {
        waitingMails++;
        const waiting = this.#read(entry);
        if (waiting && judgeMail(waiting.record, this.#now()) !== "wait") ids.push(waiting.id);
      }
      this.waiting = waitingMails;
    });
    // No more at once than the queue lets through: mails of requests come in between.
    const sendNext = async () => {
      for (let id = ids.shift(); id !== undefined && !this.#isClosed; id = ids.shift()) {
        await this.#deliver(id);
      }
    };
    await Promise.all(Array.from({ length: MAX_SENT_AT_ONCE }, sendNext));
  }

  async #deliver(id: string): Promise<void> {
    await this.#queue.run(() =>
      this.#logFailure(async () => {
        const waiting = this.#read(await read(this.#kv, outboxKey(id)));
        if (waiting) await this.#process(waiting);
      })
    );
  }

  async #process(waiting: Waiting): Promise<void> {
    if (this.#sent.has(waiting.id)) return await this.#deleteSent(waiting.id);
    const verdict = judgeMail(waiting.record, this.#now());
    if (verdict === "wait") return;
    if (verdict !== "send") return await this.#drop(waiting, `mail_${verdict}`);
    const mail = openMail(this.#seal, waiting.id, waiting.record.sealed);
    if (mail === undefined) return await this.#setAside(waiting);
    const claimed = await this.#claim(waiting);
    if (claimed) await this.#sendClaimed(claimed, mail);
  }

  async #sendClaimed(claimed: Waiting, mail: Mail | null): Promise<void> {
    const { id, record: { attempts } } = claimed;
    try {
      if (mail) await this.#send(mail);
    } catch (error) {
      if (error instanceof MailRefused) return await this.#drop(claimed, "mail_refused", error);
      return await this.#delay(claimed, error);
    }
    this.#sent.add(id);
    if (mail) this.#log("mail_sent", { mailId: id, attempts });
    await this.#deleteSent(id);
  }

  /** Takes a mail for this process; null when another process was faster. */
  async #claim(waiting: Waiting): Promise<Waiting | null> {
    const { attempts } = waiting.record;
    const leasedUntil = new Date(this.#now().getTime() + leaseDuration);
    return await this.#update(waiting, { attempts: attempts + 1, leasedUntil });
  }

  async #delay(claimed: Waiting, error: unknown): Promise<void> {
    const { id, record: { attempts } } = claimed;
    this.#log("mail_delayed", { mailId: id, attempts, error: reasonOf(error) });
    const dueAt = new Date(this.#now().getTime() + waitAfter(attempts));
    await this.#update(claimed, { dueAt, leasedUntil: null });
  }

  /** Keeps a mail that cannot be opened until its end: its key may come back. */
  async #setAside(waiting: Waiting): Promise<void> {
    const dueAt = endOfTrying(waiting.record.createdAt);
    if (await this.#update(waiting, { dueAt, leasedUntil: null })) this.#reportCorrupt(waiting.id);
  }

  async #drop(
    { id, record, versionstamp }: Waiting,
    event: "mail_expired" | "mail_given_up" | "mail_refused",
    refusal?: MailRefused,
  ): Promise<void> {
    const key = outboxKey(id);
    const { ok } = await this.#kv.atomic().check({ key, versionstamp }).delete(key).commit();
    if (ok) this.#log(event, { mailId: id, attempts: record.attempts, error: refusal?.message });
  }

  async #deleteSent(id: string): Promise<void> {
    await this.#kv.atomic().delete(outboxKey(id)).commit();
    this.#sent.delete(id);
  }

  /** Changes a record; null when somebody else did. */
  async #update(
    { id, record, versionstamp }: Waiting,
    changes: Partial<OutboxRecord>,
  ): Promise<Waiting | null> {
    const changed = { ...record, ...changes };
    const { key, value, expireIn } = this.#writeOf(id, changed);
    const result = await this.#kv.atomic()
      .check({ key, versionstamp })
      .set(key, value, { expireIn })
      .commit();
    return result.ok ? { id, record: changed, versionstamp: result.versionstamp } : null;
  }

  #writeOf(id: string, record: OutboxRecord): Write {
    const expireIn = keepFor(record, this.#now());
    return { key: outboxKey(id), value: { v: 1, ...record }, expireIn };
  }

  /** The mail of an entry; null when there is none any more, or none that can be read. */
  #read({ key, value, versionstamp, isDamaged }: ScannedEntry): Waiting | null {
    const id = String(key[1]);
    if (versionstamp === null && !isDamaged) return null;
    const record = readOutboxRecord(value);
    if (record && versionstamp !== null) return { id, record, versionstamp };
    if (!this.#unreadable.has(id)) this.#reportCorrupt(id);
    this.#unreadable.add(id);
    return null;
  }

  #reportCorrupt(id: string): void {
    this.#log("record_corrupt", { reason: "outbox", mailId: id });
  }

  async #logFailure(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const event = error instanceof StoreUnavailable ? "unavailable" : "outbox_failed";
      this.#log(event, errorFields(error));
    }
  }
}

/** Why a mail did not leave. Only errors that say so hold no address. */
function reasonOf(error: unknown): string {
  if (error instanceof MailNotSent) return error.message;
  return error instanceof Error ? error.name : typeof error;
}
