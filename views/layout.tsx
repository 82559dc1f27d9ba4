import { raw } from "hono/html";
import type { PropsWithChildren } from "hono/jsx";
import { assetPath } from "./assets.ts";
import type { FlashWord, Text } from "./text/en.ts";

interface LayoutProps {
  text: Text;
  title: string;
  /** Null: not logged in. Undefined: unknown, because looking would fail. */
  visitor: { readonly name: string } | null | undefined;
  flashes: readonly FlashWord[];
}

/** The page around every page. */
export function Layout(
  { text, title, visitor, flashes, children }: PropsWithChildren<LayoutProps>,
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
          <link rel="stylesheet" href={assetPath("app.css")} />
          <script src={assetPath("reveal.js")} defer></script>
          <link rel="icon" href={assetPath("key.svg")} type="image/svg+xml" />
        </head>
        <body>
          <a class="skip" href="#content">{text.skipToContent}</a>
          <header>
            <nav aria-label={text.nav.label}>
              <a class="brand" href="/">{text.siteName}</a>
              <Navigation text={text} visitor={visitor} />
            </nav>
          </header>
          <main id="content">
            {flashes.length > 0 && (
              <div class="flashes" role="status">
                {flashes.map((word) => <p key={word}>{text.flash[word]}</p>)}
              </div>
            )}
            {children}
          </main>
        </body>
      </html>
    </>
  );
}

function Navigation({ text, visitor }: Pick<LayoutProps, "text" | "visitor">) {
  if (visitor === undefined) return <ul></ul>;
  if (visitor === null) {
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
        <a href="/profile">{text.nav.greeting(visitor.name)}</a>
      </li>
      <li>
        <a href="/account">{text.nav.account}</a>
      </li>
      <li>
        <form method="post" action="/logout">
          <button type="submit" class="quiet">{text.nav.logOut}</button>
        </form>
      </li>
    </ul>
  );
}
