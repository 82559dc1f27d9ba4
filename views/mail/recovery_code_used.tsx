import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { type BrowserFacts, browserFacts } from "./browser_facts.ts";
import { noticeMail } from "./notice.ts";

interface RecoveryCodeUsedProps extends BrowserFacts {
  readonly name: string;
  /** How many codes still work. */
  readonly left: number;
  readonly undoUrl: string;
}

/** Reports that a recovery code was used. */
export function recoveryCodeUsedMail(text: Text, props: RecoveryCodeUsedProps): MailContent {
  const { subject, event, ifYou } = text.mail.recoveryCodeUsed;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName, props.left),
    facts: browserFacts(text, props),
    ifYou,
    ifNotYou: text.mail.ifNotYou,
    reason: text.mail.securityReason,
  });
}
