import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { type BrowserFacts, browserFacts } from "./browser_facts.ts";
import { noticeMail } from "./notice.ts";

interface LoginAfterFailuresProps extends BrowserFacts {
  readonly name: string;
  /** Wrong passwords, codes or passkeys before the right one. */
  readonly failures: number;
  readonly undoUrl: string;
}

/** Reports a login that came after many failures. */
export function loginAfterFailuresMail(text: Text, props: LoginAfterFailuresProps): MailContent {
  const { subject, event, ifYou } = text.mail.loginAfterFailures;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName, props.failures),
    facts: browserFacts(text, props),
    ifYou,
    ifNotYou: text.mail.ifNotYou,
    reason: text.mail.securityReason,
  });
}
