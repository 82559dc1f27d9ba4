import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { greetingName } from "./greeting_name.ts";
import { writeMail } from "./layout.tsx";
import { plainName } from "./plain_name.ts";

interface ApiTokenEndsProps {
  readonly name: string;
  /** The name of the token. */
  readonly token: string;
  readonly end: Date;
}

/** Tells of an API token that ends in a week. Nothing happened, so there is nothing to undo. */
export function apiTokenEndsMail(
  text: Text,
  { name, token, end }: ApiTokenEndsProps,
): MailContent {
  const { ends, ...labels } = text.apiTokens.mails;
  return writeMail(text, {
    subject: ends.subject,
    parts: [
      text.mail.greeting(greetingName(name)),
      ends.event(text.siteName),
      { facts: [...plainName(labels.token, token), [labels.end, dateAndTime(text, end)]] },
      ends.advice,
      ends.ifNotYou,
      text.mail.securityReason,
    ],
  });
}
