import type { Context, Hono, MiddlewareHandler } from "hono";
import type { Config } from "../../lib/config.ts";
import { isHost } from "../../lib/http/host.ts";
import { Overloaded } from "../../lib/throttle/overloaded.ts";
import { hasToken } from "./api_token.ts";
import { type Refusal, refuse } from "./errors.tsx";
import { reportsPath, setHeaders } from "./headers.ts";
import { isForPrograms } from "./problem.ts";
import { judgeHeaders } from "./request_headers.ts";

const reportTypes = ["application/csp-report", "application/reports+json"];
const formType = "application/x-www-form-urlencoded";

const ending = "Cannot read the form: the process ends";

/** Where providers say that somebody logged out there. */
export const providerLogoutPath = "/login/with/:provider/backchannel-logout";
const providerLogout = new RegExp(`^${providerLogoutPath.replace(":provider", "[^/]+")}$`);

/** The mails of the development mailbox, as HTML. */
const framedMail = /^\/dev\/mailbox\/[^/]+\/html$/;

const MAX_BODY_BYTES = 16 * 1024;

type SecurityConfig = Pick<Config, "origin" | "hsts" | "mail">;

/** Why a request is refused before its route; null when it may go on. */
type Judge = (c: Context) => Refusal | null;

/** Protects every route: headers, host, method, origin, content type, size of the body. */
export function installSecurity(app: Hono, { origin, hsts, mail }: SecurityConfig): void {
  const framed = mail?.transport.kind === "mailbox" ? framedMail : null;
  const judges: Judge[] = [
    judgeHost,
    judgeHeaders,
    judgeMethod(app),
    judgeDestination(framed),
    judgeOrigin(origin),
    judgeType,
  ];
  app.use(setHeaders(origin, hsts));
  app.use(async (c, next) => {
    for (const judge of judges) {
      const refusal = judge(c);
      if (refusal) return await refuse(c, refusal);
    }
    return await next();
  });
  app.use(bufferBody);
}

/**
 * Refuses a `Host`, or an `:authority` of HTTP/2, that is no host. Deno joins it and the path into
 * one text, which Hono reads as the URL: "localhost/login?" would decide the route.
 */
const judgeHost: Judge = (c) => {
  const [, authority = ""] = /^[a-z]+:\/\/([^/?#]*)/i.exec(c.req.url) ?? [];
  const host = c.req.header("host") ?? authority;
  return isHost(authority) && (host === authority || isHost(host)) ? null : "wrong_host";
};

/** Refuses a method that the path does not have, before the rest of the request is judged. */
function judgeMethod(app: Hono): Judge {
  const isRoute = ({ method }: { method: string }) => method !== "ALL";
  return (c) => {
    if (c.get("route") !== null) return null;
    const methods = [...new Set(app.routes.filter(isRoute).map(({ method }) => method))];
    const allowed = methods.filter((method) =>
      app.router.match(method, c.req.path)[0].some(([[, route]]) => isRoute(route))
    );
    if (allowed.length === 0) return null;
    c.header("Allow", allowed.flatMap((it) => it === "GET" ? ["GET", "HEAD"] : it).join(", "));
    return "method_not_allowed";
  };
}

/**
 * Only assets may be part of a page: everything else refuses to be a frame, image or script.
 *
 * @param framed The paths that may be in a frame of ours; null for none.
 */
function judgeDestination(framed: RegExp | null): Judge {
  return (c) => {
    const destination = c.req.header("sec-fetch-dest") ?? "document";
    const isEmbedded = !["document", "empty", "report"].includes(destination);
    const isFrame = destination === "iframe" && c.req.header("sec-fetch-site") === "same-origin";
    if (!isEmbedded || c.req.path.startsWith("/assets/")) return null;
    return isFrame && framed?.test(c.req.path) ? null : "embedded";
  };
}

/**
 * Refuses unsafe requests that another site made the browser send. Decides by `Sec-Fetch-Site`, and
 * by `Origin` in browsers without it. A request with an API token is as good as its token, wherever
 * it comes from.
 */
function judgeOrigin(origin: string): Judge {
  return (c) => {
    if (isSafe(c.req.method)) return null;
    const site = c.req.header("sec-fetch-site");
    const from = c.req.header("origin");
    const allowed = site === undefined ? from === origin : site === "same-origin";
    const isBare = site === undefined && from === undefined;
    // Chromium sends reports without either header (2026). They can only write a log line.
    const isReport = isBare && c.req.path === reportsPath;
    // A provider's server is no browser, and its token is all that counts.
    const isLogout = isBare && providerLogout.test(c.req.path);
    if (allowed || isReport || isLogout || hasToken(c)) return null;
    c.var.log("malicious_csrf", { site, origin: from });
    return "cross_site";
  };
}

/**
 * Accepts no content type but that of our forms or, for reports, those of reports. The API takes no
 * bodies, so any type will do there.
 */
const judgeType: Judge = (c) => {
  if (isSafe(c.req.method) || isForPrograms(c)) return null;
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const expected = c.req.path === reportsPath ? reportTypes : [formType];
  return expected.includes(type) ? null : "wrong_type";
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
