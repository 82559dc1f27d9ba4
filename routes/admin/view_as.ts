import { Hono } from "hono";
import type { Services } from "../services.ts";
import { viewAsEndPath } from "../view_as.ts";

/** Ends looking at an account. */
export function viewAsRoutes(
  { login, guards, viewAs }: Pick<Services, "login" | "guards" | "viewAs">,
) {
  const routes = new Hono();

  routes.post(viewAsEndPath, guards.viewing, async (c) => {
    const viewed = await viewAs.current(c);
    if (viewed) await viewAs.end(c);
    if (viewed) await login.flash(c, "view_ended");
    return c.redirect(viewed ? `/admin/users/${viewed.id}` : "/", 303);
  });

  return routes;
}
