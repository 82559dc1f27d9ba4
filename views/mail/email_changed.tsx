import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { noticeMail } from "./notice.ts";

interface EmailChangedProps {
  readonly name: string;
  /** Partly hidden, because somebody else may read the old mailbox. */
  readonly newEmail: string;
  readonly time: Date;
  readonly undoUrl: string;
}

/** Reports to the old address that the account has a new one. */
export function emailChangedMail(text: Text, props: EmailChangedProps): MailContent {
  const { subject, event, ifNotYou } = text.mail.emailChanged;
  const { facts } = text.mail;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName),
    facts: [[facts.newEmail, props.newEmail], [facts.time, dateAndTime(text, props.time)]],
    ifYou: text.mail.ifYou,
    ifNotYou,
    reason: text.mail.securityReason,
  });
}
