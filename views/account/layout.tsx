import type { PropsWithChildren } from "hono/jsx";
import { Icon, type IconName } from "../icon.tsx";
import type { Text } from "../text/en.ts";

interface AccountLink {
  readonly path: string;
  readonly icon: IconName;
  /** What the navigation calls it. */
  readonly name: string;
  readonly title: string;
  /** What the overview says of it. */
  readonly hint: string;
}

/** The pages of an account, in the order of the navigation and the overview. */
export function accountLinks({ profile, password, sessions, deletion }: Text): AccountLink[] {
  return [
    {
      path: "/profile",
      icon: "person",
      name: profile.title,
      title: profile.title,
      hint: profile.linkHint,
    },
    {
      path: "/account/password",
      icon: "lock",
      name: password.short,
      title: password.title,
      hint: password.linkHint,
    },
    {
      path: "/account/sessions",
      icon: "screens",
      name: sessions.short,
      title: sessions.title,
      hint: sessions.linkHint,
    },
    {
      path: "/account/delete",
      icon: "bin",
      name: deletion.short,
      title: deletion.title,
      hint: deletion.linkHint,
    },
  ];
}

interface AccountLayoutProps {
  text: Text;
  /** The page that is shown. */
  path: string;
}

/** A page of the account, with the way to the others beside it. */
export function AccountLayout({ text, path, children }: PropsWithChildren<AccountLayoutProps>) {
  const overview = { path: "/account", icon: "overview", name: text.account.overview } as const;
  return (
    <div class="account">
      <nav class="account-nav" aria-label={text.nav.accountPages}>
        <ul>
          {[overview, ...accountLinks(text)].map((link) => (
            <li>
              <a href={link.path} aria-current={link.path === path ? "page" : undefined}>
                <Icon name={link.icon} />
                {link.name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {path !== overview.path && <a class="back-link" href={overview.path}>‹ {text.account.hub}</a>}
      <div>{children}</div>
    </div>
  );
}
