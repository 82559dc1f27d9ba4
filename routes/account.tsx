import { Hono } from "hono";
import { AccountPage } from "../views/account.tsx";
import type { Services } from "./services.ts";

export function accountRoutes({ guards }: Pick<Services, "guards">) {
  const routes = new Hono();

  routes.get("/account", guards.required, (c) => {
    const { text, features } = c.var;
    return c.render(<AccountPage text={text} features={features} />, { title: text.account.title });
  });

  return routes;
}
