import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { writeMail } from "./layout.tsx";

interface ResetPasswordProps {
  readonly url: string;
  /** Why an administrator mails it; null when somebody asked for it with the address. */
  readonly reason: string | null;
}

/** Holds the link to choose a new password. */
export function resetPasswordMail(text: Text, { url, reason }: ResetPasswordProps): MailContent {
  const words = text.mail.resetPassword;
  const facts: [string, string][] = reason === null ? [] : [[text.mail.facts.reason, reason]];
  return writeMail(text, {
    subject: words.subject,
    parts: [
      text.mail.greeting(null),
      reason === null ? words.event(text.siteName) : words.byAdministrator(text.siteName),
      ...facts.length > 0 ? [{ facts }] : [],
      reason === null ? words.action : words.actionAsked,
      { label: words.label, url },
      words.otherwise,
      ...reason === null ? [words.ifNotYou] : [words.keepIt, text.mail.administered.ifQuestions],
    ],
  });
}
