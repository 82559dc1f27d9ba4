import type { EndReason, LoginEvent } from "@latchkey/login";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { canonicalEmail } from "../../lib/account/email.ts";
import type { User } from "../../lib/account/user.ts";
import type { Log, LogFields } from "../../lib/log/log.ts";
import type { LogEvent } from "../../lib/log/events.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** Writes a line about something that happened in this request. */
    log: Log;
    /** Whom the request turned out to be from, for the log. */
    visitorId?: string | undefined;
  }
}

const MAX_USER_AGENT_LENGTH = 256;
/** Too many to be of use: what every page fetches, what watches over the process, what anybody reports. */
const unremarkable = /^\/(assets|health|reports)\//;

/** Gives every route `c.var.log`, and writes a line about each request when it is answered. */
export function requestLog(log: Log): MiddlewareHandler {
  return async (c, next) => {
    c.set("log", (event, facts) => log(event, { ...factsOf(c), ...facts }));
    await next();
    if (!unremarkable.test(routeOf(c) ?? "")) c.var.log("request", { status: c.res.status });
  };
}

/** Lets the lines of this request say whom a form claims to be. */
export function logClaim(c: Context, email: string): void {
  const { log } = c.var;
  c.set("log", (event, facts) => log(event, { email: masked(email), ...facts }));
}

/** Writes the line of an event of the login, if it has one. */
export function logLogin(event: LoginEvent<User>, c: Context): void {
  if (event.type === "accessed") c.set("visitorId", event.user?.id);
  const word = event.type === "session_ended" ? endWords[event.reason] : words[event.type];
  if (!word) return;
  const userId = "user" in event ? event.user?.id : "userId" in event ? event.userId : null;
  const reason = "reason" in event ? event.reason : "kind" in event ? event.kind : event.type;
  c.var.log(word, { ...(userId ? { userId } : {}), reason });
}

/** Null: another line says it. */
const words: Record<Exclude<LoginEvent["type"], "session_ended">, LogEvent | null> = {
  accessed: null,
  logged_in: "session_created",
  logged_out: null,
  loaded_from_remember: "session_created",
  loaded_from_request: null,
  reauthenticated: "session_renewed",
  unauthorized: "login_required",
  reauthentication_needed: "reauthentication_required",
  session_protected: "session_protected",
  login_failed: "authn_login_fail",
  remember_reused: "authn_token_reuse",
  record_corrupt: "record_corrupt",
};

/** Those that were revoked from elsewhere are noticed when somebody still uses them. */
const endWords: Record<EndReason, LogEvent> = {
  logged_out: "session_logout",
  replaced: "session_expired",
  expired: "session_expired",
  protected: "session_expired",
  reused: "session_expired",
  evicted: "session_expired",
  ended: "session_expired",
  no_user: "session_use_after_expire",
  suspended: "session_use_after_expire",
  epoch: "session_use_after_expire",
};

/** Which request a line is about. */
function factsOf(c: Context): LogFields {
  return {
    requestId: c.var.requestId,
    userId: c.var.visitorId ?? null,
    sourceAddress: c.var.address,
    userAgent: c.req.header("user-agent")?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    method: c.req.method,
    route: routeOf(c),
  };
}

/** The pattern, such as `/account/sessions/:id/end`: a path may hold a token. Null: there is no route. */
function routeOf(c: Context): string | null {
  return matchedRoutes(c).find(({ method }) => method !== "ALL")?.path ?? null;
}

/** As much of an e-mail address as tells its owner that it is theirs; people type passwords there too. */
function masked(email: string): string | undefined {
  const [local = "", domain] = canonicalEmail(email)?.split("@") ?? [];
  return domain && `${[...local][0]}…@${domain}`;
}
