import type { Session } from "@latchkey/login";
import { createRoute, z } from "@hono/zod-openapi";
import { readDevice } from "../../lib/http/user_agent.ts";
import { authenticatedBy, jsonAnswer, newApi, notFound, refusals } from "../api_operation.ts";
import { problem } from "../middleware/problem.ts";
import type { Services } from "../services.ts";

const path = "/api/sessions";

const sessionSchema = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  browser: z.string().nullable(),
  system: z.string().nullable(),
  network: z.string().nullable().openapi({ description: "The address, shortened" }),
  methods: z.array(z.string()).openapi({ description: "How they logged in (RFC 8176)" }),
  isCurrent: z.boolean().openapi({ description: "Whether it is the session of this request" }),
}).openapi("Session");

/** Where a user is logged in; a program may log browsers out. */
export function apiSessionsRoutes(
  { login, guards, activity }: Pick<Services, "login" | "guards" | "activity">,
) {
  const routes = newApi();

  const listSessions = createRoute({
    method: "get",
    path,
    operationId: "listSessions",
    summary: "Where the user is logged in, the newest first",
    security: authenticatedBy("sessions:read"),
    middleware: guards.scope("sessions:read"),
    responses: {
      200: jsonAnswer("The sessions", z.object({ sessions: z.array(sessionSchema) })),
      ...refusals,
    },
  });
  routes.openapi(listSessions, async (c) => {
    const current = c.var.session;
    const sessions = await login.sessions(c.var.user);
    return c.json({ sessions: sessions.map((it) => publicSession(it, current)) }, 200);
  });

  const endSession = createRoute({
    method: "delete",
    path: `${path}/{id}`,
    operationId: "endSession",
    summary: "Log a browser out",
    security: authenticatedBy("sessions:end"),
    middleware: guards.scope("sessions:end"),
    request: { params: z.object({ id: z.string() }) },
    responses: { 204: { description: "It is logged out" }, ...refusals, ...notFound },
  });
  routes.openapi(endSession, async (c) => {
    const { user, apiToken } = c.var;
    const facts = apiToken ? { token: apiToken.name } : {};
    const event = await activity.record(c, user.id, "session_ended", { facts });
    const ended = await login.endSession(c, user, c.req.valid("param").id, { set: event });
    if (ended) return c.body(null, 204);
    c.var.log("authz_fail", { reason: "not_theirs" });
    return problem(c, { title: "Not found", status: 404 }); // the same for another user's
  });

  return routes;
}

function publicSession(session: Session, current: Session | null) {
  const { id, userAgent, createdAt, seenAt, network, methods } = session;
  return {
    id,
    createdAt: createdAt.toISOString(),
    seenAt: seenAt.toISOString(),
    ...readDevice(userAgent),
    network,
    methods: [...methods],
    isCurrent: id === current?.id,
  };
}
