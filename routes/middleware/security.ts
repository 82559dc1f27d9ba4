import type { Hono, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { refuse } from "./errors.tsx";
import { reportsPath, restrictiveHeaders, securityHeaders } from "./headers.ts";

const reportTypes = ["application/csp-report", "application/reports+json"];
const formType = "application/x-www-form-urlencoded";

const MAX_BODY_BYTES = 16 * 1024;

/** Protects every route: headers, origin, content type, size of the body. */
export function installSecurity(app: Hono, origin: string): void {
  app.use(securityHeaders(origin));
  app.use(restrictiveHeaders);
  app.use(rejectEmbedding);
  app.use(requireSameOrigin(origin));
  app.use(requireExpectedType);
  app.use(
    tolerateBadChunks(
      bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, "too_large") }),
    ),
  );
  app.use(bufferBody);
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

/** Answers 415 instead of 500 when `limit` cannot read the chunks of a body. */
function tolerateBadChunks(limit: MiddlewareHandler): MiddlewareHandler {
  return async (c, next) => {
    let passed = false;
    try {
      return await limit(c, () => (passed = true, next()));
    } catch (error) {
      if (passed) throw error;
      return await refuse(c, "wrong_type");
    }
  };
}

/** Reads the whole body before a guard runs: a session could end while a slow body arrives. */
const bufferBody: MiddlewareHandler = async (c, next) => {
  if (isSafe(c.req.method)) return await next();
  const isWhole = await c.req.arrayBuffer().then(() => true, () => false);
  return isWhole ? await next() : await refuse(c, "wrong_type");
};

/** RFC 9110 §9.2.1 */
function isSafe(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(method);
}
