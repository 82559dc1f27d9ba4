import { LinkEmail } from "./form.tsx";
import type { Text } from "./text/en.ts";

interface UndoPageProps {
  text: Text;
  /** The address that the notice went to. */
  email: string;
  /** What the notice says was added; null when it is about something else. */
  removes: "factor" | "identity" | null;
}

/** The page behind "This wasn't me": it says what the button does. */
export function UndoPage({ text, email, removes }: UndoPageProps) {
  const { intro, effects, removed, after } = text.undo;
  return (
    <div class="auth narrow">
      <h1>{text.mail.undo}</h1>
      <form class="card" method="post" action="/undo">
        <LinkEmail email={email} />
        <p>{intro}</p>
        <ul>
          {removes && <li>{removed[removes]}</li>}
          {effects(email).map((effect) => <li>{effect}</li>)}
        </ul>
        <p>{after}</p>
        <button type="submit" class="danger">{text.mail.undo}</button>
      </form>
    </div>
  );
}
