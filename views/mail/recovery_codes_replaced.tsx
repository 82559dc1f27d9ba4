import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { noticeMail } from "./notice.ts";

interface RecoveryCodesReplacedProps {
  readonly name: string;
  readonly time: Date;
  readonly undoUrl: string;
}

/** Reports a new set of recovery codes. */
export function recoveryCodesReplacedMail(
  text: Text,
  props: RecoveryCodesReplacedProps,
): MailContent {
  const { subject, event } = text.mail.recoveryCodesReplaced;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName),
    facts: [[text.mail.facts.time, dateAndTime(text, props.time)]],
    ifYou: text.mail.ifYou,
    ifNotYou: text.mail.ifNotYou,
    reason: text.mail.securityReason,
  });
}
