import { raw } from "hono/html";
import type { PropsWithChildren } from "hono/jsx";
import { assetPath } from "./assets.ts";
import { Logo } from "./logo.tsx";
import { type FlashMessage, flashSentence } from "./flash.ts";
import type { FlashWord, Text } from "./text/en.ts";
import { languages } from "./text/languages.ts";

interface LayoutProps {
  text: Text;
  title: string;
  /** Null for a guest. Undefined on error pages that must not ask the database. */
  user: { readonly name: string } | null | undefined;
  /** Whose account an administrator looks at. */
  viewed?: { readonly name: string } | null;
  /** Whether the user may open the pages of administrators. */
  isStaff?: boolean;
  flashes: readonly FlashMessage[];
  /** Where to return after choosing a language. */
  currentPath: string;
  /** Where mails stay in development; null when they leave. */
  mailboxPath: string | null;
}

/** The page around every page. */
export function Layout(
  {
    text,
    title,
    user,
    viewed = null,
    isStaff = false,
    flashes,
    currentPath,
    mailboxPath,
    children,
  }: PropsWithChildren<
    LayoutProps
  >,
) {
  return (
    <>
      {raw("<!DOCTYPE html>")}
      <html lang={text.lang}>
        <head>
          <meta charset="utf-8" />
          <title>{`${title} · ${text.siteName}`}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="description" content={text.description} />
          <link rel="stylesheet" href={assetPath("app.css")} />
          <script type="module" src={assetPath("reveal.js")}></script>
          <script type="module" src={assetPath("submit_once.js")}></script>
          {user && <script type="module" src={assetPath("restored.js")}></script>}
          <link rel="icon" href={assetPath("key.svg")} type="image/svg+xml" />
          <link rel="manifest" href={assetPath("app.webmanifest")} />
        </head>
        <body>
          <a class="skip-link" href="#content">{text.skipToContent}</a>
          <header>
            <nav class="bar" aria-label={text.nav.label}>
              <a class="brand" href="/">
                <Logo />
                <span>{text.siteName}</span>
              </a>
              <Navigation text={text} user={user} isStaff={isStaff} />
            </nav>
          </header>
          {viewed && <ViewBanner text={text} name={viewed.name} />}
          <main id="content">
            <Messages text={text} flashes={flashes.filter((it) => !isOffer(it))} />
            {flashes.some(isOffer) && <PasskeyOffer text={text} currentPath={currentPath} />}
            {children}
          </main>
          <Footer text={text} currentPath={currentPath} mailboxPath={mailboxPath} />
        </body>
      </html>
    </>
  );
}

/** Says on every page whose account an administrator looks at, and ends it. */
function ViewBanner({ text, name }: { text: Text; name: string }) {
  const { label, banner, end } = text.admin.viewAs;
  return (
    <aside class="view-banner" aria-label={label}>
      <form class="bar" method="post" action="/admin/view-as/end">
        <span>
          {banner}{" "}
          <strong>
            <bdi>{name}</bdi>
          </strong>
        </span>
        <button type="submit" class="secondary small">{end}</button>
      </form>
    </aside>
  );
}

function Navigation({ text, user, isStaff }: Pick<LayoutProps, "text" | "user" | "isStaff">) {
  if (user === undefined) return null;
  if (user === null) {
    return (
      <ul>
        <li>
          <a href="/login">{text.nav.logIn}</a>
        </li>
        <li>
          <a href="/register">{text.nav.register}</a>
        </li>
      </ul>
    );
  }
  return (
    <ul>
      <li>
        <a href="/profile">
          <bdi>{text.nav.greeting(user.name)}</bdi>
        </a>
      </li>
      <li>
        <a href="/account">{text.nav.account}</a>
      </li>
      {isStaff && (
        <li class="staff">
          <a href="/admin/users">{text.admin.navLabel}</a>
        </li>
      )}
      <li>
        <form method="post" action="/logout">
          <button type="submit" class="secondary">{text.nav.logOut}</button>
        </form>
      </li>
    </ul>
  );
}

/** Messages that ask the visitor to act; the others report success. */
const warnings: ReadonlySet<FlashWord> = new Set([
  "log_in_first",
  "reauthenticate_first",
  "reauthenticate_to_enrol",
  "sent_too_late",
  "sent_not_fresh",
  "sent_held",
  "nothing_held",
  "verify_first",
  "verify_first_by_older_mail",
  "second_factor_ended",
  "recovery_code_used",
  "password_compromised",
  "confirmed_by_login",
  "undone",
  "undone_without_address",
]);

/** The page's only live region. Scripts write into `#live`. */
function Messages({ text, flashes }: Pick<LayoutProps, "text" | "flashes">) {
  return (
    <div class="messages" role="status">
      {flashes.map((it) => (
        <p class={warnings.has(it.word) ? "message warning" : "message success"}>
          {flashSentence(text, it)}
        </p>
      ))}
      <p class="visually-hidden" id="live" data-sending={text.sending}></p>
    </div>
  );
}

function isOffer({ word }: FlashMessage): boolean {
  return word === "passkey_offer";
}

/** Declined by a link to the same page: the offer is made once. */
function PasskeyOffer({ text, currentPath }: Pick<LayoutProps, "text" | "currentPath">) {
  return (
    <aside class="message passkey-offer" data-passkey-only="" hidden>
      <p>{text.flash.passkey_offer}</p>
      <p>
        <a class="button small" href="/account/passkeys">{text.passkey.offer}</a>{" "}
        <a class="button secondary small" href={currentPath}>{text.passkey.notNow}</a>
      </p>
      <script type="module" src={assetPath("passkey.js")}></script>
    </aside>
  );
}

function Footer(
  { text, currentPath, mailboxPath }: Pick<LayoutProps, "text" | "currentPath" | "mailboxPath">,
) {
  return (
    <footer>
      <div class="bar">
        <p>{text.footer.madeWith("Hono", "Deno")}</p>
        {mailboxPath && <a href={mailboxPath}>{text.footer.mailbox}</a>}
        <form method="post" action="/language" aria-label={text.footer.language}>
          <input type="hidden" name="next" value={currentPath} />
          {languages.map(({ lang, languageName }) => (
            <button
              type="submit"
              class="secondary"
              name="lang"
              value={lang}
              lang={lang}
              aria-current={lang === text.lang ? "true" : undefined}
            >
              {languageName}
            </button>
          ))}
        </form>
      </div>
    </footer>
  );
}
