import type { AccountEvent, EventKind } from "../../lib/account/event.ts";
import type { User } from "../../lib/account/user.ts";
import { eventLine } from "../event_list.tsx";
import { KindFilter } from "../kind_filter.tsx";
import type { Text } from "../text/en.ts";
import { AdminNav } from "./nav.tsx";

interface EventsPageProps {
  text: Text;
  now: Date;
  /** The newest first; without a user whose account was deleted a moment ago. */
  events: readonly { readonly user: User | null; readonly event: AccountEvent }[];
  kinds: readonly EventKind[];
  kind: EventKind | null;
  /** The address of older events; null on the last page. */
  olderPath: string | null;
}

/** What happened on the site lately. */
export function EventsPage({ text, now, events, kinds, kind, olderPath }: EventsPageProps) {
  const { events: words } = text.admin;
  return (
    <div class="wide">
      <AdminNav text={text} path="/admin/events" hasEvents />
      <h1>{words.title}</h1>
      <p>{words.intro}</p>
      <KindFilter text={text} path="/admin/events" kinds={kinds} kind={kind} />
      {events.length === 0 ? <p>{text.activity.empty}</p> : (
        <ol class="events">
          {events.map(({ user, event }) => (
            <li>
              {user && (
                <p>
                  <a href={`/admin/users/${user.id}`}>
                    <bdi>{user.name}</bdi>
                  </a>{" "}
                  <span class="hint">{user.email}</span>
                </p>
              )}
              {eventLine(text, now, event)}
            </li>
          ))}
        </ol>
      )}
      {olderPath && (
        <p>
          <a class="button secondary" rel="next" href={olderPath}>{text.activity.older}</a>
        </p>
      )}
    </div>
  );
}
