import type { Context } from "hono";
import type { User } from "../lib/account/user.ts";
import { DAY } from "../lib/time.ts";
import type { ProvedLogin } from "./complete_login.tsx";
import type { Services } from "./services.ts";

/** A user without a passkey is offered one at most this often, in milliseconds. */
const offerInterval = 30 * DAY;

/** Offers a passkey, on the next page, to somebody who typed a password; once in a while. */
export async function offerPasskey(
  c: Context,
  { user, proved }: { readonly user: User; readonly proved: ProvedLogin },
  { login, accounts, now }: Pick<Services, "login" | "accounts" | "now">,
): Promise<void> {
  const isPasswordLogin = proved.methods.includes("pwd") && !proved.greeting;
  if (!isPasswordLogin || user.factors.includes("hwk")) return;
  if (user.passwordCompromised) return; // until it is replaced, no other page opens
  const last = user.passkeyOfferedAt?.getTime() ?? 0;
  if (now().getTime() - last < offerInterval) return;
  await accounts.notePasskeyOffered(user.id);
  await login.flash(c, "passkey_offer");
}
