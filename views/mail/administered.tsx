import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { greetingName } from "./greeting_name.ts";
import { writeMail } from "./layout.tsx";

/** What was done to an account by people who run the site. */
export type AdministeredAct = keyof Text["mail"]["administered"]["events"];

interface AdministeredProps {
  readonly name: string;
  readonly act: AdministeredAct;
  readonly reason: string;
  readonly time: Date;
}

/** Reports what an administrator did. The person cannot undo it, so there is no link. */
export function administeredMail(
  text: Text,
  { name, act, reason, time }: AdministeredProps,
): MailContent {
  const { subjects, events, ifQuestions } = text.mail.administered;
  return writeMail(text, {
    subject: subjects[act],
    parts: [
      text.mail.greeting(greetingName(name)),
      events[act](text.siteName),
      {
        facts: [[text.mail.facts.reason, reason], [text.mail.facts.time, dateAndTime(text, time)]],
      },
      ifQuestions,
      text.mail.securityReason,
    ],
  });
}
