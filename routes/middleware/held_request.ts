import type { Login } from "@latchkey/login";
import type { Context } from "hono";
import type { User } from "../../lib/account/user.ts";
import type { HeldRequests } from "../../lib/credential/held_request.ts";
import { currentPath } from "./page.tsx";

declare module "hono" {
  interface ContextVariableMap {
    /** Whether this request waits until the user proves again who they are. */
    isHeld?: true;
  }
}

/** Where a held request is finished. */
export const finishPage = "/reauthenticate/finish";

/** A form with one of these fields is never kept. */
const secretFields = ["password", "current_password"];

/** Holds a form whose user has to prove first who they are, to do it after the proof. */
export type Hold = (c: Context) => Promise<void>;

export function createHold(login: Login<User>, heldRequests: HeldRequests): Hold {
  return async (c) => {
    if (!canBeHeld(c)) return;
    const session = await login.session(c);
    if (!session) return;
    const body = await c.req.text();
    const fields = new URLSearchParams(body);
    if (secretFields.some((name) => fields.has(name))) return;
    const { method, path } = c.req;
    const request = { method, path, route: c.var.route ?? "", body, page: currentPath(c) };
    if (await heldRequests.hold(session.id, request)) c.set("isHeld", true);
  };
}

/** Whether the request is a form, sent by a person, and a page can say what it does. */
function canBeHeld(c: Context): boolean {
  const isForm = c.req.method === "POST" &&
    (c.req.header("sec-fetch-dest") ?? "document") === "document";
  return isForm && Object.hasOwn(c.var.text.finish.actions, c.var.route ?? "");
}

/**
 * Where to go after the proof: `next`, or the request that this session waits to finish.
 *
 * @param next As it came with the proof.
 */
export async function nextAfterProof(
  heldRequests: HeldRequests,
  sessionId: string,
  next: string | undefined,
): Promise<string | undefined> {
  if (next) return next;
  return await heldRequests.find(sessionId) ? finishPage : undefined;
}
