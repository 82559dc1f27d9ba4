import type { User } from "../../lib/account/user.ts";
import { Field } from "../form.tsx";
import type { Text } from "../text/en.ts";
import { RelativeTime } from "../time.tsx";
import { AdminNav } from "./nav.tsx";

interface UsersPageProps {
  text: Text;
  now: Date;
  /** What was searched; empty for everybody. */
  query: string;
  users: readonly User[];
  /** The address of the next page; null on the last one. */
  nextPath: string | null;
  /** Whether the administrator may read events. */
  hasEvents: boolean;
}

export function UsersPage(
  { text, now, query, users, nextPath, hasEvents }: UsersPageProps,
) {
  const { users: words } = text.admin;
  return (
    <div class="wide">
      <AdminNav text={text} path="/admin/users" hasEvents={hasEvents} />
      <h1>{words.title}</h1>
      <form class="search" method="get" action="/admin/users" role="search">
        <Field
          text={text}
          id="q"
          name="q"
          label={words.search}
          required={false}
          autocomplete="off"
          enterkeyhint="go"
          hintId="q-hint"
          value={query}
        >
          <p class="hint" id="q-hint">{words.searchHint}</p>
        </Field>
        <button type="submit">{words.submit}</button>
      </form>
      <p>
        {query ? words.found(query) : words.newest}{" "}
        {query && <a href="/admin/users">{words.everybody}</a>}
      </p>
      {users.length === 0 ? <p>{words.nobody}</p> : (
        <ul class="card-grid entries people">
          {users.map((user) => userCard(text, now, user))}
        </ul>
      )}
      {nextPath && (
        <p>
          <a class="button secondary" rel="next" href={nextPath}>{words.next}</a>
        </p>
      )}
    </div>
  );
}

function userCard(text: Text, now: Date, user: User) {
  return (
    <li class="card">
      <h2>
        <a href={`/admin/users/${user.id}`}>
          <bdi>{user.name}</bdi>
        </a>
        {UserBadges({ text, user })}
      </h2>
      <p>{user.email}</p>
      <p class="hint">
        {text.admin.users.registered} {RelativeTime({ text, time: user.createdAt, now })}
      </p>
    </li>
  );
}

/** What is special about an account. */
export function UserBadges({ text, user }: { text: Text; user: User }) {
  const { admin } = text;
  const names: Readonly<Record<string, string>> = admin.roleNames;
  const badges = [
    ...user.active ? [] : [admin.suspended],
    ...user.expiresAt ? [admin.pending] : [],
    ...user.roles.map((role) => names[role] ?? role),
  ];
  return <>{badges.map((badge) => <strong class="badge">{badge}</strong>)}</>;
}
