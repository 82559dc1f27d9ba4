import { Hono } from "hono";
import { eventKinds } from "../../lib/account/event.ts";
import { EventsPage } from "../../views/admin/events.tsx";
import { eventsQuery, withQuery } from "../events_query.ts";
import type { Services } from "../services.ts";

const EVENTS_PER_PAGE = 25;
const path = "/admin/events";

/** Logins are on the page of their user only. */
const kinds = eventKinds.filter((kind) => kind !== "logged_in");

/** What happened on the site lately. */
export function adminEventsRoutes(
  { guards, events, accounts, now }: Pick<Services, "guards" | "events" | "accounts" | "now">,
) {
  const routes = new Hono();

  routes.get(path, guards.admin("events.read"), async (c) => {
    const { kind, after } = eventsQuery.parse(c.req.query());
    const page = await events.listAll({ kind, after, limit: EVENTS_PER_PAGE });
    const shown = await Promise.all(page.events.map(async ({ userId, event }) => {
      return { user: await accounts.find(userId), event };
    }));
    const { text } = c.var;
    return c.render(
      <EventsPage
        text={text}
        now={now()}
        events={shown}
        kinds={kinds}
        kind={kind ?? null}
        olderPath={page.after && withQuery(path, { kind, after: page.after })}
      />,
      { title: text.admin.events.title },
    );
  });

  return routes;
}
