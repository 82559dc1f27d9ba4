import { Hono } from "hono";
import type { LogFields } from "../../lib/log/log.ts";
import { type Clock, MINUTE } from "../../lib/time.ts";
import { reportsPath } from "../middleware/headers.ts";

/** Lines a minute: a page that goes wrong everywhere, or a liar, must not fill the log. */
const MAX_PER_MINUTE = 20;

/** What browsers tell of our policy at work. Anybody can lie here, so only words we know are kept. */
export function reportRoutes(site: Hono, now: Clock) {
  const routes = new Hono();
  let minute = 0;
  let logged = 0;

  routes.post(reportsPath, async (c) => {
    for (const report of readReports(await c.req.text())) {
      if (!mayLog()) break;
      c.var.log("malicious_csp_violation", factsOf(report));
    }
    return c.body(null, 204);
  });

  function mayLog(): boolean {
    const current = Math.floor(now().getTime() / MINUTE);
    if (current !== minute) [minute, logged] = [current, 0];
    return ++logged <= MAX_PER_MINUTE;
  }

  function factsOf(report: Report): LogFields {
    const directive = report["effective-directive"] ?? report.effectiveDirective;
    const blocked = report["blocked-uri"] ?? report.blockedURL;
    const page = report["document-uri"] ?? report.documentURL;
    return { directive: word(directive), blocked: wordOrHost(blocked), page: patternOf(page) };
  }

  /** The pattern only: an address may hold a token. */
  function patternOf(page: unknown): string {
    const pathname = typeof page === "string" ? URL.parse(page)?.pathname : undefined;
    const route = site.routes.find(({ method, path }) =>
      method === "GET" && pathname && new URLPattern({ pathname: path }).test({ pathname })
    );
    return route?.path ?? "unknown";
  }

  return routes;
}

type Report = Readonly<Record<string, unknown>>;

/** Both ways to send them: one as `{"csp-report": …}`, or several as `[{"body": …}]`. */
function readReports(text: string): Report[] {
  const sent = parse(text);
  const reports = Array.isArray(sent)
    ? sent.filter((it) => it?.type === "csp-violation").map((it) => it.body)
    : [(sent as Report | null)?.["csp-report"]];
  return reports.filter((it) => typeof it === "object" && it !== null);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function word(text: unknown): string {
  return typeof text === "string" && /^[a-z-]{1,40}$/.test(text) ? text : "unknown";
}

/** Where it came from, or a word such as "inline"; no path, because that may hold anything. */
function wordOrHost(text: unknown): string {
  const host = typeof text === "string" ? URL.parse(text)?.host : undefined;
  return host ? host.slice(0, 100) : word(text);
}
