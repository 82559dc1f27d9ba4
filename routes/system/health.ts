import { Hono } from "hono";
import { type Kv, StoreUnavailable } from "../../lib/kv/kv.ts";
import { type Clock, MINUTE, SECOND } from "../../lib/time.ts";
import type { Services } from "../services.ts";

/** How long a write that worked speaks for the next ones: anybody may ask, and each write costs. */
const writeProofFor = 10 * SECOND;

export function healthRoutes({ kv, now }: Pick<Services, "kv" | "now">) {
  const routes = new Hono();
  const proveWrite = writeProbe(kv, now);

  routes.use("/health/*", async (c, next) => {
    c.header("Cache-Control", "no-store");
    await next();
  });

  routes.get("/health/live", (c) => c.json({ status: "ok" }));

  /** Whether the database can be read and written, too: with a full disk no form works. */
  routes.get("/health/ready", async (c) => {
    try {
      await Promise.all([kv.get(["health"]), proveWrite()]);
      return c.json({ status: "ok" });
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return c.json({ status: "unavailable" }, 503, { "Retry-After": "5" });
    }
  });

  return routes;
}

/** Returns a function that writes to the database, unless a write worked a short time ago. */
function writeProbe(kv: Kv, now: Clock): () => Promise<void> {
  let provedAt = -Infinity;
  let underWay: Promise<void> | null = null;
  return () => {
    if (now().getTime() - provedAt < writeProofFor) return Promise.resolve();
    underWay ??= write().finally(() => underWay = null);
    return underWay;
  };

  async function write(): Promise<void> {
    await kv.atomic().set(["health"], "ready", { expireIn: MINUTE }).commit();
    provedAt = now().getTime();
  }
}
