/** Whom a mail is from, or for. */
export interface MailAddress {
  /** What stands before the address; empty for none. */
  readonly name: string;
  readonly address: string;
}

/** What a person reads: the same words as text and as HTML. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail to one person. */
export interface Mail extends MailContent {
  readonly to: MailAddress;
  /** Made when the mail is written, so that a mail that is sent twice is the same one. */
  readonly messageId: string;
}

/**
 * Hands a mail to the server that sends it.
 *
 * @throws {MailRefused} When the server will never take this mail. Any other error may pass.
 */
export type SendMail = (mail: Mail) => Promise<void>;

/** The server refused a mail for good: there is no such address, for example. */
export class MailRefused extends Error {
  override name = "MailRefused";
}
