import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { writeMail } from "./layout.tsx";

interface AlreadyRegisteredProps {
  readonly loginUrl: string;
  readonly resetUrl: string;
}

/** Says that somebody tried to register, or to move an account, to an address that has one. */
export function alreadyRegisteredMail(
  text: Text,
  { loginUrl, resetUrl }: AlreadyRegisteredProps,
): MailContent {
  const { subject, event, ifYou, logIn, resetPassword, ifNotYou } = text.mail.alreadyRegistered;
  return writeMail(text, {
    subject,
    parts: [
      text.mail.greeting(null),
      event(text.siteName),
      ifYou,
      { label: logIn, url: loginUrl },
      { label: resetPassword, url: resetUrl },
      ifNotYou,
    ],
  });
}
