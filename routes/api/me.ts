import { createRoute, z } from "@hono/zod-openapi";
import { authenticatedBy, jsonAnswer, newApi, refusals } from "../api_operation.ts";
import type { Services } from "../services.ts";

const meSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
}).openapi("User");

export function meRoutes({ guards }: Pick<Services, "guards">) {
  const routes = newApi();

  const readMe = createRoute({
    method: "get",
    path: "/api/me",
    operationId: "readMe",
    summary: "Who the token or the session belongs to",
    security: authenticatedBy("profile:read"),
    middleware: guards.scope("profile:read"),
    responses: { 200: jsonAnswer("The user", meSchema), ...refusals },
  });
  routes.openapi(readMe, (c) => {
    const { id, name, email } = c.var.user;
    return c.json({ id, name, email }, 200);
  });

  return routes;
}
