import type { Context, MiddlewareHandler } from "hono";
import { ipv6BlockPrefix, networkPrefix } from "../../lib/http/client_address.ts";
import { tokenBucket } from "../../lib/throttle/backoff.ts";
import { MemoryLimit } from "../../lib/throttle/memory_limit.ts";
import { type Clock, MINUTE, SECOND } from "../../lib/time.ts";

/** One subscriber may have every network of an IPv6 /48; it may ask for as much as these. */
const NETWORKS_PER_BLOCK = 4;

/** Bounds what one network asks for in a minute, for requests of scripts that cost little. */
export class NetworkLimit {
  /** Counts a request; gives the seconds that it has to wait, or null. */
  readonly consume: (c: Context) => number | null;
  readonly middleware: MiddlewareHandler;

  constructor(perMinute: number, now: Clock) {
    const networks = new MemoryLimit(tokenBucket(perMinute, MINUTE / perMinute), now);
    const perBlock = NETWORKS_PER_BLOCK * perMinute;
    const blocks = new MemoryLimit(tokenBucket(perBlock, MINUTE / perBlock), now);
    this.consume = (c) => {
      const block = ipv6BlockPrefix(c.var.address);
      let decision = networks.consume(networkPrefix(c.var.address));
      // A network that is refused takes nothing from the others of its block.
      if (decision.ok && block !== null) decision = blocks.consume(block);
      return decision.ok ? null : Math.ceil(decision.wait / SECOND);
    };
    this.middleware = async (c, next) => {
      const wait = this.consume(c);
      if (wait === null) return await next();
      return c.json({}, 429, { "Retry-After": String(wait) });
    };
  }
}
