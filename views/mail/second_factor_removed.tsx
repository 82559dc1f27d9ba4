import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { noticeMail } from "./notice.ts";

interface SecondFactorRemovedProps {
  readonly name: string;
  /** What the factor is called. */
  readonly factor: string;
  readonly time: Date;
  readonly undoUrl: string;
}

/** Reports a second factor that was removed. */
export function secondFactorRemovedMail(text: Text, props: SecondFactorRemovedProps): MailContent {
  const { subject, event, factor } = text.mail.secondFactorRemoved;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName),
    facts: [[factor, props.factor], [text.mail.facts.time, dateAndTime(text, props.time)]],
    ifYou: text.mail.ifYou,
    ifNotYou: text.mail.ifNotYou,
    reason: text.mail.securityReason,
  });
}
