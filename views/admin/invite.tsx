import type { Text } from "../text/en.ts";

interface AdminInvitePageProps {
  text: Text;
  /** Whom the invitation is for. */
  email: string;
  /** Whether they are logged in. */
  isTheirs: boolean;
}

/** Asks somebody whether they want to run the site. */
export function AdminInvitePage({ text, email, isTheirs }: AdminInvitePageProps) {
  const words = text.admin.invite;
  return (
    <div class="narrow">
      <h1>{words.title}</h1>
      {isTheirs
        ? (
          <form class="card" method="post" action="/admin/invite">
            <p>{words.question(text.siteName)}</p>
            <p>{words.next}</p>
            <button type="submit">{words.submit}</button>
          </form>
        )
        : <p class="card">{words.others(email)}</p>}
    </div>
  );
}
