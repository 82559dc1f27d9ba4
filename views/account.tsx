import { AccountLayout, accountLinks } from "./account/layout.tsx";
import type { Features } from "./features.ts";
import { Icon } from "./icon.tsx";
import type { Text } from "./text/en.ts";

export function AccountPage({ text, features }: { text: Text; features: Features }) {
  return (
    <AccountLayout text={text} features={features} path="/account">
      <h1>{text.account.heading}</h1>
      <ul class="card-grid overview">
        {accountLinks(text, features).map(({ path, icon, title, hint }) => (
          <li class="card">
            <Icon name={icon} />
            <div>
              <a href={path}>{title}</a>
              <p class="hint">{hint}</p>
            </div>
          </li>
        ))}
      </ul>
    </AccountLayout>
  );
}
