import { Hono } from "hono";
import { HomePage } from "../views/home.tsx";
import type { Services } from "./services.ts";

export function homeRoutes({ login, guards }: Pick<Services, "login" | "guards">) {
  const routes = new Hono();

  routes.get("/", guards.open, async (c) => {
    const { text } = c.var;
    return c.render(<HomePage text={text} user={await login.user(c)} />, {
      title: text.home.title,
    });
  });

  return routes;
}
