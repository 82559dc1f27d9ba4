import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { greetingName } from "./greeting_name.ts";
import { type MailFacts, writeMail } from "./layout.tsx";

interface Notice {
  /** Whom the mail greets. */
  readonly name: string;
  readonly subject: string;
  /** What happened. */
  readonly event: string;
  readonly facts: MailFacts["facts"];
  /** What to do if it was them. */
  readonly ifYou: string;
  /** What to do if it was not, and what the link then does. */
  readonly ifNotYou: string;
  readonly undoUrl: string;
  readonly reason: string;
}

/** Writes a mail that reports something, with a link that undoes it. */
export function noticeMail(text: Text, notice: Notice): MailContent {
  return writeMail(text, {
    subject: notice.subject,
    parts: [
      text.mail.greeting(greetingName(notice.name)),
      notice.event,
      { facts: notice.facts },
      notice.ifYou,
      notice.ifNotYou,
      { label: text.mail.undo, url: notice.undoUrl },
      notice.reason,
    ],
  });
}
