import { createRoute, z } from "@hono/zod-openapi";
import { type EventKind, eventKinds, publicEvent } from "../../lib/account/event.ts";
import { authenticatedBy, badRequest, jsonAnswer, newApi, refusals } from "../api_operation.ts";
import type { Services } from "../services.ts";

const path = "/api/events";
const EVENTS_PER_PAGE = 50;

const eventSchema = z.object({
  id: z.string().openapi({ description: "Later events have greater ids" }),
  kind: z.enum(eventKinds),
  at: z.iso.datetime(),
  browser: z.string().nullable(),
  system: z.string().nullable(),
  network: z.string().nullable().openapi({ description: "The address, shortened" }),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  by: z.enum(["user", "administrator", "command"]),
}).openapi("Event");

const query = z.object({
  kind: z.enum(eventKinds).optional().openapi({ description: "Events of this kind only" }),
  after: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional()
    .openapi({ description: "The id of an event: those that are older" }),
});

/** What happened in an account. */
export function apiEventsRoutes({ guards, events }: Pick<Services, "guards" | "events">) {
  const routes = newApi();

  const listEvents = createRoute({
    method: "get",
    path,
    operationId: "listEvents",
    summary: "What happened in the account, the newest first",
    description: 'The next page stands in the header `Link`, with `rel="next"`.',
    security: authenticatedBy("events:read"),
    middleware: guards.scope("events:read"),
    request: { query },
    responses: {
      200: jsonAnswer("A page of events", z.object({ events: z.array(eventSchema) })),
      ...refusals,
      ...badRequest,
    },
  });
  routes.openapi(listEvents, async (c) => {
    const { kind, after } = c.req.valid("query");
    const page = await events.list(c.var.user.id, { kind, after, limit: EVENTS_PER_PAGE });
    if (page.after !== null) c.header("Link", `<${nextPath(kind, page.after)}>; rel="next"`);
    return c.json({ events: page.events.map(publicEvent) }, 200);
  });

  return routes;
}

function nextPath(kind: EventKind | undefined, after: string): string {
  return `${path}?${new URLSearchParams({ ...kind ? { kind } : {}, after })}`;
}
