import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { writeMail } from "./layout.tsx";

/** Holds the link to choose a new password. */
export function resetPasswordMail(text: Text, { url }: { readonly url: string }): MailContent {
  const { subject, event, action, label, otherwise, ifNotYou } = text.mail.resetPassword;
  return writeMail(text, {
    subject,
    parts: [
      text.mail.greeting(null),
      event(text.siteName),
      action,
      { label, url },
      otherwise,
      ifNotYou,
    ],
  });
}
