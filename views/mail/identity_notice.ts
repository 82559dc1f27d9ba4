import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { noticeMail } from "./notice.ts";

export interface IdentityNoticeProps {
  readonly name: string;
  /** What people call the provider: the settings say it, no user does. */
  readonly provider: string;
  readonly time: Date;
  readonly undoUrl: string;
}

type IdentityNoticeText =
  & Text["mail"]["identityUnlinked"]
  & Partial<Pick<Text["mail"]["identityLinked"], "ifNotYou">>;

/** Writes a mail about an account at a provider. */
export function identityNotice(
  text: Text,
  { provider, time, ...props }: IdentityNoticeProps,
  { subject, event, ifNotYou = text.mail.ifNotYou }: IdentityNoticeText,
): MailContent {
  const { facts, ifYou, securityReason: reason } = text.mail;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName, provider),
    facts: [[facts.provider, provider], [facts.time, dateAndTime(text, time)]],
    ifYou,
    ifNotYou,
    reason,
  });
}
