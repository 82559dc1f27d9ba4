import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { identityNotice, type IdentityNoticeProps } from "./identity_notice.ts";

/** Reports an account at a provider that was unlinked. */
export function identityUnlinkedMail(text: Text, props: IdentityNoticeProps): MailContent {
  return identityNotice(text, props, text.mail.identityUnlinked);
}
