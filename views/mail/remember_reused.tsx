import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { type BrowserFacts, browserFacts } from "./browser_facts.ts";
import { noticeMail } from "./notice.ts";

interface RememberReusedProps extends BrowserFacts {
  readonly name: string;
  readonly undoUrl: string;
}

/** Reports that a remember cookie came back after it was replaced: somebody has a copy. */
export function rememberReusedMail(text: Text, props: RememberReusedProps): MailContent {
  const { subject, event, ifYou } = text.mail.rememberReused;
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
