/** A longer `Accept` header is read up to here. */
const MAX_ACCEPT_LENGTH = 1024;

/** Whether the method promises to change nothing. */
export function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

/** Whether somebody sees the answer: not with HEAD, and not a page that a browser fetches ahead. */
export function isShown({ method, headers }: Request): boolean {
  const purposes = ["sec-purpose", "purpose", "x-moz"].map((name) => headers.get(name) ?? "");
  return method !== "HEAD" && !purposes.some((purpose) => /prefetch/i.test(purpose));
}

/** Whether the request opens a WebSocket. */
export function isWebSocket({ headers }: Request): boolean {
  return /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers.get("upgrade") ?? "");
}

/**
 * Whether the `Accept` header prefers JSON, of any kind, to a page (RFC 9110 §12.5.1). A wildcard
 * names neither, so browsers and simple clients get the page. A WebSocket follows no redirect.
 */
export function asksForJson(request: Request): boolean {
  if (isWebSocket(request)) return true;
  const accept = (request.headers.get("accept") ?? "").slice(0, MAX_ACCEPT_LENGTH).toLowerCase();
  let [json, html] = [0, 0];
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const q = Number(parameters.find((it) => it.startsWith("q="))?.slice(2) ?? 1);
    if (/^application\/(?:[^/]+\+)?json$/.test(type)) json = Math.max(json, q || 0);
    if (type === "text/html" || type === "application/xhtml+xml") html = Math.max(html, q || 0);
  }
  return json > html;
}
