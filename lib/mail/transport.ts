import type { SendMail } from "./mail.ts";
import type { MailConfig } from "./mail_config.ts";

/** Makes what sends mails. Without mail nothing may ask for one. */
export function makeSend(_mail: MailConfig | null): SendMail {
  return () => Promise.reject(new Error("Cannot send a mail: mail is off"));
}
