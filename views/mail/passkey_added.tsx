import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { passkeyNotice, type PasskeyNoticeProps } from "./passkey_notice.ts";

/** Reports a passkey that was added. */
export function passkeyAddedMail(text: Text, props: PasskeyNoticeProps): MailContent {
  return passkeyNotice(text, props, text.mail.passkeyAdded);
}
