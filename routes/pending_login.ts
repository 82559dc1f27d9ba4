import type { Context } from "hono";
import type { Services } from "./services.ts";

/** Ends the login that waits in this browser for its second factor, if there is one. */
export async function endPendingLogin(
  c: Context,
  { pendingLogins, pendingCookie }: Pick<Services, "pendingLogins" | "pendingCookie">,
): Promise<void> {
  const token = pendingCookie.read(c);
  if (token === undefined) return;
  const found = await pendingLogins.find(token);
  if (found) await pendingLogins.end(found);
  pendingCookie.delete(c);
}
