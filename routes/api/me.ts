import type { Login } from "@latchkey/login";
import { Hono } from "hono";
import type { User } from "../../lib/account/user.ts";

/** For programs: JSON, and 401 instead of a login page. */
export function apiRoutes(login: Login<User>) {
  const routes = new Hono();
  const api = login.area({ loginPage: null, reauthenticatePage: null });

  routes.get("/api/me", api.required, (c) => {
    const { id, name, email } = c.var.user;
    return c.json({ id, name, email });
  });

  return routes;
}
