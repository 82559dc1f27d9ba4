import type { AccountEvent } from "../../lib/account/event.ts";
import type { User } from "../../lib/account/user.ts";
import type { Device } from "../../lib/http/user_agent.ts";
import { EventList } from "../event_list.tsx";
import type { Text } from "../text/en.ts";
import { dateAndTime, Day, RelativeTime } from "../time.tsx";
import { type ActWord, UserActs } from "./acts.tsx";
import { UserBadges } from "./users.tsx";

export interface ShownUser {
  readonly user: User;
  readonly hasPassword: boolean;
  /** When the app was set up; null without one. */
  readonly appSince: Date | null;
  readonly passkeys: readonly { readonly name: string; readonly createdAt: Date }[];
  readonly recoveryCodes: number;
  /** What people call the providers that the user logs in with. */
  readonly identities: readonly string[];
  readonly sessions: readonly {
    readonly device: Device;
    readonly network: string | null;
    readonly seenAt: Date;
  }[];
  /** Null for somebody who may not read them. */
  readonly events: readonly AccountEvent[] | null;
  /** The address of older events; null where there are none. */
  readonly olderPath: string | null;
}

interface UserPageProps {
  text: Text;
  now: Date;
  shown: ShownUser;
  /** What the administrator may do. */
  acts: readonly ActWord[];
  /** All roles of the site. */
  roles: readonly string[];
}

/** One user, as administrators see them: never secrets. */
export function UserPage({ text, now, shown, acts, roles }: UserPageProps) {
  const { user, sessions, events, olderPath } = shown;
  const { user: words } = text.admin;
  return (
    <div class="wide">
      <a class="back-link" href="/admin/users">‹ {words.back}</a>
      <h1>
        <bdi>{user.name}</bdi> {UserBadges({ text, user })}
      </h1>
      {!user.active && (
        <p class="message warning">
          {user.suspension ? words.suspension(user.suspension.reason) : words.withoutReason}
        </p>
      )}
      <Facts text={text} shown={shown} />
      <UserActs text={text} user={user} acts={acts} roles={roles} />
      <h2>{words.sessions}</h2>
      {sessions.length === 0 ? <p>{words.noSessions}</p> : (
        <ul class="events">
          {sessions.map(({ device, network, seenAt }) => (
            <li>
              <p>{text.sessions.device(device.browser, device.system)}</p>
              <p class="hint">
                {words.lastSeen} {RelativeTime({ text, time: seenAt, now })}
                {network && ` · ${network}`}
              </p>
            </li>
          ))}
        </ul>
      )}
      {events && (
        <section id="activity">
          <h2>{words.activity}</h2>
          <EventList text={text} now={now} events={events} />
          {olderPath && (
            <p>
              <a rel="next" href={olderPath}>{text.activity.older}</a>
            </p>
          )}
        </section>
      )}
    </div>
  );
}

function Facts({ text, shown }: { text: Text; shown: ShownUser }) {
  const { user, hasPassword } = shown;
  const { user: words, roleNames } = text.admin;
  const names: Readonly<Record<string, string>> = roleNames;
  const password = user.passwordCompromised
    ? words.compromised
    : hasPassword
    ? words.set
    : words.none;
  const factors = factorsOf(text, shown);
  return (
    <dl class="card facts">
      <dt>{words.email}</dt>
      <dd>
        {user.email} ({user.emailVerified ? words.confirmed : words.notConfirmed})
      </dd>
      <dt>{words.registered}</dt>
      <dd>
        <Day text={text} time={user.createdAt} />
      </dd>
      <dt>{words.language}</dt>
      <dd>{user.lang}</dd>
      <dt>{words.roles}</dt>
      <dd>{user.roles.map((role) => names[role] ?? role).join(", ") || words.noRoles}</dd>
      <dt>{words.password}</dt>
      <dd>{password}</dd>
      <dt>{words.factors}</dt>
      <dd>{factors.length === 0 ? words.none : factors.map((it) => <div>{it}</div>)}</dd>
      {shown.identities.length > 0 && (
        <>
          <dt>{words.identities}</dt>
          <dd>{shown.identities.join(", ")}</dd>
        </>
      )}
    </dl>
  );
}

function factorsOf(text: Text, { user, appSince, passkeys, recoveryCodes }: ShownUser): string[] {
  const { user: words } = text.admin;
  const day = (time: Date) => dateAndTime(text, time);
  return [
    ...appSince ? [words.app(day(appSince))] : [],
    ...passkeys.map(({ name, createdAt }) => words.passkey(name, day(createdAt))),
    ...user.factors.length > 0 ? [words.recoveryCodes(recoveryCodes)] : [],
  ];
}
