import type { PropsWithChildren } from "hono/jsx";
import { assetPath } from "./assets.ts";
import type { Text } from "./text/en.ts";

interface PasskeyFormProps {
  text: Text;
  action: string;
  /** Makes a passkey, uses one, or offers them where the browser fills in passwords as well. */
  use: "create" | "get" | "autofill";
  class?: string;
}

/**
 * A form with one button that the browser's passkey dialog answers. Scripts show it where the
 * browser has passkeys; its options come from the path beside its own.
 */
export function PasskeyForm(props: PropsWithChildren<PasskeyFormProps>) {
  const { action, children } = props;
  return (
    <form class={props.class} method="post" action={action} {...scriptData(props)} hidden>
      <input type="hidden" name="credential" />
      {children}
      <p class="problem" hidden></p>
      <script type="module" src={assetPath("passkey.js")}></script>
    </form>
  );
}

/** A button inside a form with other fields, which go along with the passkey's answer. */
export function PasskeyPart(props: PropsWithChildren<PasskeyFormProps>) {
  return (
    <div class={props.class} {...scriptData(props)} hidden>
      <input type="hidden" name="credential" />
      {props.children}
      <p class="problem" hidden></p>
      <script type="module" src={assetPath("passkey.js")}></script>
    </div>
  );
}

/** What the script of a passkey's button has to know. */
function scriptData({ text, action, use }: PasskeyFormProps) {
  const { cancelled, exists, failed } = text.passkey;
  return {
    "data-passkey": use,
    "data-passkey-only": "",
    "data-options": `${action}/options`,
    "data-cancelled": cancelled[use === "create" ? "create" : "get"],
    "data-exists": exists,
    "data-failed": failed,
  };
}

/** What the browser is told about passkeys of this site. */
export type PasskeyFacts =
  | { readonly credentialId: string }
  | {
    readonly userId: string;
    readonly allAcceptedCredentialIds?: readonly string[];
    readonly name: string;
    readonly displayName: string;
  };

export function PasskeySignal({ facts }: { facts: PasskeyFacts }) {
  return (
    <div data-passkey-signal={JSON.stringify(facts)} hidden>
      <script type="module" src={assetPath("passkey_signal.js")}></script>
    </div>
  );
}
