import { type Context, Hono } from "hono";
import { eventKinds, publicEvent } from "../../lib/account/event.ts";
import { MAX_EVENTS } from "../../lib/account/events.ts";
import { eventsCsv } from "../../lib/account/events_csv.ts";
import { DAY } from "../../lib/time.ts";
import { ActivityPage } from "../../views/account/activity.tsx";
import { eventsQuery, withQuery } from "../events_query.ts";
import type { Services } from "../services.ts";

const EVENTS_PER_PAGE = 25;
const path = "/account/activity";

/** What happened in an account: as a page, as JSON and as a table. */
export function activityRoutes(
  { guards, events, now, config }: Pick<Services, "guards" | "events" | "now" | "config">,
) {
  const routes = new Hono();

  routes.get(path, guards.required, async (c) => {
    const { kind, after } = eventsQuery.parse(c.req.query());
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
        olderPath={page.after === null ? null : withQuery(path, { kind, after: page.after })}
        newestPath={after === undefined ? null : withQuery(path, { kind })}
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
    const { kind } = eventsQuery.parse(c.req.query());
    return (await events.list(userId, { kind, limit: MAX_EVENTS })).events;
  }

  return routes;
}
