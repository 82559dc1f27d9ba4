import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { type BrowserFacts, browserFacts } from "./browser_facts.ts";
import { noticeMail } from "./notice.ts";

interface TotpDisabledProps extends BrowserFacts {
  readonly name: string;
  readonly undoUrl: string;
}

/** Reports that too many wrong codes disabled the app on the phone. */
export function totpDisabledMail(text: Text, props: TotpDisabledProps): MailContent {
  const { subject, event, ifYou } = text.mail.totpDisabled;
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
