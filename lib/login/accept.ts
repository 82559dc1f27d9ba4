/** A longer `Accept` header is read up to here. */
const MAX_ACCEPT_LENGTH = 1024;

/**
 * Whether an `Accept` header prefers JSON, of any kind, to a page (RFC 9110 §12.5.1). A wildcard names
 * neither, so that browsers and simple clients get the page.
 */
export function prefersJson(accept: string): boolean {
  let [json, html] = [0, 0];
  for (const range of accept.slice(0, MAX_ACCEPT_LENGTH).toLowerCase().split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const q = Number(parameters.find((it) => it.startsWith("q="))?.slice(2) ?? 1);
    if (/^application\/(?:[^/]+\+)?json$/.test(type)) json = Math.max(json, q || 0);
    if (type === "text/html" || type === "application/xhtml+xml") html = Math.max(html, q || 0);
  }
  return json > html;
}
