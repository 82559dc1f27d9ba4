import { deepEqual, equal, fail } from "node:assert/strict";
import type { Hono } from "hono";
import { type HashPassword, makeHash } from "../../lib/credential/hash_algorithms.ts";
import { type Config, readConfig } from "../../lib/config.ts";
import { newSecretKey } from "../../lib/keys.ts";
import { Kv } from "../../lib/kv/kv.ts";
import { checkStore } from "../../lib/cli/kv_check.ts";
import { Mailbox } from "../../lib/mail/mailbox.ts";
import { makeLog } from "../../lib/log/log.ts";
import type { Mail, SendMail } from "../../lib/mail/mail.ts";
import type { LogOutput } from "../../lib/log/writer.ts";
import type { Outbox } from "../../lib/mail/outbox.ts";
import type { World } from "../../lib/services.ts";
import { createApp } from "../../routes/app.ts";
import { createServices, type Services } from "../../routes/services.ts";
import { BrokenKv } from "./broken_kv.ts";
import { Browser } from "./browser.ts";
import { exampleFetch } from "./example_provider.ts";
import { type LogLine, readLogLine } from "./log_line.ts";
import { snapshotOf } from "./kv_snapshot.ts";
import { TIMEOUT } from "./timeouts.ts";
import { ann, bob, type Person } from "./people.ts";

interface Cost {
  keys: number;
  roundTrips: number;
  commits: number;
  hashes: number;
}

interface WorldOptions {
  readonly config?: Partial<Config>;
  /** Where the database is kept; in memory, unless a test is about the file. */
  readonly path?: string;
  readonly hash?: HashPassword;
  /** Other people's servers; by default there is none but the provider of `example_provider.ts`. */
  readonly fetch?: typeof globalThis.fetch;
  /** The mail server; by default it takes every mail. */
  readonly send?: SendMail;
  /** Where the log goes, in a test about a broken one. */
  readonly logOutput?: Pick<LogOutput, "write">;
}

/** A test with a world of its own. */
export function test(name: string, run: (world: TestWorld) => Promise<void> | void): void {
  Deno.test(name, async () => {
    await using world = await TestWorld.create();
    await run(world);
  });
}

/** A site that sends mails: they arrive in `world.sent`. */
export const withMail: Partial<Config> = {
  mail: {
    from: { name: "Latchkey", address: "no-reply@app.example" },
    transport: { kind: "smtp", url: "smtp://localhost" },
  },
};

/** A test with a world of its own, whose site sends mails. */
export function testWithMail(
  name: string,
  run: (world: TestWorld) => Promise<void> | void,
  config: Partial<Config> = {},
): void {
  Deno.test(name, async () => {
    await using world = await TestWorld.create({ config: { ...withMail, ...config } });
    await run(world);
  });
}

/** A cheap hash: these tests are not about its cost. */
const cheapArgon2 = { memoryKiB: 8, passes: 1 };

/** The whole app on a database in memory, with a clock that only `pass` moves. */
export class TestWorld implements AsyncDisposable {
  readonly app: Hono;
  /** What the routes of `app` use, for a test of one of them alone. */
  readonly services: Services;
  /** Another process on the same database; its calls count as ours, unless it gets its own KV. */
  readonly newInstance: (kv?: Kv) => Hono;
  readonly config: Config;
  readonly kv: Kv;
  /** The database as the app sees it, to break it. */
  readonly broken: BrokenKv;
  /** The lines of the log, as they were written. */
  readonly lines: string[] = [];
  /** The mails that the app sent, the newest last. */
  readonly sent: Mail[] = [];
  readonly #database: Deno.Kv;
  readonly #outboxes: Outbox[] = [];
  readonly #takesEveryMail: boolean;
  #time = new Date("2026-11-22T12:00:00Z").getTime();
  #hashes = 0;
  #invalidDataReason: string | null = null;

  private constructor(database: Deno.Kv, options: WorldOptions) {
    this.#database = database;
    this.#takesEveryMail = options.send === undefined;
    this.config = { ...testConfig(), ...options.config };
    this.broken = new BrokenKv(database);
    this.kv = new Kv(this.broken.kv, { deadline: TIMEOUT });
    const hash = options.hash ?? makeHash;
    const keepsLines = { write: (line: string) => this.lines.push(line) > 0 };
    const instance = (kv: Kv) => {
      const world: World = {
        kv,
        now: () => this.now,
        hash: (job) => {
          this.#hashes++;
          return hash(job);
        },
        fetch: options.fetch ?? exampleFetch,
        send: options.send ?? ((mail) => {
          this.sent.push(mail);
          return Promise.resolve();
        }),
        log: makeLog("debug", "json", () => this.now, options.logOutput ?? keepsLines),
        config: this.config,
      };
      const services = createServices(world);
      if (services.outbox) this.#outboxes.push(services.outbox);
      return { app: createApp(world, services), services };
    };
    this.newInstance = (kv = this.kv) => instance(kv).app;
    ({ app: this.app, services: this.services } = instance(this.kv));
  }

  static async create(options: WorldOptions = {}): Promise<TestWorld> {
    return new TestWorld(await Deno.openKv(options.path ?? ":memory:"), options);
  }

