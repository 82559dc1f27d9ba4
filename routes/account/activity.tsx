import { type Context, Hono } from "hono";
import { z } from "zod";
import { type EventKind, eventKinds, publicEvent } from "../../lib/account/event.ts";
import { MAX_EVENTS } from "../../lib/account/events.ts";
import { eventsCsv } from "../../lib/account/events_csv.ts";
import { DAY } from "../../lib/time.ts";
import { ActivityPage } from "../../views/account/activity.tsx";
import type { Services } from "../services.ts";

const EVENTS_PER_PAGE = 25;
const path = "/account/activity";

const query = z.object({
  kind: z.enum(eventKinds).optional().catch(undefined),
  after: z.string().max(26).optional().catch(undefined),
});

/** What happened in an account: as a page, as JSON and as a table. */
export function activityRoutes(
  { guards, events, now, config }: Pick<Services, "guards" | "events" | "now" | "config">,
) {
  const routes = new Hono();

  routes.get(path, guards.required, async (c) => {
    const { kind, after } = query.parse(c.req.query());
    const page = await events.list(c.var.user.id, { kind, after, limit: EVENTS_PER_PAGE });
    const { text, features } = c.var;
    return c.render(
      <ActivityPage
        text={text}
        features={features}
        now={now()}
        days={Math.ceil(config.eventsFor / DAY)}
        events={page.events}
        kinds={eventKinds}
        kind={kind ?? null}
        olderPath={page.after === null ? null : pathTo(kind, page.after)}
        newestPath={after === undefined ? null : pathTo(kind)}
      />,
      { title: text.activity.title },
    );
  });

  routes.get(`${path}.json`, guards.required, async (c) => {
    const list = await all(c, c.var.user.id);
    c.header("Content-Disposition", 'attachment; filename="activity.json"');
    return c.json({ events: list.map(publicEvent) });
  });

  routes.get(`${path}.csv`, guards.required, async (c) => {
    const list = await all(c, c.var.user.id);
    c.header("Content-Disposition", 'attachment; filename="activity.csv"');
    return c.body(eventsCsv(list), 200, { "Content-Type": "text/csv; charset=UTF-8" });
  });

  async function all(c: Context, userId: string) {
    const { kind } = query.parse(c.req.query());
    return (await events.list(userId, { kind, limit: MAX_EVENTS })).events;
  }

  return routes;
}

function pathTo(kind: EventKind | undefined, after?: string): string {
  const fields = Object.entries({ kind, after }).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(fields as [string, string][]);
  return search.size > 0 ? `${path}?${search}` : path;
}
