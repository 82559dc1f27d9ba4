import type { Context } from "hono";
import type { RegistrationMails } from "../lib/account/registrations.ts";
import type { MailServices, Services } from "./services.ts";

export type RegistrationMailsResult =
  | { readonly ok: true; readonly mails: RegistrationMails }
  /** Too many mails were caused from this network. */
  | { readonly ok: false; readonly retryAfter: number };

/**
 * The mails of a registration at an address (in canonical form). When too many registered it, nobody
 * gets a mail, but an account is created all the same: a stranger must not keep its owner from
 * registering.
 */
export async function registrationMails(
  c: Context,
  email: string,
  { mails, askingBrowser }: MailServices,
  throttle: Services["throttle"],
): Promise<RegistrationMailsResult> {
  const browser = askingBrowser.remember(c);
  const admission = await throttle.mailAdmission(c, "register", email);
  if (admission.verdict === "refused") return { ok: false, retryAfter: admission.retryAfter };
  const isCapped = admission.verdict === "capped";
  return {
    ok: true,
    mails: {
      waiting: isCapped ? "stays" : "gives_way",
      created: (user) => mails.verifyEmail(c, isCapped ? null : user, browser),
      taken: (owner) => mails.alreadyRegistered(c, isCapped ? null : owner),
    },
  };
}
