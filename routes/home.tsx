import type { Login } from "@latchkey/login";
import { Hono } from "hono";
import type { User } from "../lib/account/user.ts";
import { HomePage } from "../views/home.tsx";

export function homeRoutes(login: Login<User>) {
  const routes = new Hono();

  routes.get("/", async (c) => {
    const { text } = c.var;
    return c.render(<HomePage text={text} user={await login.user(c)} />, {
      title: text.home.title,
    });
  });

  return routes;
}
