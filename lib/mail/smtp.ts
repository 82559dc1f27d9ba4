import type { SendMailOptions, Transporter } from "nodemailer";
import { isLoopback } from "../http/host.ts";
import { type Mail, type MailAddress, MailNotSent, MailRefused } from "./mail.ts";
import type { MailTransport } from "./transport.ts";

interface SmtpOptions {
  /** Such as `smtp://user:password@smtp.example:587`, checked by `readMailConfig`. */
  readonly url: string;
  readonly from: MailAddress;
  /** For each mail, from the connection to the last answer, in milliseconds. */
  readonly deadline: number;
}

/** What nodemailer says of a failure. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The code of the system, such as ECONNREFUSED. */
  readonly originalCode?: string;
  readonly command?: string;
  readonly response?: string;
}

/** Sends mails to a mail server, over connections that are kept for a while. */
export class SmtpTransport implements MailTransport {
  readonly #options: SmtpOptions;
  #transporter: Promise<Transporter> | null = null;

  constructor(options: SmtpOptions) {
    this.#options = options;
  }

  async deliver(mail: Mail): Promise<string> {
    const { from, deadline } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), deadline);
    try {
      const transporter = await (this.#transporter ??= openPool(this.#options));
      const sent = await transporter.sendMail({ ...contentOf(mail), from, signal: late.signal });
      return sent.response ?? "";
    } catch (error) {
      if (late.signal.aborted) {
        throw new MailNotSent("Cannot send a mail: the mail server did not answer in time");
      }
      throw failureOf(error as SmtpError);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the connections; no mail can be sent any more. */
  async close(): Promise<void> {
    (await this.#transporter)?.close();
  }
}

/** Loaded with the first mail, because the start would wait for it. */
async function openPool({ url, from }: SmtpOptions): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  const transporter = createTransport({
    ...serverOf(new URL(url)),
    pool: true,
    maxRequeues: 1, // the outbox tries again
    idleTimeout: 30_000,
    name: from.address.split("@")[1], // for EHLO; the name of the machine would need a permission
    maxResponseSize: 64 * 1024,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // What no mail caused: the server ended an idle connection. The next mail opens another.
  transporter.on("error", () => {});
  return transporter;
}

/** Where the server is, and how it is talked to. */
function serverOf({ protocol, hostname, port, username, password }: URL) {
  const isImplicit = protocol === "smtps:";
  // Nobody listens in on the machine itself, and mail servers there often have no certificate or
  // one that nobody signed.
  const isLocal = !isImplicit && isLoopback(hostname);
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port) || (isImplicit ? 465 : 587),
    secure: isImplicit,
    requireTLS: !isLocal,
    tls: { minVersion: "TLSv1.2", rejectUnauthorized: !isLocal },
    ...(username ? { auth: credentialsOf(username, password) } : {}),
  } as const;
}

function credentialsOf(username: string, password: string): { user: string; pass: string } {
  return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}

/** Addresses as objects only: in a string a comma or a line break would add a recipient. */
function contentOf({ to, subject, text, html, messageId }: Mail): SendMailOptions {
  const headers = { "Auto-Submitted": "auto-generated" };
  return { to: { name: to.name, address: to.address }, subject, text, html, messageId, headers };
}

/** Without the texts of the server and of nodemailer, which can hold an address. */
function failureOf(error: SmtpError): MailNotSent {
  const { code, originalCode, command = "", response = "", message } = error;
  const status = /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response)?.[0];
  const what = status
    ? `the mail server answered ${status} to ${command}`
    : `${originalCode ?? code ?? error.name}`;
  const Failure = isForGood(error) ? MailRefused : MailNotSent;
  return new Failure(`Cannot send a mail: ${what}`, response || message);
}

/**
 * The address does not exist (RFC 3463 §3.2), or nobody takes the mail there. Codes of the form
 * 5.7.x are about rights: they say that the settings, or the name of this server, need care.
 */
const refusal = /^5\d\d[ -]5\.1\.\d|^55[034](?![ -]5\.7\.)/;

function isForGood({ code, command, response = "" }: SmtpError): boolean {
  // nodemailer itself finds no way to write the address.
  if (code === "EENVELOPE" && command === "API") return true;
  const isAboutMail = code === "EENVELOPE" || code === "EMESSAGE";
  return isAboutMail && command !== "MAIL FROM" && refusal.test(response);
}
