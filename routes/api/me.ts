import { Hono } from "hono";
import type { Services } from "../services.ts";

export function meRoutes({ guards }: Pick<Services, "guards">) {
  const routes = new Hono();

  routes.get("/api/me", guards.api.required, (c) => {
    const { id, name, email } = c.var.user;
    return c.json({ id, name, email });
  });

  return routes;
}
