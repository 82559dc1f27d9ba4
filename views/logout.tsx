import type { Text } from "./text/en.ts";

export function LogoutPage({ text, loggedIn }: { text: Text; loggedIn: boolean }) {
  return (
    <>
      <h1>{text.logout.title}</h1>
      {loggedIn
        ? (
          <form method="post" action="/logout">
            <p>{text.logout.question}</p>
            <button type="submit">{text.logout.submit}</button>
          </form>
        )
        : <p>{text.logout.nobody}</p>}
    </>
  );
}
