import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { greetingName } from "./greeting_name.ts";
import { writeMail } from "./layout.tsx";

interface AccountDeletedProps {
  readonly name: string;
  readonly time: Date;
}

/** Reports a deletion. It cannot be undone, so there is no link. */
export function accountDeletedMail(text: Text, { name, time }: AccountDeletedProps): MailContent {
  const { subject, event, ifYou, ifNotYou } = text.mail.accountDeleted;
  return writeMail(text, {
    subject,
    parts: [
      text.mail.greeting(greetingName(name)),
      event(text.siteName),
      { facts: [[text.mail.facts.time, dateAndTime(text, time)]] },
      ifYou,
      ifNotYou,
    ],
  });
}
