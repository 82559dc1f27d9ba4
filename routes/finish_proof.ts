import type { AuthMethod } from "@latchkey/login";
import type { Context } from "hono";
import { nextAfterProof } from "./middleware/held_request.ts";
import type { Services } from "./services.ts";

/**
 * Makes the login fresh of somebody who proved again who they are, and goes on.
 *
 * @param next As it came with the proof.
 */
export async function finishProof(
  c: Context,
  methods: readonly AuthMethod[],
  next: string | undefined,
  { login, heldRequests }: Pick<Services, "login" | "heldRequests">,
): Promise<Response> {
  const session = await login.reauthenticate(c, methods);
  if (!session) return c.redirect("/login", 303); // another browser ended it meanwhile
  await login.flash(c, "reauthenticated");
  const target = await nextAfterProof(heldRequests, session.id, next);
  return c.redirect(await login.takeNext(c, target), 303);
}
