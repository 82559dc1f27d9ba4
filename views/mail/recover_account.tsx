import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { dateAndTime } from "../time.tsx";
import { writeMail } from "./layout.tsx";

interface RecoverAccountProps {
  /** When the link starts to work. */
  readonly worksFrom: Date;
  readonly url: string;
}

/** Tells that the operator lets somebody back in without their second factor, and how to stop it. */
export function recoverAccountMail(
  text: Text,
  { worksFrom, url }: RecoverAccountProps,
): MailContent {
  const { subject, event, action, label, otherwise, ifNotYou } = text.mail.recoverAccount;
  return writeMail(text, {
    subject,
    parts: [
      text.mail.greeting(null),
      event(text.siteName),
      action(dateAndTime(text, worksFrom)),
      { label, url },
      otherwise,
      ifNotYou,
    ],
  });
}
