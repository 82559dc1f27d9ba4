import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { type BrowserFacts, browserFacts } from "./browser_facts.ts";
import { noticeMail } from "./notice.ts";

interface SecondFactorFailedProps extends BrowserFacts {
  readonly name: string;
  readonly undoUrl: string;
}

/** Reports a login whose second factor was wrong. */
export function secondFactorFailedMail(text: Text, props: SecondFactorFailedProps): MailContent {
  const { subject, event, ifYou } = text.mail.secondFactorFailed;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName),
    facts: browserFacts(text, props),
    ifYou,
    ifNotYou: text.mail.ifNotYou,
    reason: text.mail.securityReason,
  });
}
