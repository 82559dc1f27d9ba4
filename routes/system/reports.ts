import { Hono } from "hono";
import type { LogFields } from "../../lib/log/log.ts";
import { MINUTE } from "../../lib/time.ts";
import { reportsPath } from "../middleware/headers.ts";
import type { Services } from "../services.ts";

/** Reports must not fill the log: anybody can send them. */
const MAX_LINES_PER_MINUTE = 20;

/**
 * Logs violations of the content security policy. Anybody can send a false report: the log gets
 * only hosts, known routes and words.
 *
 * @param app Whose routes the reports are about.
 */
export function reportRoutes(app: Hono, { now }: Pick<Services, "now">) {
  const routes = new Hono();
  let minute = 0;
  let logged = 0;

  routes.post(reportsPath, async (c) => {
    for (const report of readReports(await c.req.text())) {
      if (!mayLog()) break;
      c.var.log("malicious_csp_violation", reportFields(report));
    }
    return c.body(null, 204);
  });

  function mayLog(): boolean {
    const current = Math.floor(now().getTime() / MINUTE);
    if (current !== minute) [minute, logged] = [current, 0];
    return ++logged <= MAX_LINES_PER_MINUTE;
  }

  function reportFields(report: Report): LogFields {
    const directive = report["effective-directive"] ?? report.effectiveDirective;
    const blocked = report["blocked-uri"] ?? report.blockedURL;
    const page = report["document-uri"] ?? report.documentURL;
    return { directive: word(directive), blocked: wordOrHost(blocked), page: routeOf(page) };
  }

  /** The pattern, because a path may hold a token. */
  function routeOf(page: unknown): string {
    const pathname = typeof page === "string" ? URL.parse(page)?.pathname : undefined;
    const route = app.routes.find(({ method, path }) =>
      method === "GET" && pathname && new URLPattern({ pathname: path }).test({ pathname })
    );
    return route?.path ?? "unknown";
  }

  return routes;
}

type Report = Readonly<Record<string, unknown>>;

/** Both formats: one report as `{"csp-report": …}`, several as `[{"body": …}]`. */
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

/** The host of a URL, or a word such as "inline". A path could hold anything. */
function wordOrHost(text: unknown): string {
  const host = typeof text === "string" ? URL.parse(text)?.host : undefined;
  return host ? host.slice(0, 100) : word(text);
}
