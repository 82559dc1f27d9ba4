import type { Hono, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { refuse } from "./errors.tsx";

/** The longest body of a form, in bytes. */
const longestBody = 16 * 1024;
const twoYears = 63072000;

/** What protects the people in browsers, on every route: headers, origin, content type, size. */
export function protectBrowsers(app: Hono, origin: string): void {
  app.use(headers(origin));
  app.use(sameOriginOnly(origin));
  app.use(formsOnly);
  app.use(bodyLimit({ maxSize: longestBody, onError: (c) => refuse(c, "too_large") }));
  app.use(wholeBodyFirst);
}

function headers(origin: string): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // Over plain http (on localhost only) browsers ignore it, and must not be taught https.
    strictTransportSecurity: origin.startsWith("https:")
      ? `max-age=${twoYears}; includeSubDomains`
      : false,
    // Under no-referrer, browsers send `Origin: null` with our own forms.
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
    permissionsPolicy: {
      camera: [],
      geolocation: [],
      microphone: [],
      payment: [],
      usb: [],
      publickeyCredentialsGet: ["self"],
    },
  });
}

/**
 * Refuses what another site makes a browser send, on every unsafe method and content type. Browsers
 * that say where a request comes from (Fetch Metadata) are believed; older ones show their origin.
 */
function sameOriginOnly(origin: string): MiddlewareHandler {
  return async (c, next) => {
    if (isSafe(c.req.method)) return await next();
    const site = c.req.header("sec-fetch-site");
    const from = c.req.header("origin");
    const allowed = site === undefined ? from === origin : site === "same-origin";
    if (allowed) return await next();
    c.var.log("malicious_csrf", { site, origin: from });
    return await refuse(c, "cross_site");
  };
}

/** Forms answer only to the one content type they use. */
const formsOnly: MiddlewareHandler = async (c, next) => {
  if (isSafe(c.req.method)) return await next();
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  const isForm = type === "application/x-www-form-urlencoded";
  return isForm ? await next() : await refuse(c, "wrong_type");
};

/**
 * Reads the whole body before anybody looks at the visitor: a guard that has passed must not wait for the
 * rest of a form, because the right may be revoked meanwhile.
 */
const wholeBodyFirst: MiddlewareHandler = async (c, next) => {
  if (isSafe(c.req.method)) return await next();
  const isWhole = await c.req.arrayBuffer().then(() => true, () => false);
  return isWhole ? await next() : await refuse(c, "wrong_type"); // the sender hung up, or broke off
};

/** RFC 9110 §9.2.1. */
function isSafe(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(method);
}
