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
  /**
   * In angle brackets. Made when the mail is written, so that a mail that is sent twice is the
   * same one.
   */
  readonly messageId: string;
}

/** A mail as the outbox keeps it. One to nobody costs what any other costs, and is never sent. */
export interface WaitingMail extends Omit<Mail, "to"> {
  readonly to: MailAddress | null;
}

/**
 * Hands a mail to the server that sends it.
 *
 * @throws {MailRefused} When the server will never take this mail. Any other error may pass.
 */
export type SendMail = (mail: Mail) => Promise<void>;

/** A mail did not leave. The message can be logged: it holds no address and no password. */
export class MailNotSent extends Error {
  override name = "MailNotSent";
  /** What the server said. It can hold the address of the person: it is never logged. */
  readonly answer: string;

  constructor(message: string, answer = "") {
    super(message);
    this.answer = answer;
  }
}

/** The server refused a mail for good: there is no such address, for example. */
export class MailRefused extends MailNotSent {
  override name = "MailRefused";
}
