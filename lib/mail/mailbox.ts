import { newId } from "../keys.ts";
import type { Kv } from "../kv/kv.ts";
import { type Clock, DAY, isDate } from "../time.ts";
import type { Mail, SendMail } from "./mail.ts";

/** A mail in the mailbox. */
export interface MailboxEntry {
  readonly id: string;
  readonly mail: Mail;
  readonly sentAt: Date;
}

const keptFor = 7 * DAY;
const MAX_MAILS = 100;
/** Ids count the milliseconds that are left until then, in base 36: the newest is the first. */
const endOfTime = 36 ** 9;

/**
 * The mailbox of development, kept under `["mailbox", id]`: mails stay there instead of leaving.
 * Ids of newer mails come first. It keeps the last 100 mails of 7 days.
 */
export class Mailbox {
  readonly #kv: Kv;
  readonly #now: Clock;
  #lastCount = endOfTime;

  constructor(kv: Kv, now: Clock) {
    this.#kv = kv;
    this.#now = now;
  }

  /** Keeps a mail. */
  readonly send: SendMail = async (mail) => {
    const sentAt = this.#now();
    const id = this.#nextId(sentAt);
    const expiresAt = new Date(sentAt.getTime() + keptFor);
    const value = { v: 1, mail, sentAt, expiresAt };
    await this.#kv.atomic().set(["mailbox", id], value, { expireIn: keptFor }).commit();
    await this.#deleteOldest();
  };

  /** All mails, the newest first. */
  async list(): Promise<MailboxEntry[]> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: ["mailbox"] }));
    return entries.flatMap(({ key, value }) => readMailboxRecord(value, String(key[1])) ?? [])
      .filter(({ expiresAt }) => expiresAt > this.#now());
  }

  async find(id: string): Promise<MailboxEntry | null> {
    const { value } = await this.#kv.get(["mailbox", id]);
    const entry = readMailboxRecord(value, id);
    return entry && entry.expiresAt > this.#now() ? entry : null;
  }

  /** Mails of one millisecond keep their order, too. */
  #nextId(sentAt: Date): string {
    this.#lastCount = Math.min(endOfTime - sentAt.getTime(), this.#lastCount - 1);
    return this.#lastCount.toString(36).padStart(9, "0") + newId();
  }

  async #deleteOldest(): Promise<void> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: ["mailbox"] }));
    for (const { key } of entries.slice(MAX_MAILS)) await this.#kv.atomic().delete(key).commit();
  }
}

/** Reads the record of a mail; null when it is corrupt. */
export function readMailboxRecord(
  value: unknown,
  id: string,
): MailboxEntry & { readonly expiresAt: Date } | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, mail, sentAt, expiresAt } = value as Record<string, unknown>;
  return v === 1 && isMail(mail) && isDate(sentAt) && isDate(expiresAt)
    ? { id, mail, sentAt, expiresAt }
    : null;
}

function isMail(value: unknown): value is Mail {
  if (typeof value !== "object" || value === null) return false;
  const { to, subject, text, html, messageId } = value as Mail;
  const isText = (it: unknown) => typeof it === "string";
  return [subject, text, html, messageId, to?.name, to?.address].every(isText);
}
