import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { type BrowserFacts, browserFacts } from "./browser_facts.ts";
import { noticeMail } from "./notice.ts";

interface NewBrowserProps extends BrowserFacts {
  readonly name: string;
  readonly undoUrl: string;
}

/** Reports a login from a browser that never logged in to this account before. */
export function newBrowserMail(text: Text, props: NewBrowserProps): MailContent {
  const { subject, event, ifYou, reason } = text.mail.newBrowser;
  return noticeMail(text, {
    ...props,
    subject,
    event: event(text.siteName),
    facts: browserFacts(text, props),
    ifYou,
    ifNotYou: text.mail.ifNotYou,
    reason,
  });
}
