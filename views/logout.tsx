import type { Text } from "./text/en.ts";

export function LogoutPage({ text, loggedIn }: { text: Text; loggedIn: boolean }) {
  return (
    <div class="auth narrow">
      <h1>{text.logout.title}</h1>
      {loggedIn
        ? (
          <form class="card" method="post" action="/logout">
            <p>{text.logout.question}</p>
            <button type="submit">{text.logout.submit}</button>
          </form>
        )
        : (
          <div class="card">
            <p>{text.logout.notLoggedIn}</p>
            <a class="button" href="/login">{text.nav.logIn}</a>
          </div>
        )}
    </div>
  );
}
