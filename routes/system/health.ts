import { Hono } from "hono";
import { type Kv, StoreUnavailable } from "../../lib/kv/kv.ts";

export function healthRoutes(kv: Kv) {
  const routes = new Hono();

  routes.use("/health/*", async (c, next) => {
    c.header("Cache-Control", "no-store");
    await next();
  });

  /** The process answers. */
  routes.get("/health/live", (c) => c.json({ status: "ok" }));

  /** The process can do its work: the store answers as well. */
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
