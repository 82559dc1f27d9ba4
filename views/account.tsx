import { AccountLayout, accountLinks } from "./account/layout.tsx";
import { ProtectionCard, type ProtectionCardProps } from "./account/protection.tsx";
import type { Features } from "./features.ts";
import { Icon } from "./icon.tsx";

interface AccountPageProps extends ProtectionCardProps {
  features: Features;
}

export function AccountPage({ features, ...protection }: AccountPageProps) {
  const { text } = protection;
  return (
    <AccountLayout text={text} features={features} path="/account">
      <h1>{text.account.heading}</h1>
      <ProtectionCard {...protection} />
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
