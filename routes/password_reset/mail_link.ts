import type { Context } from "hono";
import type { MailServices, Services } from "../services.ts";

/** Mails the link that sets a password to the user with this address, within the limits of mails. */
export async function mailPasswordLink(
  c: Context,
  email: string,
  { accounts, throttle, mails }: Pick<Services & MailServices, "accounts" | "throttle" | "mails">,
): Promise<void> {
  const { verdict } = await throttle.mailAdmission(c, "reset_password", email);
  // The same work for every address: only the network's limit ends it sooner.
  if (verdict === "refused") return;
  const { user } = await accounts.findCredential(email);
  const isSent = verdict === "admitted" && user?.active;
  await mails.commit(mails.resetPassword(c, isSent ? user : null));
}
