import type { Context } from "hono";
import type { User } from "../lib/account/user.ts";
import type { Write } from "../lib/kv/write.ts";
import { FREE_ATTEMPTS } from "../lib/throttle/backoff.ts";
import type { ProvedLogin } from "./complete_login.tsx";
import type { Mails } from "./mails.ts";

/**
 * Whether a mail may tell of a new browser. `free` where something beside the password was proved,
 * so that nobody who only knows it can send many.
 */
export type NewBrowserMail =
  | { readonly verdict: "free" | "too_many" }
  /** The write that counts the mail. */
  | { readonly verdict: "counted"; readonly count: Write };

/** The mail that tells of a login, if it needs one: both kinds say where it came from. */
export function loginNotice(
  c: Context,
  { user, proved }: { readonly user: User; readonly proved: ProvedLogin },
  mails: Mails,
): readonly Write[] {
  const { failures, isKnownDevice, newBrowserMail } = proved;
  if (failures >= FREE_ATTEMPTS) return mails.loginAfterFailures(c, user, failures);
  if (isKnownDevice || !user.newBrowserNotices) return [];
  if (newBrowserMail.verdict === "too_many") return [];
  const count = newBrowserMail.verdict === "counted" ? [newBrowserMail.count] : [];
  return [...mails.newBrowser(c, user), ...count];
}
