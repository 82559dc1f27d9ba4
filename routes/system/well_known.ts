import { Hono } from "hono";
import { type Clock, DAY } from "../../lib/time.ts";

const path = "/.well-known/security.txt";

/** What programs look for at fixed places (RFC 8615). */
export function wellKnownRoutes(origin: string, securityContact: string | null, now: Clock) {
  const routes = new Hono();

  /** RFC 9116: whom to tell of a weakness. */
  routes.get(path, (c) => {
    if (securityContact === null) return c.notFound();
    const expires = new Date(now().getTime() + 180 * DAY).toISOString();
    return c.text([
      `Contact: ${securityContact}`,
      `Expires: ${expires}`,
      `Preferred-Languages: ${c.var.text.lang}`,
      `Canonical: ${origin}${path}`,
      "",
    ].join("\n"));
  });

  /** Where password managers send people. */
  routes.get("/.well-known/change-password", (c) => c.redirect("/account/password", 303));

  return routes;
}
