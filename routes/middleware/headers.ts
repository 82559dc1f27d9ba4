import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Where browsers report violations of our policy. */
export const reportsPath = "/reports/csp";

/** Search engines may list these. */
const indexedPaths = ["/", "/login", "/register"];

/** Browser features that no page of ours uses, denied to injected scripts as well. */
const deniedFeatures = [
  "accelerometer",
  "autoplay",
  "browsing-topics",
  "camera",
  "clipboard-read",
  "compute-pressure",
  "cross-origin-isolated",
  "digital-credentials-get",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "gamepad",
  "geolocation",
  "gyroscope",
  "hid",
  "identity-credentials-get",
  "idle-detection",
  "keyboard-map",
  "local-fonts",
  "magnetometer",
  "microphone",
  "midi",
  "otp-credentials",
  "payment",
  "picture-in-picture",
  "screen-wake-lock",
  "serial",
  "storage-access",
  "sync-xhr",
  "usb",
  "window-management",
  "xr-spatial-tracking",
];
const ownFeatures = [
  "clipboard-write",
  "publickey-credentials-create",
  "publickey-credentials-get",
];

/** What browsers let our pages do. */
export function securityHeaders(origin: string, hsts: string | null): MiddlewareHandler {
  const https = origin.startsWith("https:");
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      manifestSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      objectSrc: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ["'none'"],
      reportUri: reportsPath,
      // Replaces `report-uri` in newer browsers, and works over https only.
      ...(https ? { reportTo: "csp" } : {}),
    },
    ...(https ? { reportingEndpoints: [{ name: "csp", url: origin + reportsPath }] } : {}),
    // Browsers ignore it over plain http (localhost only).
    strictTransportSecurity: https && hsts ? hsts : false,
    // With no-referrer browsers would send `Origin: null` with our own forms.
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
  });
}

const permissionsPolicy = [
  ...deniedFeatures.map((it) => `${it}=()`),
  ...ownFeatures.map((it) => `${it}=(self)`),
].join(", ");

/** Denies features, indexing and caching, except where the lists above or the route allow it. */
export const restrictiveHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("Permissions-Policy", permissionsPolicy);
  if (!indexedPaths.includes(c.req.path)) c.header("X-Robots-Tag", "noindex");
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
};
