import type { Text } from "./text/en.ts";

export function AccountPage({ text }: { text: Text }) {
  return (
    <>
      <h1>{text.account.hub}</h1>
      <ul class="hub">
        <li>
          <a href="/account/password">{text.password.link}</a>
          <p class="hint">{text.password.linkHint}</p>
        </li>
        <li>
          <a href="/account/sessions">{text.sessions.link}</a>
          <p class="hint">{text.sessions.linkHint}</p>
        </li>
        <li>
          <a href="/account/delete">{text.deletion.link}</a>
          <p class="hint">{text.deletion.linkHint}</p>
        </li>
      </ul>
    </>
  );
}
