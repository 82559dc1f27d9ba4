import { Hono } from "hono";
import { DAY } from "../../lib/time.ts";
import type { Services } from "../services.ts";

const securityPath = "/.well-known/security.txt";

/** Paths that programs look for on every site (RFC 8615). */
export function wellKnownRoutes({ config, now }: Pick<Services, "config" | "now">) {
  const routes = new Hono();

  /** RFC 9116 */
  routes.get(securityPath, (c) => {
    const { origin, securityContact } = config;
    if (securityContact === null) return c.notFound();
    const expires = new Date(now().getTime() + 180 * DAY).toISOString();
    const lines = [
      `Contact: ${securityContact}`,
      `Expires: ${expires}`,
      `Preferred-Languages: ${c.var.text.lang}`,
      `Canonical: ${origin}${securityPath}`,
      "",
    ];
    return c.body(lines.join("\n"), 200, { "Content-Type": "text/plain; charset=UTF-8" });
  });

  /** Password managers link to it. */
  routes.get("/.well-known/change-password", (c) => c.redirect("/account/password", 303));

  /** Password managers offer to make a passkey here (W3C Passkey Endpoints). */
  routes.get("/.well-known/passkey-endpoints", (c) => {
    const page = `${config.origin}/account/passkeys`;
    return c.json({ enroll: page, manage: page });
  });

  return routes;
}
