import admin from "./assets/css/admin.css" with { type: "text" };
import account from "./assets/css/account.css" with { type: "text" };
import base from "./assets/css/base.css" with { type: "text" };
import forms from "./assets/css/forms.css" with { type: "text" };
import home from "./assets/css/home.css" with { type: "text" };
import layout from "./assets/css/layout.css" with { type: "text" };
import mailbox from "./assets/css/mailbox.css" with { type: "text" };
import tokens from "./assets/css/tokens.css" with { type: "text" };
import key from "./assets/key.svg" with { type: "text" };
import newPassword from "./assets/new_password.js" with { type: "text" };
import passkey from "./assets/passkey.js" with { type: "text" };
import passkeySignal from "./assets/passkey_signal.js" with { type: "text" };
import problems from "./assets/problems.js" with { type: "text" };
import recoveryCodes from "./assets/recovery_codes.js" with { type: "text" };
import restored from "./assets/restored.js" with { type: "text" };
import reveal from "./assets/reveal.js" with { type: "text" };
import submitOnce from "./assets/submit_once.js" with { type: "text" };
import { languages } from "./text/languages.ts";

export interface Asset {
  readonly body: string;
  readonly type: string;
}

export type AssetName =
  | "app.css"
  | "app.webmanifest"
  | "key.svg"
  | "new_password.js"
  | "passkey.js"
  | "passkey_signal.js"
  | "problems.js"
  | "recovery_codes.js"
  | "restored.js"
  | "reveal.js"
  | "submit_once.js";

/** One stylesheet, without our comments. Later files override earlier ones. */
const css = [tokens, base, layout, forms, account, admin, home, mailbox].join("\n")
  .replaceAll(/\/\*.*?\*\//gs, "");

const script = "text/javascript; charset=utf-8";

const sources: Record<AssetName, Asset> = {
  "app.css": { body: css, type: "text/css; charset=utf-8" },
  "new_password.js": { body: newPassword, type: script },
  "passkey.js": { body: passkey, type: script },
  "passkey_signal.js": { body: passkeySignal, type: script },
  "problems.js": { body: problems, type: script },
  "recovery_codes.js": { body: recoveryCodes, type: script },
  "restored.js": { body: restored, type: script },
  "reveal.js": { body: reveal, type: script },
  "submit_once.js": { body: submitOnce, type: script },
  "key.svg": { body: key, type: "image/svg+xml; charset=utf-8" },
  "app.webmanifest": { body: await manifest(), type: "application/manifest+json; charset=utf-8" },
};

const served = await Promise.all(
  Object.entries(sources).map(async ([name, asset]) => {
    return { name, asset, servedName: await hashedName(name, asset.body) };
  }),
);

/** Every asset by its served name, which contains a hash of the content. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  served.map(({ servedName, asset }) => [servedName, asset]),
);

const names = new Map(served.map(({ name, servedName }) => [name, servedName]));

/** The URL path of an asset. */
export function assetPath(name: AssetName): string {
  return `/assets/${names.get(name)}`;
}

/** The web app manifest, for a site that is added to a home screen. */
async function manifest(): Promise<string> {
  const icon = `/assets/${await hashedName("key.svg", key)}`;
  return JSON.stringify({
    name: languages[0].siteName,
    lang: languages[0].lang,
    start_url: "/",
    display: "browser",
    background_color: "#f7f6f2",
    theme_color: "#0b6b50",
    icons: [{ src: icon, sizes: "any", type: "image/svg+xml", purpose: "any maskable" }],
  });
}

/** `app.css` with this content is `app.5f3c….css`. */
async function hashedName(name: string, body: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const bytes = [...new Uint8Array(digest)];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return name.replace(".", `.${hex.slice(0, 16)}.`);
}
