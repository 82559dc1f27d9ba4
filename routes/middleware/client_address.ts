import type { MiddlewareHandler } from "hono";
import { clientAddress } from "../../lib/http/client_address.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** The client's address; null when the server does not know it. */
    address: string | null;
  }
}

/** Sets `c.var.address`. On Deno Deploy the socket's address is already the client's. */
export function setClientAddress(trustedProxies: number): MiddlewareHandler {
  return async (c, next) => {
    const socket = c.env?.remoteAddr?.hostname; // from Deno.serve
    const forwardedFor = c.req.header("x-forwarded-for");
    c.set("address", clientAddress(socket, forwardedFor, trustedProxies));
    await next();
  };
}
