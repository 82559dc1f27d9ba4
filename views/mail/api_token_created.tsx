import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { noticeMail } from "./notice.ts";
import { plainName } from "./plain_name.ts";

interface ApiTokenCreatedProps {
  readonly name: string;
  /** The name of the token. */
  readonly token: string;
  readonly end: Date;
  readonly time: Date;
  readonly undoUrl: string;
}

/** Reports a new API token. */
export function apiTokenCreatedMail(
  text: Text,
  { token, end, time, ...props }: ApiTokenCreatedProps,
): MailContent {
  const { created, ...labels } = text.apiTokens.mails;
  return noticeMail(text, {
    ...props,
    subject: created.subject,
    event: created.event(text.siteName),
    facts: [
      ...plainName(labels.token, token),
      [labels.end, dateAndTime(text, end)],
      [text.mail.facts.time, dateAndTime(text, time)],
    ],
    ifYou: text.mail.ifYou,
    ifNotYou: text.mail.ifNotYou,
    reason: text.mail.securityReason,
  });
}
