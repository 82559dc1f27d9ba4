import { LinkEmail } from "./form.tsx";
import type { Text } from "./text/en.ts";
import { dateAndTime } from "./time.tsx";

interface RecoverAccountPageProps {
  text: Text;
  /** The address of the account. */
  email: string;
  /** When the link starts to work; null when it works already. */
  worksFrom: Date | null;
}

/** The page behind the link that the operator sends: it says what it does, and stops it. */
export function RecoverAccountPage({ text, email, worksFrom }: RecoverAccountPageProps) {
  const { title, intro, wait, choose, stopIntro, stop } = text.recoverAccount;
  return (
    <div class="auth narrow">
      <h1>{title}</h1>
      <div class="card">
        <p>{intro(email)}</p>
        {worksFrom
          ? <p>{wait(dateAndTime(text, worksFrom))}</p>
          : <a class="button" href="/password-reset/new">{choose}</a>}
      </div>
      <form class="card" method="post" action="/recover-account">
        <LinkEmail email={email} />
        <p>{stopIntro}</p>
        <button type="submit" class="secondary">{stop}</button>
      </form>
    </div>
  );
}
