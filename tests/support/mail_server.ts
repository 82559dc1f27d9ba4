import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import PostalMime, { type Email } from "postal-mime";
import {
  SMTPServer,
  type SMTPServerAuthentication,
  type SMTPServerOptions,
  type SMTPServerSession,
} from "smtp-server";
import type { Certificate } from "./certificate.ts";
import { TIMEOUT } from "./timeouts.ts";

interface MailServerOptions {
  /** By default no TLS at all. */
  readonly tls?: { readonly kind: "starttls" | "implicit"; readonly certificate: Certificate };
  /** Who may send; by default everybody, without a login. */
  readonly login?: { readonly user: string; readonly password: string };
  /** For the app, `0.0.0.0` is not this machine but another one. */
  readonly hostname?: "127.0.0.1" | "0.0.0.0";
  readonly more?: SMTPServerOptions;
}

/** What goes wrong, and at which step: an answer such as 550, no answer, or a lost connection. */
export interface MailFault {
  readonly at: "connect" | "mail" | "rcpt" | "data";
  readonly answer: number | "hang" | "drop";
  /** The enhanced code of the answer, such as `5.1.1`. */
  readonly enhanced?: string;
}

/** A mail as the server got it. */
export interface ReceivedMail {
  /** The address of the envelope. */
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** As it came. */
  readonly source: string;
  readonly secure: boolean;
  readonly user: string | null;
}

type Done = (error?: Error | null) => void;

/** A real mail server on this machine, which keeps what it gets. */
export class MailServer implements AsyncDisposable {
  /** The newest last. */
  readonly received: ReceivedMail[] = [];
  /** What goes wrong from now on. */
  fault: MailFault | null = null;
  /** How many connections there were. */
  connections = 0;
  /** How many times somebody tried to log in. */
  logins = 0;
  readonly #options: MailServerOptions;
  readonly #server: SMTPServer;
  readonly #waiting = new Set<() => void>();

  private constructor(options: MailServerOptions) {
    this.#options = options;
    this.#server = new SMTPServer({
      ...options.tls?.certificate,
      secure: options.tls?.kind === "implicit",
      disabledCommands: [
        ...options.tls ? [] : ["STARTTLS"],
        ...options.login ? [] : ["AUTH"],
      ],
      authOptional: !options.login,
      allowInsecureAuth: !options.tls,
      hideENHANCEDSTATUSCODES: false,
      disableReverseLookup: true,
      closeTimeout: 100,
      onConnect: (session, done) => {
        this.connections++;
        this.#step("connect", session, done);
      },
      onAuth: (auth, _session, done) => this.#login(auth, done),
      onMailFrom: (_address, session, done) => this.#step("mail", session, done),
      onRcptTo: (_address, session, done) => this.#step("rcpt", session, done),
      onData: (stream, session, done) => this.#data(stream, session, done),
      ...options.more,
    });
    this.#server.on("error", () => {}); // a client that went away
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.server.once("error", reject);
      server.#server.listen(0, options.hostname ?? "127.0.0.1", resolve);
    });
    return server;
  }

  /** For `SMTP_URL`, with the login. */
  get url(): string {
    return this.urlFor(this.#options.login);
  }

  urlFor(login: MailServerOptions["login"]): string {
    const { port } = this.#server.server.address() as AddressInfo;
    const { tls, hostname = "127.0.0.1" } = this.#options;
    const user = login
      ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`
      : "";
    return `${tls?.kind === "implicit" ? "smtps" : "smtp"}://${user}${hostname}:${port}`;
  }

  /** Waits for the mails to an address: the newest, once there are this many. */
  async waitFor(address: string, count = 1): Promise<ReceivedMail> {
    const end = AbortSignal.timeout(TIMEOUT);
    while (true) {
      const mails = this.received.filter(({ to }) => to === address);
      if (mails.length >= count) return mails.at(-1) as ReceivedMail;
      await this.#next(end);
    }
  }

  /** Ends all connections, as a server does that starts again. */
  dropConnections(): void {
    for (const connection of this.#server.connections) connection._socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(resolve));
    this.dropConnections();
    await closed;
  }

  #next(end: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error("The mail did not come in time"));
      end.addEventListener("abort", late, { once: true });
      const go = () => {
        end.removeEventListener("abort", late);
        this.#waiting.delete(go);
        resolve();
      };
      this.#waiting.add(go);
    });
  }

  #login(
    { username, password }: SMTPServerAuthentication,
    done: (error: Error | null, result?: { user: string }) => void,
  ): void {
    this.logins++;
    const { login } = this.#options;
    if (login && login.user === username && login.password === password) {
      return done(null, { user: username });
    }
    done(answerWith(535));
  }

  #step(at: MailFault["at"], session: SMTPServerSession, done: Done): void {
    const answer = this.fault?.at === at ? this.fault.answer : null;
    if (answer === "hang") return;
    if (answer === "drop") return this.#drop(session);
    done(answer === null ? null : answerWith(answer, this.fault?.enhanced));
  }

  #data(stream: Readable, session: SMTPServerSession, done: Done): void {
    if (this.fault?.at === "data" && this.fault.answer === "drop") {
      return void stream.once("data", () => this.#drop(session));
    }
    const chunks: Uint8Array[] = [];
    stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    stream.on("end", async () => {
      if (this.fault?.at === "data") return this.#step("data", session, done);
      const source = await new Blob(chunks as BlobPart[]).text();
      this.#keep(source, await PostalMime.parse(source), session);
      done();
      for (const go of [...this.#waiting]) go();
    });
  }

  #keep(source: string, mail: Email, session: SMTPServerSession): void {
    const { mailFrom, rcptTo } = session.envelope;
    for (const { address } of rcptTo) {
      this.received.push({
        to: address,
        from: mailFrom ? mailFrom.address : "",
        subject: mail.subject ?? "",
        text: mail.text ?? "",
        html: mail.html ?? "",
        headers: new Map(mail.headers.map(({ key, value }) => [key, value])),
        source,
        secure: session.secure,
        user: session.user ?? null,
      });
    }
  }

  #drop({ id }: SMTPServerSession): void {
    for (const connection of this.#server.connections) {
      if (connection.id === id) connection._socket.destroy();
    }
  }
}

/** As servers do, this one quotes the address. */
function answerWith(responseCode: number, enhanced = ""): Error {
  const sentence = `${enhanced} <person@example.test>: no`.trim();
  return Object.assign(new Error(sentence), { responseCode });
}
