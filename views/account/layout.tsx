import type { PropsWithChildren } from "hono/jsx";
import type { Features } from "../features.ts";
import { Icon, type IconName } from "../icon.tsx";
import type { Text } from "../text/en.ts";

interface AccountLink {
  readonly path: string;
  readonly icon: IconName;
  readonly navLabel: string;
  readonly title: string;
  readonly hint: string;
}

/** The pages of an account, in the order of the navigation and the overview. */
export function accountLinks(text: Text, { mail, providers }: Features): AccountLink[] {
  const { profile, email, password, passkeys, totp, recoveryCodes, identities } = text;
  const { sessions, activity, notices, dataExport, deletion, apiTokens } = text;
  return [
    {
      path: "/profile",
      icon: "person",
      navLabel: profile.title,
      title: profile.title,
      hint: profile.linkHint,
    },
    ...mail
      ? [{
        path: "/account/email",
        icon: "mail" as const,
        navLabel: email.navLabel,
        title: email.title,
        hint: email.linkHint,
      }]
      : [],
    {
      path: "/account/password",
      icon: "lock",
      navLabel: password.navLabel,
      title: password.title,
      hint: password.linkHint,
    },
    {
      path: "/account/passkeys",
      icon: "key",
      navLabel: passkeys.title,
      title: passkeys.title,
      hint: passkeys.linkHint,
    },
    {
      path: "/account/totp",
      icon: "phone",
      navLabel: totp.navLabel,
      title: totp.title,
      hint: totp.linkHint,
    },
    {
      path: "/account/recovery-codes",
      icon: "list",
      navLabel: recoveryCodes.title,
      title: recoveryCodes.title,
      hint: recoveryCodes.linkHint,
    },
    ...providers.length > 0
      ? [{
        path: "/account/identities",
        icon: "link" as const,
        navLabel: identities.title,
        title: identities.title,
        hint: identities.linkHint,
      }]
      : [],
    {
      path: "/account/sessions",
      icon: "devices",
      navLabel: sessions.navLabel,
      title: sessions.title,
      hint: sessions.linkHint,
    },
    {
      path: "/account/activity",
      icon: "clock",
      navLabel: activity.navLabel,
      title: activity.title,
      hint: activity.linkHint,
    },
    {
      path: "/account/api-tokens",
      icon: "code",
      navLabel: apiTokens.navLabel,
      title: apiTokens.title,
      hint: apiTokens.linkHint,
    },
    ...mail
      ? [{
        path: "/account/notices",
        icon: "bell" as const,
        navLabel: notices.navLabel,
        title: notices.title,
        hint: notices.linkHint,
      }]
      : [],
    {
      path: "/account/export",
      icon: "download",
      navLabel: dataExport.navLabel,
      title: dataExport.title,
      hint: dataExport.linkHint,
    },
    {
      path: "/account/delete",
      icon: "trash",
      navLabel: deletion.navLabel,
      title: deletion.title,
      hint: deletion.linkHint,
    },
  ];
}

interface AccountLayoutProps {
  text: Text;
  features: Features;
  /** The current page. */
  path: string;
}

/** A page of the account, with the navigation between these pages. */
export function AccountLayout(props: PropsWithChildren<AccountLayoutProps>) {
  const { text, features, path, children } = props;
  const overview = { path: "/account", icon: "overview", navLabel: text.account.overview } as const;
  return (
    <div class="account">
      <nav class="account-nav" aria-label={text.account.heading}>
        <ul>
          {[overview, ...accountLinks(text, features)].map((link) => (
            <li>
              <a href={link.path} aria-current={link.path === path ? "page" : undefined}>
                <Icon name={link.icon} />
                {link.navLabel}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {path !== overview.path && (
        <a class="back-link" href={overview.path}>‹ {text.account.heading}</a>
      )}
      <div>{children}</div>
    </div>
  );
}
