import type { Hono, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { refuse } from "./errors.tsx";
import { policies, reportsPath, restrictions } from "./headers.ts";

const reportTypes = ["application/csp-report", "application/reports+json"];
const formType = "application/x-www-form-urlencoded";

/** The longest body of a form, in bytes. */
const MAX_BODY_BYTES = 16 * 1024;

/** What protects the people in browsers, on every route: headers, origin, content type, size. */
export function installSecurity(app: Hono, origin: string): void {
  app.use(policies(origin));
  app.use(restrictions);
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

/** Refuses to be a picture, a script or a frame of any page: only assets are made for that. */
const rejectEmbedding: MiddlewareHandler = async (c, next) => {
  const use = c.req.header("sec-fetch-dest") ?? "document";
  const isPart = !["document", "empty", "report"].includes(use);
  return isPart && !c.req.path.startsWith("/assets/") ? await refuse(c, "embedded") : await next();
};

/**
 * Refuses what another site makes a browser send, on every unsafe method and content type. Browsers
 * that say where a request comes from (Fetch Metadata) are believed; older ones show their origin.
 */
function requireSameOrigin(origin: string): MiddlewareHandler {
  return async (c, next) => {
    if (isSafe(c.req.method)) return await next();
    const site = c.req.header("sec-fetch-site");
    const from = c.req.header("origin");
    const allowed = site === undefined ? from === origin : site === "same-origin";
    // Chromium sends reports with neither (as of 2026), and all they can do is fill a line of the log.
    const isReport = c.req.path === reportsPath && site === undefined && from === undefined;
    if (allowed || isReport) return await next();
    c.var.log("malicious_csrf", { site, origin: from });
    return await refuse(c, "cross_site");
  };
}

/** Forms answer only to the one content type they use, and so do reports. */
const requireExpectedType: MiddlewareHandler = async (c, next) => {
  if (isSafe(c.req.method)) return await next();
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const expected = c.req.path === reportsPath ? reportTypes : [formType];
  return expected.includes(type) ? await next() : await refuse(c, "wrong_type");
};

/** The limit reads what comes in chunks, and chunks can be nonsense: that is no fault of ours. */
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

/**
 * Reads the whole body before anybody looks at the visitor: a guard that has passed must not wait for the
 * rest of a form, because the right may be revoked meanwhile.
 */
const bufferBody: MiddlewareHandler = async (c, next) => {
  if (isSafe(c.req.method)) return await next();
  const isWhole = await c.req.arrayBuffer().then(() => true, () => false);
  return isWhole ? await next() : await refuse(c, "wrong_type"); // the sender hung up, or broke off
};

/** RFC 9110 §9.2.1. */
function isSafe(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(method);
}
