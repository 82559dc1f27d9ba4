import { Hono } from "hono";
import { type Kv, StoreUnavailable } from "../../lib/kv/kv.ts";
import { type Clock, MINUTE, SECOND } from "../../lib/time.ts";
import type { Services } from "../services.ts";

/** How long an answer of the database speaks for the next ones: anybody may ask, and it costs. */
const proofFor = 10 * SECOND;

type NotReady = "database_read" | "database_write" | "outbox_stuck";

export function healthRoutes(
  { kv, now, log, outbox }: Pick<Services, "kv" | "now" | "log" | "outbox">,
) {
  const routes = new Hono();
  let problem: NotReady | null = null;
  const proveWrite = keptProof(() => write(kv), now);
  const isOutboxStuck = outbox
    ? keptProof(() => outbox.isStuck(), now)
    : () => Promise.resolve(false);

  routes.use("/health/*", async (c, next) => {
    c.header("Cache-Control", "no-store");
    await next();
  });

  routes.get("/health/live", (c) => c.json({ status: "ok" }));

  /** Whether the database can be read and written: with a full disk no form works. And mail. */
  routes.get("/health/ready", async (c) => {
    const reason = await findProblem();
    if (reason !== problem) {
      log(reason ? "not_ready" : "ready_again", { reason: reason ?? undefined });
    }
    problem = reason;
    if (reason === "outbox_stuck") {
      return c.json({ status: "unavailable", reason }, 503, { "Retry-After": "60" });
    }
    if (reason) return c.json({ status: "unavailable" }, 503, { "Retry-After": "5" });
    return c.json({ status: "ok" });
  });

  async function findProblem(): Promise<NotReady | null> {
    const isStuck = isOutboxStuck();
    const [readFailed, outboxFailed, writeFailed] = await Promise.all(
      [kv.get(["health"]), isStuck, proveWrite()].map(failed),
    );
    if (readFailed || outboxFailed) return "database_read";
    if (writeFailed) return "database_write";
    return await isStuck ? "outbox_stuck" : null;
  }

  return routes;
}

/** Whether the database failed a call. */
async function failed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    if (error instanceof StoreUnavailable) return true;
    throw error;
  }
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
