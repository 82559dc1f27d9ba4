import type { Context, MiddlewareHandler } from "hono";

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

const permissionsPolicy = [
  ...deniedFeatures.map((it) => `${it}=()`),
  ...ownFeatures.map((it) => `${it}=(self)`),
].join(", ");

/**
 * What scripts, styles and forms of our pages may do (CSP Level 3).
 *
 * @param formOrigins Other sites that a form of the page may lead to.
 */
function contentSecurityPolicy(isHttps: boolean, formOrigins: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self'",
    ["form-action 'self'", ...formOrigins].join(" "),
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    `report-uri ${reportsPath}`,
    // Replaces `report-uri` in newer browsers, and works over https only.
    ...(isHttps ? ["report-to csp"] : []),
  ].join("; ");
}

/** A mail in a frame: it has styles of its own, and can do nothing but follow its links. */
const framedMailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "frame-ancestors 'self'",
  "sandbox allow-top-navigation-by-user-activation",
].join("; ");

/** What every answer says to the browser. */
function commonHeaders(origin: string, hsts: string | null): [name: string, value: string][] {
  const isHttps = origin.startsWith("https:");
  return [
    ["Content-Security-Policy", contentSecurityPolicy(isHttps)],
    ["Cross-Origin-Opener-Policy", "same-origin"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
    ["Origin-Agent-Cluster", "?1"],
    ["Permissions-Policy", permissionsPolicy],
    // With no-referrer browsers would send `Origin: null` with our own forms.
    ["Referrer-Policy", "same-origin"],
    ["X-Content-Type-Options", "nosniff"],
    ["X-DNS-Prefetch-Control", "off"],
    ["X-Download-Options", "noopen"],
    ["X-Frame-Options", "DENY"],
    ["X-Permitted-Cross-Domain-Policies", "none"],
    ["X-XSS-Protection", "0"],
    ["Cache-Control", "no-store"], // a route may say otherwise
    ...(isHttps
      ? [["Reporting-Endpoints", `csp="${origin}${reportsPath}"`] as [string, string]]
      : []),
    // Browsers ignore it over plain http (localhost only).
    ...(isHttps && hsts ? [["Strict-Transport-Security", hsts] as [string, string]] : []),
  ];
}

/**
 * Sets the headers of every answer, except those that the route has set. They go straight onto the
 * answer's own headers: `c.header()` before the route would make Deno read and check each one
 * twice, and afterwards it would make Hono build a second `Response`.
 */
export function setHeaders(origin: string, hsts: string | null): MiddlewareHandler {
  const indexed = commonHeaders(origin, hsts);
  const unlisted = [...indexed, ["X-Robots-Tag", "noindex"] as const];
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    for (const [name, value] of indexedPaths.includes(c.req.path) ? indexed : unlisted) {
      if (!headers.has(name)) headers.append(name, value);
    }
  };
}

/** Lets a page show parts of the site in a frame. */
export function allowFrames(c: Context): void {
  const isHttps = c.var.origin.startsWith("https:");
  c.header(
    "Content-Security-Policy",
    `${contentSecurityPolicy(isHttps)}; frame-src 'self'`,
  );
}

/** Lets a form of a page lead to other sites: Chromium checks every redirect behind it. */
export function allowFormsTo(c: Context, origins: readonly string[]): void {
  const isHttps = c.var.origin.startsWith("https:");
  c.header("Content-Security-Policy", contentSecurityPolicy(isHttps, origins));
}

/** Lets pages of the site show this answer, a mail, in a frame. */
export function setFramedMailHeaders(c: Context): void {
  c.header("Content-Security-Policy", framedMailPolicy);
  c.header("X-Frame-Options", "SAMEORIGIN");
}
