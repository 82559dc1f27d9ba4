import { Hono } from "hono";
import { type Kv, StoreUnavailable } from "../../lib/kv/kv.ts";
import { type Clock, MINUTE, SECOND } from "../../lib/time.ts";
import type { Services } from "../services.ts";

/** How long an answer of the database speaks for the next ones: anybody may ask, and it costs. */
const proofFor = 10 * SECOND;

export function healthRoutes({ kv, now, outbox }: Pick<Services, "kv" | "now" | "outbox">) {
  const routes = new Hono();
  const proveWrite = keptProof(() => write(kv), now);
  const isOutboxStuck = outbox ? keptProof(() => outbox.isStuck(), now) : () => false;

  routes.use("/health/*", async (c, next) => {
    c.header("Cache-Control", "no-store");
    await next();
  });

  routes.get("/health/live", (c) => c.json({ status: "ok" }));

  /** Whether the database can be read and written: with a full disk no form works. And mail. */
  routes.get("/health/ready", async (c) => {
    try {
      const [isStuck] = await Promise.all([isOutboxStuck(), kv.get(["health"]), proveWrite()]);
      return isStuck
        ? c.json({ status: "unavailable", reason: "outbox_stuck" }, 503, { "Retry-After": "60" })
        : c.json({ status: "ok" });
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return c.json({ status: "unavailable" }, 503, { "Retry-After": "5" });
    }
  });

  return routes;
}

async function write(kv: Kv): Promise<void> {
  await kv.atomic().set(["health"], "ready", { expireIn: MINUTE }).commit();
}

/** Returns a function that asks again only a while after the last answer. */
function keptProof<T>(ask: () => Promise<T>, now: Clock): () => Promise<T> {
  let kept: { readonly answer: T; readonly askedAt: number } | null = null;
  let underWay: Promise<T> | null = null;
  return () => {
    if (kept && now().getTime() - kept.askedAt < proofFor) return Promise.resolve(kept.answer);
    underWay ??= askAgain().finally(() => underWay = null);
    return underWay;
  };

  async function askAgain(): Promise<T> {
    const answer = await ask();
    kept = { answer, askedAt: now().getTime() };
    return answer;
  }
}
