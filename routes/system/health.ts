import { Hono } from "hono";
import { StoreUnavailable } from "../../lib/kv/kv.ts";
import type { Services } from "../services.ts";

export function healthRoutes({ kv }: Pick<Services, "kv">) {
  const routes = new Hono();

  routes.use("/health/*", async (c, next) => {
    c.header("Cache-Control", "no-store");
    await next();
  });

  routes.get("/health/live", (c) => c.json({ status: "ok" }));

  /** Whether the store answers, too. */
  routes.get("/health/ready", async (c) => {
    try {
      await kv.get(["health"]);
      return c.json({ status: "ok" });
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return c.json({ status: "unavailable" }, 503, { "Retry-After": "5" });
    }
  });

  return routes;
}
