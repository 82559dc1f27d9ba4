import css from "./assets/app.css" with { type: "text" };
import key from "./assets/key.svg" with { type: "text" };
import newPassword from "./assets/new_password.js" with { type: "text" };
import reveal from "./assets/reveal.js" with { type: "text" };

export interface Asset {
  readonly body: string;
  readonly type: string;
}

const sources: Record<AssetName, Asset> = {
  "app.css": { body: css, type: "text/css; charset=utf-8" },
  "new_password.js": { body: newPassword, type: "text/javascript; charset=utf-8" },
  "reveal.js": { body: reveal, type: "text/javascript; charset=utf-8" },
  "key.svg": { body: key, type: "image/svg+xml; charset=utf-8" },
};

export type AssetName = "app.css" | "key.svg" | "new_password.js" | "reveal.js";

/** Every asset by the name it is served under. The name holds a hash of the content. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  await Promise.all(
    Object.entries(sources).map(async ([name, asset]) =>
      [await hashed(name, asset.body), asset] as const
    ),
  ),
);

const names = new Map(
  [...assets].map(([served, asset]) => {
    const name = Object.entries(sources).find(([, source]) => source === asset)?.[0];
    return [name, served];
  }),
);

/** Where an asset is served. */
export function assetPath(name: AssetName): string {
  return `/assets/${names.get(name)}`;
}

/** `app.css` with this content is `app.5f3c….css`. */
async function hashed(name: string, body: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  return name.replace(".", `.${hex.slice(0, 16)}.`);
}
