import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { writeMail } from "./layout.tsx";

/** Asks at the new address to confirm it. It holds no name, because a stranger may have chosen it. */
export function changeEmailMail(text: Text, { url }: { readonly url: string }): MailContent {
  const { subject, event, action, label, otherwise, ifNotYou } = text.mail.changeEmail;
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
