import { EmailStatus } from "../email_status.tsx";
import type { Features } from "../features.ts";
import { Checkbox } from "../form.tsx";
import type { Text } from "../text/en.ts";
import { AccountLayout } from "./layout.tsx";

interface NoticesPageProps {
  text: Text;
  features: Features;
  user: { readonly newBrowserNotices: boolean; readonly emailVerified: boolean };
}

/** Where a user chooses which mails they get. */
export function NoticesPage({ text, features, user }: NoticesPageProps) {
  const { title, unconfirmed, newBrowser, others, submit } = text.notices;
  return (
    <AccountLayout text={text} features={features} path="/account/notices">
      <h1>{title}</h1>
      <form class="card" method="post" action="/account/notices">
        {!user.emailVerified && (
          <p>
            {unconfirmed} <EmailStatus text={text} user={user} />
          </p>
        )}
        <Checkbox name="new_browser" label={newBrowser} checked={user.newBrowserNotices} />
        <p>{others}</p>
        <button type="submit">{submit}</button>
      </form>
    </AccountLayout>
  );
}
