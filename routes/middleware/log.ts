import type { EndReason, LoginEvent } from "@latchkey/login";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { canonicalEmail, maskEmail } from "../../lib/account/email_address.ts";
import type { CreatedAccount } from "../../lib/account/registrations.ts";
import type { User } from "../../lib/account/user.ts";
import type { Log, LogFields } from "../../lib/log/log.ts";
import type { LogEvent } from "../../lib/log/events.ts";
import { nameSpan } from "../../lib/telemetry.ts";
import type { Clock } from "../../lib/time.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** Writes a line about this request. */
    log: Log;
    /** The pattern of the route, because a path may hold a token; null when there is none. */
    route: string | null;
    /** The id of the user that the request was authenticated as, or has logged in. */
    visitorId?: string | undefined;
  }
}

const MAX_USER_AGENT_LENGTH = 256;
/** No line for each of these requests: they are too many to be of use. */
const unloggedRoutes = /^\/(assets|health|reports)\//;

/** Sets `c.var.log`, and writes a line about each request after its answer. */
export function requestLog(log: Log, now: Clock): MiddlewareHandler {
  return async (c, next) => {
    const start = now().getTime();
    const route = matchedRoutes(c).find(({ method }) => method !== "ALL")?.path ?? null;
    c.set("route", route);
    c.set("log", (event, fields) => log(event, { ...requestFields(c), ...fields }));
    nameSpan(c.req.method, route);
    await next();
    if (unloggedRoutes.test(c.get("route") ?? "")) return;
    const durationMs = Math.max(0, now().getTime() - start); // the clock can be set back meanwhile
    c.get("log")("request", { status: c.res.status, durationMs, path: c.req.path });
  };
}

/** Adds the email address of a login form, masked, to the lines of this request. */
export function logClaimedEmail(c: Context, email: string): void {
  const { log } = c.var;
  const address = canonicalEmail(email); // no address, no field: it may be a password
  const masked = address ? maskEmail(address) : undefined;
  c.set("log", (event, fields) => log(event, { email: masked, ...fields }));
}

/** Writes that an account was created, and which one gave way to it. */
export function logCreated(c: Context, { user, replaced }: CreatedAccount): void {
  if (replaced) c.var.log("user_deleted", { userId: replaced.id, reason: "replaced" });
  c.var.log("user_created", { userId: user.id });
}

/** Writes that somebody has a copy of a user's passkey, if that is why it was refused. */
export function logCopiedPasskey(c: Context, refusal: string, userId: string): void {
  if (refusal === "counter") c.var.log("authn_token_reuse", { userId, reason: "passkey_counter" });
}

/** Writes the line of an event of the package, if it has one. */
export function logLogin(event: LoginEvent<User>, c: Context): void {
  if (event.type === "accessed" || event.type === "logged_in") c.set("visitorId", event.user?.id);
  const name = event.type === "session_ended" ? endEvents[event.reason] : logEvents[event.type];
  if (!name) return;
  const userId = "user" in event ? event.user?.id : "userId" in event ? event.userId : null;
  const reason = "reason" in event ? event.reason : "kind" in event ? event.kind : event.type;
  c.var.log(name, { ...(userId ? { userId } : {}), reason });
}

/** Null where another line says the same. */
const logEvents: Record<Exclude<LoginEvent["type"], "session_ended">, LogEvent | null> = {
  accessed: null,
  logged_in: "session_created",
  logged_out: null,
  loaded_from_remember: "session_created",
  loaded_from_request: null,
  reauthenticated: "session_renewed",
  unauthorized: "login_required",
  reauthentication_needed: "reauthentication_required",
  forbidden: "authz_fail",
  session_protected: "session_protected",
  login_failed: "authn_login_fail",
  remember_recovered: "remember_recovered",
  remember_reused: "authn_token_reuse",
  record_corrupt: "record_corrupt",
};

/** `use_after_expire`: a browser still sent the token of a session that was revoked. */
const endEvents: Record<EndReason, LogEvent> = {
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

/** The fields of every line. */
function requestFields(c: Context): LogFields {
  return {
    requestId: c.get("requestId"),
    userId: c.get("visitorId") ?? null,
    sourceAddress: c.get("address"),
    userAgent: c.req.header("user-agent")?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    method: c.req.method,
    route: c.get("route"),
  };
}
