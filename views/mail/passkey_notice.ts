import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { noticeMail } from "./notice.ts";
import { plainName } from "./plain_name.ts";

export interface PasskeyNoticeProps {
  readonly name: string;
  /** The name of the passkey. */
  readonly passkey: string;
  readonly time: Date;
  readonly undoUrl: string;
}

/** Writes a mail about a passkey. */
export function passkeyNotice(
  text: Text,
  { passkey, time, ...props }: PasskeyNoticeProps,
  { subject, event }: Text["mail"]["passkeyAdded"],
): MailContent {
  const { facts, ifYou, ifNotYou, securityReason: reason } = text.mail;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName),
    facts: [
      ...plainName(facts.passkey, passkey),
      [facts.time, dateAndTime(text, time)],
    ],
    ifYou,
    ifNotYou,
    reason,
  });
}
