import type { MiddlewareHandler } from "hono";
import type { Outbox } from "../../lib/mail/outbox.ts";

/** Sends the mails that a request committed, once its answer is made. */
export function sendMails(outbox: Outbox): MiddlewareHandler {
  return async (c, next) => {
    await next();
    // Those that were prepared but not committed are found missing.
    for (const id of c.get("preparedMails") ?? []) outbox.sendSoon(id);
  };
}
