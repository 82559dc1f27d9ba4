import type { Login } from "@latchkey/login";
import { Hono } from "hono";
import type { User } from "../lib/account/user.ts";
import { AccountPage } from "../views/account.tsx";

export function accountRoutes(login: Login<User>) {
  const routes = new Hono();

  routes.get("/account", login.required, (c) => {
    const { text } = c.var;
    return c.render(<AccountPage text={text} />, { title: text.account.title });
  });

  return routes;
}
