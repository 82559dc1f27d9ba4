import { assetPath } from "../assets.ts";
import type { Features } from "../features.ts";
import type { Text } from "../text/en.ts";
import { AccountLayout } from "./layout.tsx";

const path = "/account/recovery-codes";

interface NewRecoveryCodesPageProps {
  text: Text;
  features: Features;
  /** Whose codes they are, for the paper that they are printed on. */
  email: string;
  codes: readonly string[];
}

/** Shows a new set, this once. */
export function NewRecoveryCodesPage(props: NewRecoveryCodesPageProps) {
  const { text, features, email, codes } = props;
  const { newTitle, newIntro, keep, listLabel, copy, copied, print, download, fileName, done } =
    text.recoveryCodes;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{newTitle}</h1>
      <p>{newIntro}</p>
      <p>{keep}</p>
      <section class="card">
        <h2 class="codes-owner">{listLabel(text.siteName, email)}</h2>
        <ol class="recovery-codes" id="recovery-codes">
          {codes.map((code) => (
            <li>
              <code>{code}</code>
            </li>
          ))}
        </ol>
        <div class="actions">
          <button type="button" id="codes-copy" class="secondary" data-copied={copied} hidden>
            {copy}
          </button>
          <button type="button" id="codes-print" class="secondary" hidden>{print}</button>
          <button
            type="button"
            id="codes-download"
            class="secondary"
            data-file-name={fileName}
            hidden
          >
            {download}
          </button>
        </div>
      </section>
      <p>
        <a class="button" href="/account">{done}</a>
      </p>
      <script type="module" src={assetPath("recovery_codes.js")}></script>
    </AccountLayout>
  );
}

interface RecoveryCodesPageProps {
  text: Text;
  features: Features;
  /** How many codes still work. */
  left: number;
}

/** How many codes are left, and a button for a new set. */
export function RecoveryCodesPage({ text, features, left }: RecoveryCodesPageProps) {
  const { title, intro, hidden, replaceTitle, replaceBody, replace } = text.recoveryCodes;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{title}</h1>
      <p>{intro}</p>
      <section class="card">
        <p>
          <strong>{text.recoveryCodes.left(left)}</strong>
        </p>
        <p>{hidden}</p>
      </section>
      <form class="card" method="post" action={path}>
        <h2>{replaceTitle}</h2>
        <p>{replaceBody}</p>
        <button type="submit" class="secondary">{replace}</button>
      </form>
    </AccountLayout>
  );
}
