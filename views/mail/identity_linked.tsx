import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { identityNotice, type IdentityNoticeProps } from "./identity_notice.ts";

/** Reports an account at a provider that was linked. */
export function identityLinkedMail(text: Text, props: IdentityNoticeProps): MailContent {
  return identityNotice(text, props, text.mail.identityLinked);
}
