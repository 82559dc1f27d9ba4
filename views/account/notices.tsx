import type { Features } from "../features.ts";
import { Checkbox } from "../form.tsx";
import type { Text } from "../text/en.ts";
import { AccountLayout } from "./layout.tsx";

interface NoticesPageProps {
  text: Text;
  features: Features;
  user: { readonly newBrowserNotices: boolean };
}

/** Where a user chooses which mails they get. */
export function NoticesPage({ text, features, user }: NoticesPageProps) {
  const { title, newBrowser, others, submit } = text.notices;
  return (
    <AccountLayout text={text} features={features} path="/account/notices">
      <h1>{title}</h1>
      <form class="card" method="post" action="/account/notices">
        <Checkbox name="new_browser" label={newBrowser} checked={user.newBrowserNotices} />
        <p class="hint">{others}</p>
        <button type="submit">{submit}</button>
      </form>
    </AccountLayout>
  );
}