  /** The mails that were sent, or kept in the mailbox of development, once none is under way. */
  async delivered(): Promise<readonly Mail[]> {
    await Promise.all(this.#outboxes.map((outbox) => outbox.idle()));
    if (this.config.mail?.transport.kind !== "mailbox") return this.sent;
    const kept = await new Mailbox(this.kv, () => this.now).list();
    return kept.map(({ mail }) => mail).reverse();
  }

  /** The newest mail to an address. */
  async mailTo(address: string): Promise<Mail> {
    const mail = (await this.delivered()).findLast(({ to }) => to.address === address);
    return mail ?? fail(`no mail to ${address}`);
  }

  /** The path of the last link in the newest mail to an address. */
  async linkTo(address: string): Promise<string> {
    const { text } = await this.mailTo(address);
    const links = text.split("\n").filter((line) => line.startsWith(this.config.origin));
    return links.at(-1)?.slice(this.config.origin.length) ?? fail(`no link in ${text}`);
  }

  /** At the end of every test the log and the database are as they have to be. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await Promise.all(this.#outboxes.map((outbox) => outbox.close()));
      await this.#verify();
    } finally {
      this.#database.close();
    }
  }

  /** Every line of the log can be read, and the check of the whole database finds nothing. */
  async #verify(): Promise<void> {
    void this.logged;
    if (this.#invalidDataReason !== null) return;
    const snapshot = snapshotOf(this.#database, await this.dump());
    deepEqual(await findingsIn(snapshot, this.now), []);
  }

  /** Returns a function that verifies this world and then sets it back to this moment. */
  async checkpoint(): Promise<() => Promise<void>> {
    const time = this.#time;
    const entries = await this.dump();
    return async () => {
      await this.delivered();
      await this.#verify();
      this.lines.length = 0;
      this.sent.length = 0;
      this.#time = time;
      const restoring = this.#database.atomic();
      for (const { key } of await this.dump()) restoring.delete(key);
      for (const { key, value } of entries) restoring.set(key, value);
      await restoring.commit();
    };
  }

  /** Allows records that the app would never write, for this reason. */
  allowInvalidData(reason: string): void {
    this.#invalidDataReason = reason;
  }

  /** The findings of the database check, one line each. */
  findings(): Promise<string[]> {
    return findingsIn(this.#database, this.now);
  }

  /** The log, read. */
  get logged(): LogLine[] {
    const patterns = this.app.routes.map(({ path }) => path);
    return this.lines.map((line) => readLogLine(line, patterns));
  }

  /** The lines of the log about this event. */
  events(event: string): LogLine[] {
    return this.logged.filter((line) => line.event === event);
  }

  get now(): Date {
    return new Date(this.#time);
  }

  /** Lets time pass, in milliseconds. */
  pass(duration: number): void {
    this.#time += duration;
  }

  /** A browser without cookies. */
  browser(address = "192.0.2.1", app = this.app): Browser {
    const connection = { remoteAddr: { hostname: address } };
    const connected = {
      request: async (url: string, init?: RequestInit) => {
        // Mails of one request arrive before the next one, so that the newest is known.
        if (this.#takesEveryMail) await this.delivered();
        return await app.request(url, init, connection);
      },
    };
    return new Browser(connected, this.config.origin);
  }

  /** Registers somebody, and gives their browser, logged in; with mail, their address is verified. */
  async register(person: Person): Promise<Browser> {
    const browser = this.browser();
    equal((await browser.post("/register", { ...person })).status, 303);
    if (!this.config.mail) return browser;
    await browser.get(await this.linkTo(person.email));
    equal((await browser.post("/verify-email/confirm")).status, 303);
    return browser;
  }

  ann(): Promise<Browser> {
    return this.register(ann);
  }

  bob(): Promise<Browser> {
    return this.register(bob);
  }

  /** The cost of an action in KV operations and password hashes. */
  async cost(act: () => Promise<unknown>): Promise<Cost> {
    if (this.#takesEveryMail) await this.delivered();
    const before = { ...this.kv.count, hashes: this.#hashes };
    await act();
    const { keys, roundTrips, commits } = this.kv.count;
    return {
      keys: keys - before.keys,
      roundTrips: roundTrips - before.roundTrips,
      commits: commits - before.commits,
      hashes: this.#hashes - before.hashes,
    };
  }

  /** Everything in the database. */
  async dump(): Promise<Deno.KvEntry<unknown>[]> {
    return await Array.fromAsync(this.#database.list({ prefix: [] }, { batchSize: 1000 }));
  }

  /** Everything in the database except counted attempts. */
  async records(): Promise<Deno.KvEntry<unknown>[]> {
    return (await this.dump()).filter((entry) => entry.key[0] !== "rate");
  }

  /** The database itself, for records that the app would never write. */
  get database(): Deno.Kv {
    return this.#database;
  }
}

async function findingsIn(database: Deno.Kv, now: Date): Promise<string[]> {
  const kv = new Kv(database, { deadline: TIMEOUT });
  const found = await Array.fromAsync(checkStore(kv, now));
  return found.map(({ problem, key }) => `${problem} ${key.join(" ")}`);
}

function testConfig(): Config {
  const result = readConfig({
    ORIGIN: "https://app.example",
    KV_PATH: ":memory:",
    SECRET_KEY: newSecretKey(),
  });
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return { ...result.config, argon2: cheapArgon2 };
}
