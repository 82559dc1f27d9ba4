import type { Text } from "../text/en.ts";

interface SuspendedPageProps {
  text: Text;
  reason: string;
}

/** For somebody who proved who they are, and whose account an administrator closed. */
export function SuspendedPage({ text, reason }: SuspendedPageProps) {
  const { suspended, reasonLabel, whatNow } = text.login.suspension;
  return (
    <div class="narrow">
      <h1>{suspended}</h1>
      <div class="card">
        <p>{reasonLabel}</p>
        <p>
          <strong>
            <bdi>{reason}</bdi>
          </strong>
        </p>
        <p>{whatNow}</p>
      </div>
    </div>
  );
}
