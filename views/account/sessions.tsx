import type { Device } from "../../lib/http/user_agent.ts";
import { AccountLayout } from "./layout.tsx";
import { FormProblem } from "../form.tsx";
import type { Features } from "../features.ts";
import type { Text } from "../text/en.ts";
import { RelativeTime } from "../time.tsx";

interface SessionRow {
  readonly id: string;
  readonly device: Device;
  readonly isCurrent: boolean;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly methods: readonly string[];
  readonly network: string | null;
}

interface SessionsPageProps {
  text: Text;
  features: Features;
  now: Date;
  sessions: readonly SessionRow[];
  /** Why no session was ended. */
  problem?: "gone" | undefined;
}

export function SessionsPage({ text, features, now, sessions, problem }: SessionsPageProps) {
  return (
    <AccountLayout text={text} features={features} path="/account/sessions">
      <h1>{text.sessions.title}</h1>
      {problem && <FormProblem>{text.sessions[problem]}</FormProblem>}
      <p>{text.sessions.count(sessions.length)}</p>
      <ul class="card-grid entries">
        {/* Functions: to render sixty components would take a quarter longer. */}
        {sessions.map((session) => sessionCard(text, now, session))}
      </ul>
      {sessions.length > 1 && (
        <form method="post" action="/account/sessions/end-others">
          <button type="submit" class="secondary">{text.sessions.endOthers}</button>
        </form>
      )}
    </AccountLayout>
  );
}

function sessionCard(text: Text, now: Date, session: SessionRow) {
  const device = text.sessions.device(session.device.browser, session.device.system);
  const labels: Record<string, string> = text.sessions.methods;
  const methods = session.methods.map((method) => labels[method] ?? method);
  return (
    <li class="card">
      <h2>
        {device} {session.isCurrent && <strong class="badge">{text.sessions.thisBrowser}</strong>}
      </h2>
      <dl>
        <dt>{text.sessions.loggedInAt}</dt>
        <dd>
          {RelativeTime({ text, time: session.createdAt, now })}
        </dd>
        <dt>{text.sessions.lastSeen}</dt>
        <dd>
          {RelativeTime({ text, time: session.seenAt, now })}
        </dd>
        <dt>{text.sessions.authenticatedWith}</dt>
        <dd>{methods.join(", ") || text.sessions.rememberedBrowser}</dd>
        {session.network && (
          <>
            <dt>{text.sessions.network}</dt>
            <dd>{session.network}</dd>
          </>
        )}
      </dl>
      {!session.isCurrent && (
        <form method="post" action={`/account/sessions/${session.id}/end`}>
          <button type="submit" class="secondary" aria-label={text.sessions.endLabel(device)}>
            {text.sessions.end}
          </button>
        </form>
      )}
    </li>
  );
}
