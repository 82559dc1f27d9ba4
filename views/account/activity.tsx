import type { AccountEvent, EventKind } from "../../lib/account/event.ts";
import { EventList } from "../event_list.tsx";
import { KindFilter } from "../kind_filter.tsx";
import type { Features } from "../features.ts";
import type { Text } from "../text/en.ts";
import { AccountLayout } from "./layout.tsx";

interface ActivityPageProps {
  text: Text;
  features: Features;
  now: Date;
  /** How long events are kept. */
  days: number;
  /** The newest first. */
  events: readonly AccountEvent[];
  /** All kinds that can be chosen. */
  kinds: readonly EventKind[];
  /** The one that was chosen; null for all. */
  kind: EventKind | null;
  /** The addresses of older events, and of the newest; null where there are none. */
  olderPath: string | null;
  newestPath: string | null;
}

const path = "/account/activity";

export function ActivityPage(props: ActivityPageProps) {
  const { text, features, now, days, events, kinds, kind, olderPath, newestPath } = props;
  const { activity } = text;
  const query = kind === null ? "" : `?kind=${kind}`;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{activity.title}</h1>
      <p>{activity.intro(days)}</p>
      <KindFilter text={text} path={path} kinds={kinds} kind={kind} />
      <EventList text={text} now={now} events={events} />
      {olderPath && (
        <p>
          <a class="button secondary" rel="next" href={olderPath}>{activity.older}</a>
        </p>
      )}
      {newestPath && (
        <p>
          <a href={newestPath}>{activity.newest}</a>
        </p>
      )}
      <p>
        {activity.download} <a href={`${path}.json${query}`} download>{activity.asJson}</a>{" "}
        <a href={`${path}.csv${query}`} download>{activity.asCsv}</a>
      </p>
    </AccountLayout>
  );
}
