import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Where browsers report what our policy stopped. */
export const reportsPath = "/reports/csp";

const twoYears = 63072000;

/** What search engines may show. */
const findable = ["/", "/login", "/register"];

/** What a page of ours never asks a browser for; then no injected script can either. */
const features = [
  "accelerometer",
  "autoplay",
  "browsing-topics",
  "camera",
  "clipboard-read",
  "clipboard-write",
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
const ownFeatures = ["publickey-credentials-create", "publickey-credentials-get"];

/** What a browser lets our pages do, on every answer. */
export function policies(origin: string): MiddlewareHandler {
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
      // Where a browser knows both ways it takes this one, which works over https only.
      ...(https ? { reportTo: "csp" } : {}),
    },
    ...(https ? { reportingEndpoints: [{ name: "csp", url: origin + reportsPath }] } : {}),
    // Over plain http (on localhost only) browsers ignore it, and must not be taught https.
    strictTransportSecurity: https ? `max-age=${twoYears}; includeSubDomains` : false,
    // Under no-referrer, browsers send `Origin: null` with our own forms.
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
  });
}

const permissionsPolicy = [
  ...features.map((it) => `${it}=()`),
  ...ownFeatures.map((it) => `${it}=(self)`),
].join(", ");

/** What an answer may not be used for, unless it says so itself or stands in a list above. */
export const restrictions: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("Permissions-Policy", permissionsPolicy);
  if (!findable.includes(c.req.path)) c.header("X-Robots-Tag", "noindex");
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
};
