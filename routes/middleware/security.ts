import type { Hono, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Config } from "../../lib/config.ts";
import { isHost } from "../../lib/http/host.ts";
import { Overloaded } from "../../lib/throttle/overloaded.ts";
import { refuse } from "./errors.tsx";
import { reportsPath, setHeaders } from "./headers.ts";
import { requireShortHeaders } from "./request_headers.ts";

const reportTypes = ["application/csp-report", "application/reports+json"];
const formType = "application/x-www-form-urlencoded";

const ending = "Cannot read the form: the process ends";

const MAX_BODY_BYTES = 16 * 1024;

type SecurityConfig = Pick<Config, "origin" | "hsts">;

/** Protects every route: headers, host, method, origin, content type, size of the body. */
export function installSecurity(app: Hono, { origin, hsts }: SecurityConfig): void {
  app.use(setHeaders(origin, hsts));
  app.use(requireHost);
  app.use(requireShortHeaders);
  app.use(requireAllowedMethod(app));
  app.use(rejectEmbedding);
  app.use(requireSameOrigin(origin));
  app.use(requireExpectedType);
  app.use(bufferBody);
}

/**
 * Refuses a `Host`, or an `:authority` of HTTP/2, that is no host. Deno joins it and the path into
 * one text, which Hono reads as the URL: "localhost/login?" would decide the route.
 */
const requireHost: MiddlewareHandler = async (c, next) => {
  const [, authority = ""] = /^[a-z]+:\/\/([^/?#]*)/i.exec(c.req.url) ?? [];
  const isValid = isHost(authority) && isHost(c.req.header("host") ?? authority);
  return isValid ? await next() : await refuse(c, "wrong_host");
};

/** Refuses a method that the path does not have, before the rest of the request is judged. */
function requireAllowedMethod(app: Hono): MiddlewareHandler {
  const isRoute = ({ method }: { method: string }) => method !== "ALL";
  return async (c, next) => {
    if (matchedRoutes(c).some(isRoute)) return await next();
    const methods = [...new Set(app.routes.filter(isRoute).map(({ method }) => method))];
    const allowed = methods.filter((method) =>
      app.router.match(method, c.req.path)[0].some(([[, route]]) => isRoute(route))
    );
    if (allowed.length === 0) return await next();
    c.header("Allow", allowed.flatMap((it) => it === "GET" ? ["GET", "HEAD"] : it).join(", "));
    return await refuse(c, "method_not_allowed");
  };
}

/** Only assets may be part of a page: everything else refuses to be a frame, image or script. */
const rejectEmbedding: MiddlewareHandler = async (c, next) => {
  const destination = c.req.header("sec-fetch-dest") ?? "document";
  const isEmbedded = !["document", "empty", "report"].includes(destination);
  return isEmbedded && !c.req.path.startsWith("/assets/")
    ? await refuse(c, "embedded")
    : await next();
};

/**
 * Refuses unsafe requests that another site made the browser send. Decides by `Sec-Fetch-Site`, and
 * by `Origin` in browsers without it.
 */
function requireSameOrigin(origin: string): MiddlewareHandler {
  return async (c, next) => {
    if (isSafe(c.req.method)) return await next();
    const site = c.req.header("sec-fetch-site");
    const from = c.req.header("origin");
    const allowed = site === undefined ? from === origin : site === "same-origin";
    // Chromium sends reports without either header (2026). They can do nothing but write a log line.
    const isReport = c.req.path === reportsPath && site === undefined && from === undefined;
    if (allowed || isReport) return await next();
    c.var.log("malicious_csrf", { site, origin: from });
    return await refuse(c, "cross_site");
  };
}

/** Accepts no content type but that of our forms or, for reports, those of reports. */
const requireExpectedType: MiddlewareHandler = async (c, next) => {
  if (isSafe(c.req.method)) return await next();
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const expected = c.req.path === reportsPath ? reportTypes : [formType];
  return expected.includes(type) ? await next() : await refuse(c, "wrong_type");
};

/** Reads the whole body before a guard runs: a session could end while a slow body arrives. */
const bufferBody: MiddlewareHandler = async (c, next) => {
  if (isSafe(c.req.method)) return await next();
  const body = await readBody(c.req.raw).catch((error) => {
    // `server.shutdown()` takes away the bodies that have not arrived.
    if (error instanceof Deno.errors.BadResource) throw new Overloaded(ending, { cause: error });
    return "wrong_type" as const;
  });
  if (typeof body === "string") return await refuse(c, body);
  // Hono reads the body from here. A new Request would do, but Deno then warns about its signal.
  c.req.bodyCache.arrayBuffer = Promise.resolve(body) as never;
  return await next();
};

/** Reads a body of at most {@link MAX_BODY_BYTES}; rejects when the client breaks off. */
async function readBody(request: Request): Promise<ArrayBuffer | "too_large"> {
  if (Number(request.headers.get("content-length")) > MAX_BODY_BYTES) return "too_large";
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return "too_large"; // leaving the loop cancels the rest
    chunks.push(chunk);
  }
  return await new Blob(chunks).arrayBuffer();
}

/** RFC 9110 §9.2.1 */
function isSafe(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(method);
}
