import type { MiddlewareHandler } from "hono";
import { networkPrefix } from "../../lib/http/client_address.ts";
import { tokenBucket } from "../../lib/throttle/backoff.ts";
import { MemoryLimit } from "../../lib/throttle/memory_limit.ts";
import { type Clock, MINUTE, SECOND } from "../../lib/time.ts";

/** Bounds what one network asks for in a minute, for requests of scripts that cost little. */
export class NetworkLimit {
  readonly middleware: MiddlewareHandler;

  constructor(perMinute: number, now: Clock) {
    const limit = new MemoryLimit(tokenBucket(perMinute, MINUTE / perMinute), now);
    this.middleware = async (c, next) => {
      const decision = limit.consume(networkPrefix(c.var.address));
      if (decision.ok) return await next();
      return c.json({}, 429, { "Retry-After": String(Math.ceil(decision.wait / SECOND)) });
    };
  }
}
