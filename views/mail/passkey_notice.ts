import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { noticeMail } from "./notice.ts";

export interface PasskeyNoticeProps {
  readonly name: string;
  /** The name of the passkey. */
  readonly passkey: string;
  readonly time: Date;
  readonly undoUrl: string;
}

/** Somebody else may have chosen the name: a mail has none that could be a link or a sentence. */
const plainName = /^[\p{L}\d][\p{L}\p{M}\d,'’\- ]{0,40}$/v;

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
      ...plainName.test(passkey) ? [[facts.passkey, passkey] as const] : [],
      [facts.time, dateAndTime(text, time)],
    ],
    ifYou,
    ifNotYou,
    reason,
  });
}
