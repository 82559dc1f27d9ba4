import type { HeldRoute, Text } from "../text/en.ts";

/** A longer text cannot be right: the route refuses it. */
const MAX_SHOWN_LENGTH = 254;

/** The field of a form that says what will be done; the others only help to do it. */
const shownFields: Partial<Record<HeldRoute, string>> = {
  "/account/email": "email",
  "/account/passkeys/:id/rename": "name",
};

interface FinishPageProps {
  text: Text;
  /** Names the held request. */
  id: string;
  route: HeldRoute;
  /** The held form. */
  fields: Readonly<Record<string, string>>;
  /** The passkey or provider that the request is about; null when the route says it all. */
  subject: string | null;
}

/** Says what a held request will do, and does it with one button. */
export function FinishPage({ text, id, route, fields, subject }: FinishPageProps) {
  const { title, intro, actions, submit, decline } = text.finish;
  const typed = fields[shownFields[route] ?? ""]?.trim().slice(0, MAX_SHOWN_LENGTH);
  return (
    <div class="auth narrow">
      <h1>{title}</h1>
      <div class="card">
        <p>{intro}</p>
        <p>
          <strong>
            {actions[route]}
            {subject && (
              <>
                : <bdi>{subject}</bdi>
              </>
            )}
            {typed && (
              <>
                {subject ? " → " : ": "}
                <bdi>{typed}</bdi>
              </>
            )}
          </strong>
        </p>
        <div class="actions">
          <form method="post" action="/reauthenticate/finish">
            <input type="hidden" name="id" value={id} />
            <button type="submit">{submit}</button>
          </form>
          <form method="post" action="/reauthenticate/finish/decline">
            <button type="submit" class="secondary">{decline}</button>
          </form>
        </div>
      </div>
    </div>
  );
}
