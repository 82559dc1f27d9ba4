import type { MiddlewareHandler } from "hono";
import { clientAddress } from "../../lib/http/client_address.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** The client's address; null when the server does not know it. */
    address: string | null;
  }
}

/** Gives every route `c.var.address`. On Deno Deploy the platform sees to it that the socket's is right. */
export function addresses(trustedProxies: number): MiddlewareHandler {
  return async (c, next) => {
    const socket = c.env?.remoteAddr?.hostname; // what Deno.serve tells of the connection
    const forwardedFor = c.req.header("x-forwarded-for");
    c.set("address", clientAddress(socket, forwardedFor, trustedProxies));
    await next();
  };
}
