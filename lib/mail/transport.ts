import { SECOND } from "../time.ts";
import { HttpApiTransport } from "./http_api.ts";
import type { Mail, SendMail } from "./mail.ts";
import type { MailConfig } from "./mail_config.ts";
import { SmtpTransport } from "./smtp.ts";

/** For each mail. */
const deadline = 10 * SECOND;

/** A way to another server, which sends mails on. */
export interface MailTransport {
  /**
   * Hands a mail over. Returns what the server said.
   *
   * @throws {MailRefused} When the server will never take this mail.
   * @throws {MailNotSent} When it may take it later.
   */
  deliver(mail: Mail): Promise<string>;
}

/** Makes the configured way to another server; null when mails stay here or mail is off. */
export function makeTransport(
  mail: MailConfig | null,
  fetch: typeof globalThis.fetch,
): MailTransport | null {
  if (!mail || mail.transport.kind === "mailbox") return null;
  const { from, transport } = mail;
  return transport.kind === "smtp"
    ? new SmtpTransport({ url: transport.url, from, deadline })
    : new HttpApiTransport({ url: transport.url, key: transport.key, from, fetch, deadline });
}

/** Makes what sends mails. Without mail nothing may ask for one. */
export function makeSend(mail: MailConfig | null, fetch: typeof globalThis.fetch): SendMail {
  const transport = makeTransport(mail, fetch);
  return async (it) => {
    if (!transport) throw new Error("Cannot send a mail: mail is off");
    await transport.deliver(it);
  };
}
