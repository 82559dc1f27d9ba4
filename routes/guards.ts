import type { Login } from "@latchkey/login";
import type { MiddlewareHandler } from "hono";
import type { User } from "../lib/account/user.ts";

/** Sends whoever's password is known to others to the page where it is changed (ASVS 6.2.10). */
export function requirePasswordChange(login: Login<User>): MiddlewareHandler {
  return async (c, next) => {
    const user = await login.user(c);
    return user?.passwordCompromised ? c.redirect("/account/password", 303) : await next();
  };
}
