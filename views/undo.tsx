import { LinkEmail } from "./form.tsx";
import type { Text } from "./text/en.ts";

interface UndoPageProps {
  text: Text;
  /** The address that the notice went to. */
  email: string;
  /** Whether the notice was about a factor that was added. */
  removesFactor: boolean;
}

/** The page behind "This wasn't me": it says what the button does. */
export function UndoPage({ text, email, removesFactor }: UndoPageProps) {
  const { intro, effects, factor, after } = text.undo;
  return (
    <div class="auth narrow">
      <h1>{text.mail.undo}</h1>
      <form class="card" method="post" action="/undo">
        <LinkEmail email={email} />
        <p>{intro}</p>
        <ul>
          {removesFactor && <li>{factor}</li>}
          {effects(email).map((effect) => <li>{effect}</li>)}
        </ul>
        <p>{after}</p>
        <button type="submit" class="danger">{text.mail.undo}</button>
      </form>
    </div>
  );
}
