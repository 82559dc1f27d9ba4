import { addWrites } from "../../lib/kv/write.ts";
import { Kv } from "../../lib/kv/kv.ts";
import { makeLog } from "../../lib/log/log.ts";
import type { Mail } from "../../lib/mail/mail.ts";
import { Outbox } from "../../lib/mail/outbox.ts";
import { Seal } from "../../lib/seal.ts";
import { DAY } from "../../lib/time.ts";
import { BrokenKv } from "./broken_kv.ts";
import { type LogLine, readLogLine } from "./log_line.ts";
import { TIMEOUT } from "./timeouts.ts";

/** An outbox on a database in memory, with a held clock and a mail server of its own. */
export class OutboxSite implements Disposable {
  now = new Date("2026-11-22T12:00:00Z");
  /** What the mail server does with a mail; it keeps those that this takes. */
  serve: (mail: Mail) => Promise<void> = () => Promise.resolve();
  /** The mails that the server took. */
  readonly sent: Mail[] = [];
  /** How often the server was asked. */
  asked = 0;
  readonly database: Deno.Kv;
  readonly broken: BrokenKv;
  readonly kv: Kv;
  readonly lines: string[] = [];

  private constructor(database: Deno.Kv) {
    this.database = database;
    this.broken = new BrokenKv(database);
    this.kv = new Kv(this.broken.kv, { deadline: TIMEOUT });
  }

  static async create(path = ":memory:"): Promise<OutboxSite> {
    return new OutboxSite(await Deno.openKv(path));
  }

  [Symbol.dispose](): void {
    this.database.close();
  }

  /** The outbox of one process. */
  instance(keys = [key(1)]): Outbox {
    return new Outbox({
      kv: this.kv,
      seal: new Seal(keys),
      send: async (mail) => {
        this.asked++;
        await this.serve(mail);
        this.sent.push(mail);
      },
      now: () => this.now,
      log: makeLog("debug", "json", () => this.now, { write: (line) => this.lines.push(line) > 0 }),
      host: "app.example",
    });
  }

  /** Commits a mail to somebody, or to nobody, and gives its id. */
  async write(outbox: Outbox, to: string | null, lifetime = 7 * DAY): Promise<string> {
    const expiresAt = new Date(this.now.getTime() + lifetime);
    const { id, write } = outbox.prepare(
      to === null ? { ...mailTo("nobody"), to } : mailTo(to),
      expiresAt,
    );
    const operation = this.kv.atomic();
    addWrites(operation, [write]);
    await operation.commit();
    return id;
  }

  pass(duration: number): void {
    this.now = new Date(this.now.getTime() + duration);
  }

  get subjects(): string[] {
    return this.sent.map(({ subject }) => subject);
  }

  /** The values of the records that wait. */
  async waiting(): Promise<Record<string, unknown>[]> {
    const entries = this.database.list<Record<string, unknown>>({ prefix: ["outbox"] });
    return (await Array.fromAsync(entries)).map(({ value }) => value);
  }

  get logged(): LogLine[] {
    return this.lines.map((line) => readLogLine(line, []));
  }

  get events(): string[] {
    return this.logged.map(({ event }) => event);
  }
}

export function key(byte: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(32).fill(byte);
}

function mailTo(name: string) {
  return {
    to: { name, address: `${name}@example.com` },
    subject: `To ${name}`,
    text: "Open https://app.example/undo/secret-token",
    html: "<p>secret-token</p>",
  };
}
