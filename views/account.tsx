import { AccountLayout, accountLinks } from "./account/layout.tsx";
import { ProtectionCard, type ProtectionCardProps } from "./account/protection.tsx";
import type { Features } from "./features.ts";
import { Icon } from "./icon.tsx";

interface AccountPageProps extends ProtectionCardProps {
  features: Features;
}

export function AccountPage(props: AccountPageProps) {
  const { text, features } = props;
  return (
    <AccountLayout text={text} features={features} path="/account">
      <h1>{text.account.heading}</h1>
      <ProtectionCard {...props} />
      <ul class="card-grid overview">
        {overviewLinks(props).map(({ path, icon, title, hint }) => (
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

function overviewLinks({ text, features, protection }: AccountPageProps) {
  const { firstTitle: title, firstHint: hint } = text.password;
  return accountLinks(text, features).map((link) => {
    const isFirst = link.path === "/account/password" && !protection.hasPassword;
    return isFirst ? { ...link, title, hint } : link;
  });
}
